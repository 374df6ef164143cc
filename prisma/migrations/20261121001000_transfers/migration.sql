-- Transfers by hand: what buyers report, and what people vouch for. No gateway's server speaks of such money, so a person does, and
-- above a limit two of them. Both tables are new and one rule is widened: the program of before goes on beside them.
SET lock_timeout = '5s';

ALTER TABLE payment_event DROP CONSTRAINT payment_event_source_check;
ALTER TABLE payment_event ADD CONSTRAINT payment_event_source_check CHECK (source IN ('notice', 'query', 'statement', 'manual')) NOT VALID;

-- "I have transferred", in the buyer's own words. It moves nothing: it is what admins look for in the bank's list. Open until a transfer
-- is confirmed, or until somebody says that there was none; the buyer may then say it again.
CREATE TABLE transfer_report (
  attempt_id uuid PRIMARY KEY REFERENCES payment_attempt (id),
  order_id uuid NOT NULL REFERENCES orders (id),
  reference text NOT NULL DEFAULT '' CHECK (length(reference) <= 60),
  reported_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  closed_at timestamptz(3),
  refusal text CHECK (length(refusal) BETWEEN 1 AND 200),
  CONSTRAINT transfer_report_refusal_ck CHECK (refusal IS NULL OR closed_at IS NOT NULL)
);
CREATE INDEX transfer_report_open_ix ON transfer_report (reported_at) WHERE closed_at IS NULL;

-- What a person says arrived, in words that never change: another amount is another row, and the one before is `replaced`. `trade_number` is
-- the bank's own number without spaces, by which the payment is on record.
CREATE TABLE transfer (
  id uuid PRIMARY KEY,
  attempt_id uuid NOT NULL REFERENCES payment_attempt (id),
  order_id uuid NOT NULL REFERENCES orders (id),
  account_id text NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  currency text NOT NULL,
  reference text NOT NULL CHECK (length(reference) BETWEEN 4 AND 60),
  trade_number text NOT NULL CHECK (length(trade_number) BETWEEN 4 AND 60),
  arrived_on date NOT NULL,
  needs_two_names boolean NOT NULL,
  status text NOT NULL DEFAULT 'proposed' CHECK (status IN ('proposed', 'confirmed', 'refused', 'replaced')),
  proposed_by uuid NOT NULL,
  proposed_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  decided_by uuid,
  decided_at timestamptz(3),
  refusal text CHECK (length(refusal) BETWEEN 1 AND 200),
  CONSTRAINT transfer_decided_ck CHECK ((status = 'proposed') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)),
  CONSTRAINT transfer_refusal_ck CHECK ((status = 'refused') = (refusal IS NOT NULL)),
  CONSTRAINT transfer_two_names_ck CHECK (status <> 'confirmed' OR NOT needs_two_names OR decided_by <> proposed_by)
);
-- One that waits for its second name at a time, and one transfer of the bank is good for one payment.
CREATE UNIQUE INDEX transfer_waiting_uq ON transfer (attempt_id) WHERE status = 'proposed';
CREATE UNIQUE INDEX transfer_trade_uq ON transfer (account_id, trade_number) WHERE status IN ('proposed', 'confirmed');
CREATE INDEX transfer_order_ix ON transfer (order_id);
CREATE TRIGGER transfer_edges BEFORE UPDATE ON transfer FOR EACH ROW
  WHEN ((NEW.id, NEW.attempt_id, NEW.order_id, NEW.account_id, NEW.amount_minor, NEW.currency, NEW.reference, NEW.trade_number, NEW.arrived_on,
         NEW.needs_two_names, NEW.proposed_by, NEW.proposed_at)
        IS DISTINCT FROM
        (OLD.id, OLD.attempt_id, OLD.order_id, OLD.account_id, OLD.amount_minor, OLD.currency, OLD.reference, OLD.trade_number, OLD.arrived_on,
         OLD.needs_two_names, OLD.proposed_by, OLD.proposed_at)
        OR OLD.status <> 'proposed')
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER transfer_kept BEFORE DELETE ON transfer FOR EACH ROW EXECUTE FUNCTION refuse_change();
