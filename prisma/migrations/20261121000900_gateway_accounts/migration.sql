-- Many accounts for one way to pay: what each costs and may take, how well it answers, and payments that only try it. New columns
-- have a constant default and new tables are empty, so no row is rewritten, and the program of before goes on beside them: it takes
-- the account that it is told to and counts nothing.
SET lock_timeout = '5s';

ALTER TABLE gateway_account
  -- What the gateway keeps: a rate in ten-thousandths of the amount, and a sum. On record only: no amount is changed by it.
  ADD COLUMN fee_rate int NOT NULL DEFAULT 0 CHECK (fee_rate BETWEEN 0 AND 10000),
  ADD COLUMN fee_fixed_minor bigint NOT NULL DEFAULT 0 CHECK (fee_fixed_minor >= 0),
  ADD COLUMN fee_bearer text NOT NULL DEFAULT 'shop' CHECK (fee_bearer IN ('shop', 'merchant', 'buyer')),
  -- In minor units of its currency; null: no limit of ours. A day is the gateways' day, in Shanghai.
  ADD COLUMN amount_min_minor bigint CHECK (amount_min_minor > 0),
  ADD COLUMN amount_max_minor bigint CHECK (amount_max_minor > 0),
  ADD COLUMN day_max_minor bigint CHECK (day_max_minor > 0),
  -- Accounts of one owner, kind and currency with the same word here are one way to pay, and share its buyers by weight; 0: only when
  -- none of the others can. Null: it shares with nobody.
  ADD COLUMN way text CHECK (way ~ '^[a-z0-9][a-z0-9-]{0,31}$'),
  ADD COLUMN weight int NOT NULL DEFAULT 10 CHECK (weight BETWEEN 0 AND 100);
ALTER TABLE gateway_account ADD CONSTRAINT gateway_account_amounts_ck CHECK (amount_min_minor <= amount_max_minor) NOT VALID;

-- A page that names the ways to pay is as old as the accounts that it was made from.
CREATE TRIGGER gateway_account_page AFTER INSERT OR UPDATE OR DELETE ON gateway_account
  FOR EACH STATEMENT EXECUTE FUNCTION raise_page_version('catalog');

-- How each account answers, as all processes have found it. Counted by the second, not by the answer; nothing that is decided about
-- money rests on it.
CREATE TABLE gateway_health (
  account_id text PRIMARY KEY REFERENCES gateway_account (id),
  answered_count bigint NOT NULL DEFAULT 0,
  refused_count bigint NOT NULL DEFAULT 0,
  silent_count bigint NOT NULL DEFAULT 0,
  answered_at timestamptz(3),
  refused_at timestamptz(3),
  silent_at timestamptz(3),
  -- Why it was refused or silent, the last time that it was.
  reason text,
  rests_until timestamptz(3)
);

-- Payments of nothing: an admin tries whether the way from the order to the notice works. No order, no card, no ledger.
CREATE TABLE test_payment (
  id uuid PRIMARY KEY,
  account_id text NOT NULL REFERENCES gateway_account (id),
  -- What the gateway is shown in an order number's place.
  number text NOT NULL UNIQUE,
  out_trade_no text NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  currency text NOT NULL,
  presentation jsonb,
  gateway_trade_number text,
  deadline_at timestamptz(3) NOT NULL,
  requested_by uuid NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  paid_at timestamptz(3),
  paid_minor bigint,
  paid_currency text,
  heard_by text CHECK (heard_by IN ('notice', 'query', 'statement')),
  refund_number text UNIQUE,
  refund_state text CHECK (refund_state IN ('requested', 'processing', 'succeeded', 'failed')),
  refund_failure text,
  refunded_at timestamptz(3),
  CHECK ((paid_at IS NULL) = (heard_by IS NULL) AND (paid_at IS NULL) = (paid_minor IS NULL)),
  CHECK (refund_state IS NULL OR paid_at IS NOT NULL)
);
CREATE UNIQUE INDEX test_payment_trade_uq ON test_payment (account_id, out_trade_no);
CREATE INDEX test_payment_recent_ix ON test_payment (account_id, created_at);
CREATE TRIGGER test_payment_kept BEFORE DELETE ON test_payment FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What an account took today is summed for the few that have a limit for the day. Payments lie in the order of time, so the summary of a
-- range of pages finds today's, and costs an insert next to nothing.
CREATE INDEX payment_received_ix ON payment USING brin (received_at) WITH (pages_per_range = 32, autosummarize = on);
