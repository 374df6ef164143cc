-- Wallets: money that buyers have in the shop, kept double-entry. The tables are new and the rules that change only widen: the program of
-- before goes on beside them, and knows of no balance. The kind of account, `balance`, was allowed already.
SET lock_timeout = '5s';

ALTER TABLE payment_event DROP CONSTRAINT payment_event_source_check;
ALTER TABLE payment_event ADD CONSTRAINT payment_event_source_check
  CHECK (source IN ('notice', 'query', 'statement', 'manual', 'balance')) NOT VALID;

-- One per e-mail address and currency; made by the first credit. Whoever reads the mail of the address owns it.
CREATE TABLE wallet (
  id uuid PRIMARY KEY,
  email text NOT NULL CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 254),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3,5}$'),
  balance_minor bigint NOT NULL DEFAULT 0 CHECK (balance_minor >= 0),
  created_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp())
);
CREATE UNIQUE INDEX wallet_owner_uq ON wallet (email, currency);
CREATE TRIGGER wallet_owner_kept BEFORE UPDATE ON wallet FOR EACH ROW
  WHEN ((NEW.id, NEW.email, NEW.currency, NEW.created_at) IS DISTINCT FROM (OLD.id, OLD.email, OLD.currency, OLD.created_at))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER wallet_kept BEFORE DELETE ON wallet FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Every movement is two rows that sum to zero: the buyer's side and the house's (`book` says which of its books). Both name the wallet, so that
-- no row of the house is hot. `request_key` is the intention: a movement that was asked for twice is one.
CREATE TABLE wallet_entry (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  movement_id uuid NOT NULL,
  wallet_id uuid NOT NULL REFERENCES wallet (id),
  side text NOT NULL CHECK (side IN ('buyer', 'house')),
  book text NOT NULL CHECK (book IN ('buyers', 'sales', 'refunds', 'adjustments')),
  kind text NOT NULL CHECK (kind IN ('payment', 'refund', 'adjustment')),
  amount_minor bigint NOT NULL CHECK (amount_minor <> 0),
  currency text NOT NULL,
  request_key text NOT NULL CHECK (length(request_key) BETWEEN 8 AND 100),
  order_id uuid REFERENCES orders (id),
  at timestamptz(3) NOT NULL,
  CONSTRAINT wallet_entry_book_ck CHECK (book = CASE WHEN side = 'buyer' THEN 'buyers' WHEN kind = 'payment' THEN 'sales'
                                                     WHEN kind = 'refund' THEN 'refunds' ELSE 'adjustments' END),
  CONSTRAINT wallet_entry_order_ck CHECK ((kind = 'adjustment') = (order_id IS NULL)),
  CONSTRAINT wallet_entry_sign_ck CHECK (kind = 'adjustment' OR (amount_minor < 0) = ((kind = 'payment') = (side = 'buyer')))
);
CREATE UNIQUE INDEX wallet_entry_movement_uq ON wallet_entry (movement_id, side);
CREATE UNIQUE INDEX wallet_entry_request_uq ON wallet_entry (request_key, side);
CREATE INDEX wallet_entry_wallet_ix ON wallet_entry (wallet_id, id);
CREATE INDEX wallet_entry_order_ix ON wallet_entry (order_id) WHERE order_id IS NOT NULL;
CREATE TRIGGER wallet_entry_append_only BEFORE UPDATE OR DELETE ON wallet_entry FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- At commit: both sides are there and sum to zero.
CREATE FUNCTION refuse_lopsided_movement() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_rows int;
  v_sum numeric;
BEGIN
  SELECT count(*), sum(amount_minor) INTO v_rows, v_sum FROM wallet_entry
   WHERE movement_id = NEW.movement_id AND wallet_id = NEW.wallet_id AND currency = NEW.currency;
  IF v_rows <> 2 OR v_sum <> 0 THEN
    RAISE EXCEPTION 'movement % does not sum to zero', NEW.movement_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER wallet_entry_balanced AFTER INSERT ON wallet_entry DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION refuse_lopsided_movement();

-- What admins add or take by hand, with a reason. Above a limit two of them must agree; the words never change.
CREATE TABLE wallet_adjustment (
  id uuid PRIMARY KEY,
  email text NOT NULL CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 254),
  currency text NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor <> 0),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 200),
  needs_two_names boolean NOT NULL,
  status text NOT NULL DEFAULT 'proposed' CHECK (status IN ('proposed', 'confirmed', 'refused')),
  request_key text NOT NULL CHECK (length(request_key) BETWEEN 8 AND 100),
  proposed_by uuid NOT NULL,
  proposed_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  decided_by uuid,
  decided_at timestamptz(3),
  CONSTRAINT wallet_adjustment_decided_ck
    CHECK ((status = 'proposed') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)),
  CONSTRAINT wallet_adjustment_two_names_ck CHECK (status <> 'confirmed' OR NOT needs_two_names OR decided_by <> proposed_by)
);
CREATE UNIQUE INDEX wallet_adjustment_request_uq ON wallet_adjustment (request_key);
CREATE INDEX wallet_adjustment_waiting_ix ON wallet_adjustment (proposed_at) WHERE status = 'proposed';
CREATE TRIGGER wallet_adjustment_edges BEFORE UPDATE ON wallet_adjustment FOR EACH ROW
  WHEN ((NEW.id, NEW.email, NEW.currency, NEW.amount_minor, NEW.reason, NEW.needs_two_names, NEW.request_key, NEW.proposed_by, NEW.proposed_at)
        IS DISTINCT FROM
        (OLD.id, OLD.email, OLD.currency, OLD.amount_minor, OLD.reason, OLD.needs_two_names, OLD.request_key, OLD.proposed_by, OLD.proposed_at)
        OR OLD.status <> 'proposed')
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER wallet_adjustment_kept BEFORE DELETE ON wallet_adjustment FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Who may see and spend: a mailed link opens once, and makes the session that a browser keeps.
CREATE TABLE wallet_access (
  token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
  email text NOT NULL CHECK (email = lower(email)),
  kind text NOT NULL CHECK (kind IN ('link', 'session')),
  created_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  expires_at timestamptz(3) NOT NULL,
  used_at timestamptz(3)
);
CREATE INDEX wallet_access_email_ix ON wallet_access (email, created_at);

-- A mail about a wallet is about no order and no finding: its recipient is all it needs.
ALTER TABLE mail DROP CONSTRAINT mail_kind_check;
ALTER TABLE mail ADD CONSTRAINT mail_kind_check CHECK (kind IN ('order_delivered', 'order_owed', 'order_link', 'invariant_broken',
  'refund_under_way', 'refund_done', 'refund_failed', 'refund_cancelled', 'wallet_link')) NOT VALID;
ALTER TABLE mail DROP CONSTRAINT mail_subject_ck;
ALTER TABLE mail ADD CONSTRAINT mail_subject_ck
  CHECK ((order_id IS NOT NULL)::int + (finding_id IS NOT NULL)::int + (kind = 'wallet_link')::int = 1) NOT VALID;
