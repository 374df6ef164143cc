-- Gateways that must be asked before the buyer can pay, that tell of refunds and disputes, and that give money back. New columns
-- are empty or have a constant default and the new rules only widen the old ones, so no row is rewritten, and the program of
-- before goes on beside them: it opens nothing, refunds nothing, and its notices are payments.
SET lock_timeout = '5s';

ALTER TABLE gateway_account DROP CONSTRAINT gateway_account_gateway_check;
ALTER TABLE gateway_account ADD CONSTRAINT gateway_account_gateway_check
  CHECK (gateway IN ('epay', 'vmq', 'codepay', 'alipay', 'wechat', 'stripe', 'paypal', 'epusdt', 'tokenpay', 'balance', 'manual')) NOT VALID;

-- What the shop does by itself with money that it cannot give cards for. The defaults leave both to a person.
ALTER TABLE merchant ADD COLUMN double_policy text NOT NULL DEFAULT 'ask' CHECK (double_policy IN ('ask', 'refund'));
ALTER TABLE merchant ADD COLUMN no_stock_policy text NOT NULL DEFAULT 'owe' CHECK (no_stock_policy IN ('owe', 'refund'));

-- A fact of the order's money, from which its exception follows: the buyer asks the bank for it, or has got it back there.
ALTER TABLE orders ADD COLUMN disputed_at timestamptz(3);

-- Openings: what a gateway answered when it was asked for the way to pay. One row per attempt, never another.
-- `opening_until` keeps a second asker away while the first one waits: some gateways make a new payment of a second question.
-- `closed_at`: the gateway says that nobody can pay it any more.
ALTER TABLE payment_attempt ADD COLUMN opening_until timestamptz(3), ADD COLUMN closed_at timestamptz(3);

CREATE TABLE payment_opening (
  attempt_id uuid PRIMARY KEY REFERENCES payment_attempt (id),
  presentation jsonb NOT NULL,
  gateway_trade_number text,
  closes_at timestamptz(3),
  opened_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp())
);
CREATE TRIGGER payment_opening_append_only BEFORE UPDATE OR DELETE ON payment_opening FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The inbox holds refunds and disputes too. What they tell of the payment may be less than a payment tells of itself.
ALTER TABLE payment_event ADD COLUMN kind text NOT NULL DEFAULT 'payment' CHECK (kind IN ('payment', 'refund', 'dispute')),
  ADD COLUMN refund_number text, ADD COLUMN gateway_refund_number text, ADD COLUMN dispute_number text, ADD COLUMN state text,
  ALTER COLUMN out_trade_no DROP NOT NULL, ALTER COLUMN gateway_trade_number DROP NOT NULL,
  ALTER COLUMN amount_minor DROP NOT NULL, ALTER COLUMN currency DROP NOT NULL;
ALTER TABLE payment_event ADD CONSTRAINT payment_event_kind_ck CHECK (
     (kind = 'payment' AND out_trade_no IS NOT NULL AND gateway_trade_number IS NOT NULL AND amount_minor IS NOT NULL AND currency IS NOT NULL)
  OR (kind = 'refund' AND state IS NOT NULL)
  OR (kind = 'dispute' AND state IS NOT NULL AND dispute_number IS NOT NULL)) NOT VALID;
ALTER TABLE payment_event DROP CONSTRAINT payment_event_verdict_check;
ALTER TABLE payment_event ADD CONSTRAINT payment_event_verdict_check
  CHECK (verdict IN ('settled', 'double', 'underpaid', 'overpaid', 'wrong_currency', 'unknown_order', 'trade_reused', 'refunded',
                     'refund_matched', 'disputed')) NOT VALID;
