-- What people do about refunds. An order whose refund came to nothing goes back to where it stood; a refund given back elsewhere has its
-- number there; buyers are written to; a shop's automatic refunds have a limit for the day. New columns are empty and the new rules only
-- widen the old ones, but one: the database itself hands nothing out under a dispute. The program of before goes on beside them.
SET lock_timeout = '5s';

DROP TRIGGER orders_edges ON orders;
CREATE TRIGGER orders_edges BEFORE UPDATE ON orders FOR EACH ROW
  WHEN (NOT (NEW.status = OLD.status
             -- pending → delivered is pending → paid → delivered in one statement; order_event has both edges.
             OR (OLD.status, NEW.status) IN (('pending', 'paid'), ('pending', 'delivered'), ('pending', 'expired'), ('pending', 'cancelled'),
                 ('expired', 'paid'), ('expired', 'delivered'), ('expired', 'refunding'),
                 ('cancelled', 'paid'), ('cancelled', 'delivered'), ('cancelled', 'refunding'),
                 ('paid', 'delivered'), ('paid', 'refunding'), ('delivered', 'refunding'), ('refunding', 'refunded'),
                 -- The way back: which of them it is, says the event that led to `refunding`.
                 ('refunding', 'paid'), ('refunding', 'delivered'), ('refunding', 'expired'), ('refunding', 'cancelled')))
        OR (NEW.id, NEW.number, NEW.merchant_id, NEW.scope, NEW.request_key, NEW.request_hash, NEW.token_hash, NEW.quantity, NEW.total_minor, NEW.currency, NEW.created_at, NEW.deadline_at)
           IS DISTINCT FROM
           (OLD.id, OLD.number, OLD.merchant_id, OLD.scope, OLD.request_key, OLD.request_hash, OLD.token_hash, OLD.quantity, OLD.total_minor, OLD.currency, OLD.created_at, OLD.deadline_at)
        OR (OLD.status = 'delivered' AND NEW.card_ids IS DISTINCT FROM OLD.card_ids)
        OR (OLD.status = 'refunding' AND NEW.status = 'delivered' AND (NEW.card_ids IS DISTINCT FROM OLD.card_ids OR OLD.delivered_at IS NULL))
        OR (NEW.status = 'delivered' AND OLD.status NOT IN ('delivered', 'refunding') AND NEW.disputed_at IS NOT NULL)
        OR NEW.paid_minor < OLD.paid_minor OR NEW.payment_count < OLD.payment_count)
  EXECUTE FUNCTION refuse_change();

-- The number that the money went back under where it was given back: of a transfer, of a refund at the gateway's own desk.
ALTER TABLE refund ADD COLUMN outside_reference text CHECK (length(outside_reference) BETWEEN 1 AND 100);
DROP TRIGGER refund_edges ON refund;
CREATE TRIGGER refund_edges BEFORE UPDATE ON refund FOR EACH ROW
  WHEN ((NEW.id, NEW.payment_id, NEW.order_id, NEW.refund_no, NEW.amount_minor, NEW.method, NEW.reason, NEW.request_key, NEW.requested_by,
         NEW.requested_by_kind, NEW.created_at, NEW.outside_reference)
        IS DISTINCT FROM
        (OLD.id, OLD.payment_id, OLD.order_id, OLD.refund_no, OLD.amount_minor, OLD.method, OLD.reason, OLD.request_key, OLD.requested_by,
         OLD.requested_by_kind, OLD.created_at, OLD.outside_reference)
        OR NOT (NEW.status = OLD.status
                OR (OLD.status, NEW.status) IN (('requested', 'processing'), ('requested', 'succeeded'), ('requested', 'failed'),
                                                ('processing', 'succeeded'), ('processing', 'failed'))))
  EXECUTE FUNCTION refuse_change();

-- Letters about a refund. An order may have several of one kind, each of another refund.
ALTER TABLE outbox ADD COLUMN refund_id uuid;
ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('order.placed', 'order.delivered', 'order.owed', 'order.expired',
  'refund.requested', 'refund.succeeded', 'refund.failed', 'refund.cancelled')) NOT VALID;
ALTER TABLE outbox ADD CONSTRAINT outbox_refund_ck CHECK ((kind LIKE 'refund.%') = (refund_id IS NOT NULL)) NOT VALID;
ALTER TABLE mail ADD COLUMN refund_id uuid;
ALTER TABLE mail DROP CONSTRAINT mail_kind_check;
ALTER TABLE mail ADD CONSTRAINT mail_kind_check CHECK (kind IN ('order_delivered', 'order_owed', 'order_link', 'invariant_broken',
  'refund_under_way', 'refund_done', 'refund_failed', 'refund_cancelled')) NOT VALID;

-- How much a shop's policy gives back in a day without asking anybody; null: no limit. Other currencies than this one then wait for a person.
ALTER TABLE merchant ADD COLUMN policy_cap_minor bigint CHECK (policy_cap_minor > 0), ADD COLUMN policy_cap_currency text;
ALTER TABLE merchant ADD CONSTRAINT merchant_policy_cap_ck CHECK ((policy_cap_minor IS NULL) = (policy_cap_currency IS NULL)) NOT VALID;
CREATE INDEX refund_by_system_ix ON refund (created_at) WHERE requested_by_kind = 'system';
