-- The days of the shop, each closed once: its figures are frozen as rows that nothing changes any more, under a hash that goes on from the day
-- before. Whatever is found of a closed day later stands as a correction in a later close. The tables are new; on the way of an order nothing is
-- added. The rules of mails only widen, and a delivery of a webhook may name a variant.
SET lock_timeout = '5s';

CREATE TABLE daily_close (
  day date PRIMARY KEY,
  -- Where that day was, and from when to when it lasted.
  time_zone text NOT NULL,
  begins_at timestamptz(3) NOT NULL,
  ends_at timestamptz(3) NOT NULL,
  closed_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  -- 32 zeros for the first.
  previous_hash bytea NOT NULL CHECK (length(previous_hash) = 32),
  hash bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
  CONSTRAINT daily_close_span_ck CHECK (begins_at < ends_at AND ends_at <= closed_at)
);

-- One figure of one merchant in one currency, or of one kind of finding.
CREATE TABLE daily_figure (
  day date NOT NULL REFERENCES daily_close (day),
  name text NOT NULL CHECK (name ~ '^[a-z_0-9]{1,40}$'),
  -- All zeros: of no merchant.
  merchant_id uuid NOT NULL,
  -- A currency, or a kind of finding.
  label text NOT NULL CHECK (length(label) BETWEEN 1 AND 60),
  quantity bigint NOT NULL,
  -- Null: not a figure of money.
  amount_minor bigint,
  PRIMARY KEY (day, name, merchant_id, label)
);
CREATE INDEX daily_figure_merchant_ix ON daily_figure (merchant_id, day);

-- By how much a figure of a day that was closed before is different now, and in which close that was noticed.
CREATE TABLE daily_correction (
  day date NOT NULL REFERENCES daily_close (day),
  of_day date NOT NULL REFERENCES daily_close (day),
  name text NOT NULL CHECK (name ~ '^[a-z_0-9]{1,40}$'),
  merchant_id uuid NOT NULL,
  label text NOT NULL CHECK (length(label) BETWEEN 1 AND 60),
  quantity bigint NOT NULL,
  amount_minor bigint,
  PRIMARY KEY (day, of_day, name, merchant_id, label),
  CONSTRAINT daily_correction_later_ck CHECK (of_day < day)
);
CREATE INDEX daily_correction_of_ix ON daily_correction (of_day);
CREATE INDEX daily_correction_merchant_ix ON daily_correction (merchant_id, day);

DO $$
DECLARE
  v_table text;
BEGIN
  FOREACH v_table IN ARRAY ARRAY['daily_close', 'daily_figure', 'daily_correction'] LOOP
    EXECUTE format('CREATE TRIGGER %1$s_append_only BEFORE UPDATE OR DELETE ON %1$I FOR EACH ROW EXECUTE FUNCTION refuse_change()', v_table);
    EXECUTE format('CREATE TRIGGER %1$s_kept BEFORE TRUNCATE ON %1$I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', v_table);
  END LOOP;
END $$;

-- In which language an admin wants the close of each day by mail; null: not at all.
ALTER TABLE app_user ADD COLUMN close_mail text CHECK (close_mail IN ('zh', 'en'));

-- An event of stock is about a variant, as one of an order is about an order.
ALTER TABLE webhook_delivery ADD COLUMN variant_id uuid;

-- A mail is about a close, or about the drift of a cache, which is a finding. Other migrations widen these rules, too.
ALTER TABLE mail ADD COLUMN close_day date;
CREATE UNIQUE INDEX mail_close_uq ON mail (close_day, recipient) WHERE close_day IS NOT NULL;
DO $$
DECLARE
  v_kinds text;
  v_subject text;
BEGIN
  SELECT string_agg(DISTINCT quote_literal(word), ', ') INTO v_kinds FROM (
    SELECT (regexp_matches(pg_get_constraintdef(oid), '''([a-z_.]+)''', 'g'))[1] AS word FROM pg_constraint
     WHERE conrelid = 'mail'::regclass AND conname = 'mail_kind_check'
    UNION ALL SELECT unnest(ARRAY['daily_close', 'cache_drift'])) words;
  SELECT pg_get_expr(conbin, conrelid) INTO v_subject FROM pg_constraint WHERE conrelid = 'mail'::regclass AND conname = 'mail_subject_ck';
  ALTER TABLE mail DROP CONSTRAINT mail_kind_check, DROP CONSTRAINT mail_subject_ck;
  EXECUTE format('ALTER TABLE mail ADD CONSTRAINT mail_kind_check CHECK (kind IN (%s)) NOT VALID', v_kinds);
  EXECUTE format('ALTER TABLE mail ADD CONSTRAINT mail_subject_ck CHECK (CASE kind WHEN ''daily_close'' THEN close_day IS NOT NULL ELSE %s END) NOT VALID',
                 v_subject);
END $$;