DROP TRIGGER payment_event_raw_kept ON payment_event;
CREATE TRIGGER payment_event_raw_kept BEFORE UPDATE ON payment_event FOR EACH ROW
  WHEN ((NEW.id, NEW.account_id, NEW.source, NEW.kind, NEW.dedupe, NEW.out_trade_no, NEW.gateway_trade_number, NEW.amount_minor, NEW.currency, NEW.raw,
         NEW.received_at, NEW.refund_number, NEW.gateway_refund_number, NEW.dispute_number, NEW.state)
        IS DISTINCT FROM
        (OLD.id, OLD.account_id, OLD.source, OLD.kind, OLD.dedupe, OLD.out_trade_no, OLD.gateway_trade_number, OLD.amount_minor, OLD.currency, OLD.raw,
         OLD.received_at, OLD.refund_number, OLD.gateway_refund_number, OLD.dispute_number, OLD.state)
        OR (OLD.verdict IS NOT NULL AND OLD.verdict <> 'unknown_order' AND NEW.verdict IS DISTINCT FROM OLD.verdict))
  EXECUTE FUNCTION refuse_change();

-- Refunds. `requested`: on record, and the gateway may or may not have heard of it. `call_count` and `called_at` are committed before each
-- call, so that whoever finds the row after a crash knows that there may have been one.
ALTER TABLE refund
  ADD COLUMN method text NOT NULL DEFAULT 'source' CHECK (method IN ('source', 'balance', 'by_hand', 'dispute')),
  -- One per intention to refund: a double click is the same one.
  ADD COLUMN request_key text,
  ADD COLUMN requested_by uuid,
  ADD COLUMN requested_by_kind text NOT NULL DEFAULT 'admin' CHECK (requested_by_kind IN ('admin', 'system')),
  ADD COLUMN gateway_refund_number text,
  ADD COLUMN call_count int NOT NULL DEFAULT 0,
  ADD COLUMN called_at timestamptz(3),
  ADD COLUMN ask_count int NOT NULL DEFAULT 0,
  ADD COLUMN next_ask_at timestamptz(3) DEFAULT now(),
  ADD COLUMN failure text,
  ADD COLUMN finished_at timestamptz(3);
CREATE UNIQUE INDEX refund_request_uq ON refund (payment_id, request_key);
-- Of one payment one refund at a time: two admins, two processes and two tabs cannot begin a second one.
CREATE UNIQUE INDEX refund_under_way_uq ON refund (payment_id) WHERE status IN ('requested', 'processing');
CREATE INDEX refund_due_ix ON refund (next_ask_at) WHERE status IN ('requested', 'processing');
CREATE TRIGGER refund_edges BEFORE UPDATE ON refund FOR EACH ROW
  WHEN ((NEW.id, NEW.payment_id, NEW.order_id, NEW.refund_no, NEW.amount_minor, NEW.method, NEW.reason, NEW.request_key, NEW.requested_by,
         NEW.requested_by_kind, NEW.created_at)
        IS DISTINCT FROM
        (OLD.id, OLD.payment_id, OLD.order_id, OLD.refund_no, OLD.amount_minor, OLD.method, OLD.reason, OLD.request_key, OLD.requested_by,
         OLD.requested_by_kind, OLD.created_at)
        OR NOT (NEW.status = OLD.status
                OR (OLD.status, NEW.status) IN (('requested', 'processing'), ('requested', 'succeeded'), ('requested', 'failed'),
                                                ('processing', 'succeeded'), ('processing', 'failed'))))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refund_kept BEFORE DELETE ON refund FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Never more is given back than was paid. The order's row is locked first, so that two who begin at once are judged one after
-- the other, each with a view of what the other wrote; the amount never changes, so the insert is the only moment to look.
CREATE FUNCTION refuse_refund_beyond_payment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_paid bigint;
  v_given bigint;
BEGIN
  PERFORM 1 FROM orders WHERE id = NEW.order_id FOR NO KEY UPDATE;
  SELECT amount_minor INTO v_paid FROM payment WHERE id = NEW.payment_id AND order_id = NEW.order_id;
  SELECT coalesce(sum(amount_minor), 0) INTO v_given FROM refund WHERE payment_id = NEW.payment_id AND status <> 'failed';
  IF v_paid IS NULL OR v_given + NEW.amount_minor > v_paid THEN
    RAISE EXCEPTION 'refund % would give back more than was paid', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refund_within_payment BEFORE INSERT ON refund FOR EACH ROW EXECUTE FUNCTION refuse_refund_beyond_payment();

-- What waits for a person, or for the shop's policy, is looked for by kind.
CREATE INDEX finding_open_ix ON finding (kind, opened_at) WHERE status = 'open';
