-- Statements: what gateways say happened on their accounts, row for row, ready to be compared with what the shop says. New tables
-- only, so nothing waits and the program of before goes on beside them.
SET lock_timeout = '5s';

-- One file or one reading of a list. A file is known by its hash, a reading by its day; `stored_line` is how far its rows are in, so
-- that whoever goes on with it, after a kill or in a second tab, adds each line once. Rows count from the moment it is `kept`.
CREATE TABLE statement_file (
  id uuid PRIMARY KEY,
  account_id text NOT NULL,
  source text NOT NULL CHECK (source IN ('download', 'upload')),
  format text NOT NULL CHECK (format IN ('alipay_trade', 'wechat_trade', 'wechat_funds', 'stripe_pages', 'stripe_report',
                                         'paypal_pages', 'epay_pages', 'mapped_csv')),
  -- The gateway's own day, where the file is of one day.
  day text CHECK (day ~ '^\d{4}-\d\d-\d\d$'),
  name text NOT NULL DEFAULT '',
  sha256 bytea CHECK (octet_length(sha256) = 32),
  byte_count bigint NOT NULL DEFAULT 0,
  -- The names of the cells that each row's `raw` holds, where it holds a list.
  columns text[] NOT NULL DEFAULT '{}',
  mapping jsonb,
  state text NOT NULL DEFAULT 'reading' CHECK (state IN ('reading', 'kept', 'refused')),
  failure text,
  failure_line int,
  cursor text,
  stored_line int NOT NULL DEFAULT 0,
  row_count int NOT NULL DEFAULT 0,
  known_count int NOT NULL DEFAULT 0,
  rejected_count int NOT NULL DEFAULT 0,
  passed_count int NOT NULL DEFAULT 0,
  -- What the file says of itself, and what was counted: {"stated": {…}, "counted": {…}}.
  control jsonb NOT NULL DEFAULT '{}',
  -- By currency and kind, counted from the rows: {"CNY": {"payment": {"count": 1, "amountMinor": "990"}}}.
  sums jsonb NOT NULL DEFAULT '{}',
  first_at timestamptz(3),
  last_at timestamptz(3),
  uploaded_by uuid REFERENCES app_user (id),
  created_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  finished_at timestamptz(3),
  CHECK ((state = 'refused') = (failure IS NOT NULL))
);
-- The same file twice is one file.
CREATE UNIQUE INDEX statement_file_hash_uq ON statement_file (account_id, sha256);
CREATE UNIQUE INDEX statement_file_reading_uq ON statement_file (account_id, day) WHERE state = 'reading' AND sha256 IS NULL;
CREATE INDEX statement_file_day_ix ON statement_file (account_id, day);
-- What was kept stays as it was.
CREATE TRIGGER statement_file_kept BEFORE UPDATE ON statement_file FOR EACH ROW WHEN (OLD.state = 'kept') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statement_file_no_delete BEFORE DELETE ON statement_file FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- One movement. `part` tells rows of one kind and trade number apart: a refund's number, a flow's number, or, where the gateway gives
-- no trade number, the order's. Amounts of payments, refunds and payouts are positive and the kind says which way they went;
-- disputes and adjustments carry the sign that they have for the merchant, fees the sign of a cost. No foreign keys: a million rows
-- come at once, each transaction holds the file's row, and neither files nor rows are ever deleted.
CREATE TABLE statement_row (
  file_id uuid NOT NULL,
  line int NOT NULL,
  kind text NOT NULL CHECK (kind IN ('payment', 'refund', 'fee', 'payout', 'dispute', 'adjustment')),
  account_id text NOT NULL,
  gateway_trade_number text NOT NULL DEFAULT '',
  part text NOT NULL DEFAULT '',
  out_trade_no text,
  refund_number text,
  gateway_refund_number text,
  amount_minor bigint NOT NULL CHECK (amount_minor >= 0 OR kind IN ('fee', 'dispute', 'adjustment')),
  currency text NOT NULL,
  fee text,
  occurred_at timestamptz(3) NOT NULL,
  status text NOT NULL DEFAULT '',
  raw jsonb NOT NULL,
  PRIMARY KEY (file_id, line, kind)
);
-- The same row in two files is one row, and the way from a trade number to its rows.
CREATE UNIQUE INDEX statement_row_key_uq ON statement_row (account_id, gateway_trade_number, kind, part);
CREATE INDEX statement_row_number_ix ON statement_row (account_id, out_trade_no) WHERE out_trade_no IS NOT NULL;
CREATE INDEX statement_row_time_ix ON statement_row (account_id, occurred_at, amount_minor);
-- A later statement may know a later status; nothing else of a row ever changes.
CREATE TRIGGER statement_row_kept BEFORE UPDATE ON statement_row FOR EACH ROW
  WHEN ((NEW.file_id, NEW.line, NEW.kind, NEW.account_id, NEW.gateway_trade_number, NEW.part, NEW.out_trade_no, NEW.refund_number,
         NEW.gateway_refund_number, NEW.amount_minor, NEW.currency, NEW.fee, NEW.occurred_at)
        IS DISTINCT FROM
        (OLD.file_id, OLD.line, OLD.kind, OLD.account_id, OLD.gateway_trade_number, OLD.part, OLD.out_trade_no, OLD.refund_number,
         OLD.gateway_refund_number, OLD.amount_minor, OLD.currency, OLD.fee, OLD.occurred_at))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statement_row_no_delete BEFORE DELETE ON statement_row FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Lines that are no rows, with the reason; the first thousand of a file.
CREATE TABLE statement_reject (
  file_id uuid NOT NULL REFERENCES statement_file (id),
  line int NOT NULL,
  reason text NOT NULL,
  content text NOT NULL,
  PRIMARY KEY (file_id, line)
);

-- The days of each account: which are had, empty, owed to us, or given up. `next_try_at` is when the gateway is asked (again);
-- `leased_until` keeps others away from whoever asks.
CREATE TABLE statement_day (
  account_id text NOT NULL,
  day text NOT NULL CHECK (day ~ '^\d{4}-\d\d-\d\d$'),
  state text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'done', 'empty', 'failed')),
  try_count int NOT NULL DEFAULT 0,
  next_try_at timestamptz(3) DEFAULT date_trunc('milliseconds', clock_timestamp()),
  leased_until timestamptz(3),
  failure text,
  file_id uuid REFERENCES statement_file (id),
  PRIMARY KEY (account_id, day)
);
CREATE INDEX statement_day_due_ix ON statement_day (account_id, next_try_at) WHERE next_try_at IS NOT NULL;
