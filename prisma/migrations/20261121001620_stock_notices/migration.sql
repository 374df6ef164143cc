-- Who is told of stock: a merchant when a variant runs low, once until it is filled up again, and a buyer who waits for one when it is back.
-- New tables and columns are empty and the rules that change only widen; the program of before goes on beside them, and tells nobody.
SET lock_timeout = '5s';

-- Warned at `low_stock_below` or fewer; over again at this many, so that a variant that hovers at the bound is not told of each time. Null:
-- at twice the bound.
ALTER TABLE variant ADD COLUMN low_stock_clear int CHECK (low_stock_clear BETWEEN 1 AND 20000);

-- A variant that ran low at least once. Changed by a guarded update, so each crossing is told of once, whoever looks.
CREATE TABLE stock_warning (
  variant_id uuid PRIMARY KEY REFERENCES variant (id),
  merchant_id uuid NOT NULL REFERENCES merchant (id),
  state text NOT NULL CHECK (state IN ('low', 'clear')),
  -- How many there were when it last changed; counted no further than the bound.
  available int NOT NULL CHECK (available >= 0),
  changed_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp())
);
CREATE INDEX stock_warning_merchant_ix ON stock_warning (merchant_id, state);

-- How a merchant wants to be told; without a row by mail. The bot's token is sealed as gateway settings are: AES-256-GCM under the master
-- key `key_id`, AAD names the merchant.
CREATE TABLE alert_channel (
  merchant_id uuid PRIMARY KEY REFERENCES merchant (id),
  is_mail boolean NOT NULL DEFAULT true,
  telegram_token bytea,
  key_id text,
  telegram_chat text CHECK (telegram_chat ~ '^(-?[0-9]{1,20}|@[A-Za-z0-9_]{5,32})$'),
  updated_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  CONSTRAINT alert_channel_telegram_ck CHECK ((telegram_token IS NULL) = (telegram_chat IS NULL) AND (telegram_token IS NULL) = (key_id IS NULL))
);

-- What is to be said by a bot; written when it is sent. At least once: a process that is killed between the bot's answer and its note says it again.
CREATE TABLE telegram_message (
  id uuid PRIMARY KEY,
  merchant_id uuid NOT NULL REFERENCES merchant (id),
  kind text NOT NULL CHECK (kind IN ('stock_low', 'test')),
  status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'sent', 'failed')),
  attempts int NOT NULL DEFAULT 0,
  -- Null once it is over.
  next_try_at timestamptz(3) DEFAULT date_trunc('milliseconds', clock_timestamp()),
  last_error text CHECK (length(last_error) <= 300),
  created_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  sent_at timestamptz(3),
  CONSTRAINT telegram_message_due_ck CHECK ((status = 'queued') = (next_try_at IS NOT NULL))
);
CREATE INDEX telegram_message_due_ix ON telegram_message (next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX telegram_message_merchant_ix ON telegram_message (merchant_id, created_at);

-- A buyer who wants to hear when a variant is back: one mail, and then the request is over. `ended`: he does not want to hear any more.
CREATE TABLE restock_request (
  id uuid PRIMARY KEY,
  variant_id uuid NOT NULL REFERENCES variant (id),
  email text NOT NULL CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 254),
  locale text NOT NULL CHECK (locale IN ('zh', 'en')),
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'told', 'ended')),
  created_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  told_at timestamptz(3),
  CONSTRAINT restock_request_told_ck CHECK ((state = 'told') = (told_at IS NOT NULL))
);
CREATE UNIQUE INDEX restock_request_waiting_uq ON restock_request (variant_id, email) WHERE state = 'waiting';
CREATE INDEX restock_request_email_ix ON restock_request (email) WHERE state = 'waiting';

-- Addresses that asked to hear nothing of this kind, by a keyed hash: the table names nobody.
CREATE TABLE restock_silence (
  email_hash bytea PRIMARY KEY CHECK (length(email_hash) = 32),
  created_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp())
);

-- A mail about stock is about a merchant's variants, or about a buyer's request. Other migrations widen these rules, too.
ALTER TABLE mail ADD COLUMN stock_merchant_id uuid, ADD COLUMN restock_id uuid;
DO $$
DECLARE
  v_kinds text;
  v_subject text;
BEGIN
  SELECT string_agg(DISTINCT quote_literal(word), ', ') INTO v_kinds FROM (
    SELECT (regexp_matches(pg_get_constraintdef(oid), '''([a-z_.]+)''', 'g'))[1] AS word FROM pg_constraint
     WHERE conrelid = 'mail'::regclass AND conname = 'mail_kind_check'
    UNION ALL SELECT unnest(ARRAY['stock_low', 'restocked'])) words;
  SELECT pg_get_expr(conbin, conrelid) INTO v_subject FROM pg_constraint WHERE conrelid = 'mail'::regclass AND conname = 'mail_subject_ck';
  ALTER TABLE mail DROP CONSTRAINT mail_kind_check, DROP CONSTRAINT mail_subject_ck;
  EXECUTE format('ALTER TABLE mail ADD CONSTRAINT mail_kind_check CHECK (kind IN (%s)) NOT VALID', v_kinds);
  EXECUTE format('ALTER TABLE mail ADD CONSTRAINT mail_subject_ck CHECK (CASE kind WHEN ''stock_low'' THEN stock_merchant_id IS NOT NULL '
                 'WHEN ''restocked'' THEN restock_id IS NOT NULL ELSE %s END) NOT VALID', v_subject);
END $$;
