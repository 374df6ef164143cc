-- What buyers complain of, and what a bank takes back: a case with a thread, evidence and decisions (docs/decisions/0029). All tables are new;
-- of the old ones only `mail` changes, by a column that is null and by rules that widen. The program of before goes on beside them.
SET lock_timeout = '5s';

-- The id is the intention: a form that was sent twice is one case. `waiting_merchant` and `waiting_buyer` have a deadline, past which the case
-- goes to the admins, or is closed; `deciding`: a decision is being carried out, and nobody else decides.
CREATE TABLE dispute (
  id uuid PRIMARY KEY,
  source text NOT NULL CHECK (source IN ('buyer', 'gateway')),
  kind text NOT NULL CHECK (kind IN ('used', 'invalid', 'wrong', 'not_received', 'other', 'chargeback')),
  status text NOT NULL CHECK (status IN ('waiting_merchant', 'waiting_buyer', 'escalated', 'deciding', 'decided', 'withdrawn')),
  order_id uuid NOT NULL REFERENCES orders (id),
  merchant_id uuid NOT NULL REFERENCES merchant (id),
  -- The card that it is about, and its place among the order's, from 1; null: the whole order.
  position int CHECK (position >= 1),
  card_id uuid REFERENCES card (id),
  variant_id uuid REFERENCES variant (id),
  batch_id uuid REFERENCES batch (id),
  -- The address of the order under a key: what one buyer reports is counted, and the row names nobody.
  buyer_hash bytea NOT NULL CHECK (length(buyer_hash) = 32),
  -- Whence it was reported, as a reveal is recorded.
  address_hash bytea,
  user_agent text NOT NULL DEFAULT '' CHECK (length(user_agent) <= 300),
  -- The gateway's own number of a chargeback.
  account_id text REFERENCES gateway_account (id),
  chargeback_number text,
  -- What was known at the moment of the report; never a secret.
  evidence jsonb NOT NULL DEFAULT '{}',
  content_hash bytea NOT NULL CHECK (length(content_hash) = 32),
  opened_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  due_at timestamptz(3),
  closed_at timestamptz(3),
  decision_id uuid,
  reopened_count int NOT NULL DEFAULT 0 CHECK (reopened_count >= 0),
  -- How many messages there are: whoever decides says what he has read.
  message_count int NOT NULL DEFAULT 0,
  -- While a decision is carried out the deadline is kept: what cannot be done gives nobody more time.
  CONSTRAINT dispute_due_ck CHECK (status = 'deciding' OR (status IN ('waiting_merchant', 'waiting_buyer')) = (due_at IS NOT NULL)),
  CONSTRAINT dispute_closed_ck CHECK ((status IN ('decided', 'withdrawn')) = (closed_at IS NOT NULL)),
  CONSTRAINT dispute_decision_ck CHECK ((status IN ('deciding', 'decided')) = (decision_id IS NOT NULL)),
  CONSTRAINT dispute_card_ck CHECK ((card_id IS NULL) = (position IS NULL) AND (card_id IS NULL) = (batch_id IS NULL)),
  CONSTRAINT dispute_source_ck CHECK ((source = 'gateway') = (kind = 'chargeback')
    AND (source = 'gateway') = (account_id IS NOT NULL AND chargeback_number IS NOT NULL))
);
-- A card is reported once; what was decided is opened again, and not reported anew. The whole of an order likewise.
CREATE UNIQUE INDEX dispute_card_uq ON dispute (card_id) WHERE source = 'buyer' AND status <> 'withdrawn' AND card_id IS NOT NULL;
CREATE UNIQUE INDEX dispute_whole_uq ON dispute (order_id) WHERE source = 'buyer' AND status <> 'withdrawn' AND card_id IS NULL;
CREATE UNIQUE INDEX dispute_chargeback_uq ON dispute (account_id, chargeback_number) WHERE chargeback_number IS NOT NULL;
CREATE INDEX dispute_order_ix ON dispute (order_id);
CREATE INDEX dispute_merchant_ix ON dispute (merchant_id, id);
CREATE INDEX dispute_waiting_ix ON dispute (merchant_id) WHERE status = 'waiting_merchant';
CREATE INDEX dispute_escalated_ix ON dispute (id) WHERE status IN ('escalated', 'deciding');
CREATE INDEX dispute_due_ix ON dispute (due_at) WHERE status IN ('waiting_merchant', 'waiting_buyer');
CREATE INDEX dispute_batch_ix ON dispute (batch_id, opened_at) WHERE batch_id IS NOT NULL;
CREATE INDEX dispute_buyer_ix ON dispute (buyer_hash);
CREATE INDEX dispute_opened_ix ON dispute (opened_at);
CREATE TRIGGER dispute_edges BEFORE UPDATE ON dispute FOR EACH ROW
  WHEN ((NEW.id, NEW.source, NEW.kind, NEW.order_id, NEW.merchant_id, NEW.position, NEW.card_id, NEW.variant_id, NEW.batch_id, NEW.buyer_hash,
         NEW.address_hash, NEW.user_agent, NEW.account_id, NEW.chargeback_number, NEW.evidence, NEW.content_hash, NEW.opened_at)
        IS DISTINCT FROM
        (OLD.id, OLD.source, OLD.kind, OLD.order_id, OLD.merchant_id, OLD.position, OLD.card_id, OLD.variant_id, OLD.batch_id, OLD.buyer_hash,
         OLD.address_hash, OLD.user_agent, OLD.account_id, OLD.chargeback_number, OLD.evidence, OLD.content_hash, OLD.opened_at)
        OR NEW.message_count < OLD.message_count OR NEW.reopened_count < OLD.reopened_count
        OR NOT (NEW.status = OLD.status
                OR OLD.status IN ('waiting_merchant', 'waiting_buyer', 'escalated')
                OR OLD.status = 'deciding' AND NEW.status <> 'withdrawn'
                OR OLD.status IN ('decided', 'withdrawn') AND NEW.status = 'escalated' AND NEW.reopened_count = OLD.reopened_count + 1))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER dispute_kept BEFORE DELETE ON dispute FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What was said and done, in its order; never changed.
CREATE TABLE dispute_message (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dispute_id uuid NOT NULL REFERENCES dispute (id),
  at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  author_kind text NOT NULL CHECK (author_kind IN ('buyer', 'merchant', 'admin', 'system')),
  author_id uuid,
  kind text NOT NULL CHECK (kind IN ('opened', 'answer', 'escalated', 'withdrawn', 'lapsed', 'decided', 'not_done', 'reopened', 'chargeback')),
  body text NOT NULL DEFAULT '' CHECK (length(body) <= 4000),
  detail jsonb NOT NULL DEFAULT '{}',
  -- Made with the form: sent twice, it is one message.
  request_id uuid NOT NULL,
  CONSTRAINT dispute_message_request_uq UNIQUE (dispute_id, request_id)
);
CREATE TRIGGER dispute_message_append_only BEFORE UPDATE OR DELETE ON dispute_message FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER dispute_message_kept BEFORE TRUNCATE ON dispute_message FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A picture as it was encoded anew. Its file lies apart from the pictures of products, and only who sees the case is given it.
CREATE TABLE dispute_picture (
  id uuid PRIMARY KEY,
  dispute_id uuid NOT NULL REFERENCES dispute (id),
  name text NOT NULL CHECK (name ~ '^[0-9a-f]{32}$'),
  width int NOT NULL CHECK (width BETWEEN 1 AND 4096),
  height int NOT NULL CHECK (height BETWEEN 1 AND 4096),
  byte_count int NOT NULL CHECK (byte_count > 0),
  at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  CONSTRAINT dispute_picture_name_uq UNIQUE (dispute_id, name)
);
CREATE TRIGGER dispute_picture_append_only BEFORE UPDATE OR DELETE ON dispute_picture FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What was decided, each time. The id is that of the replacement or of the refund, and the key of the wallet's adjustment: what a decision does
-- is done under the decision's own number, once. `pending` while it is carried out; `dropped`: it could not be, and nothing of it was.
CREATE TABLE dispute_decision (
  id uuid PRIMARY KEY,
  dispute_id uuid NOT NULL REFERENCES dispute (id),
  order_id uuid NOT NULL REFERENCES orders (id),
  outcome text NOT NULL CHECK (outcome IN ('replace', 'refund', 'compensate', 'reject', 'bank_won', 'bank_lost')),
  state text NOT NULL CHECK (state IN ('pending', 'done', 'dropped')),
  -- To the buyer.
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
  amount_minor bigint CHECK (amount_minor > 0),
  currency text,
  -- How the money goes back: source, balance.
  method text CHECK (method IN ('source', 'balance')),
  decided_by_kind text NOT NULL CHECK (decided_by_kind IN ('merchant', 'admin', 'system')),
  decided_by uuid,
  from_status text NOT NULL CHECK (from_status IN ('waiting_merchant', 'waiting_buyer', 'escalated')),
  content_hash bytea NOT NULL CHECK (length(content_hash) = 32),
  at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  ended_at timestamptz(3),
  CONSTRAINT dispute_decision_ended_ck CHECK ((state = 'pending') = (ended_at IS NULL)),
  CONSTRAINT dispute_decision_money_ck CHECK ((outcome IN ('refund', 'compensate')) = (amount_minor IS NOT NULL AND currency IS NOT NULL)),
  CONSTRAINT dispute_decision_method_ck CHECK ((outcome = 'refund') = (method IS NOT NULL)),
  -- Money is an admin's word; what a bank says is nobody's here.
  CONSTRAINT dispute_decision_by_ck CHECK (CASE WHEN outcome IN ('bank_won', 'bank_lost') THEN decided_by_kind = 'system'
    WHEN outcome IN ('refund', 'compensate') THEN decided_by_kind = 'admin' ELSE decided_by_kind IN ('merchant', 'admin') END)
);
CREATE UNIQUE INDEX dispute_decision_pending_uq ON dispute_decision (dispute_id) WHERE state = 'pending';
CREATE INDEX dispute_decision_dispute_ix ON dispute_decision (dispute_id, at);
CREATE INDEX dispute_decision_order_ix ON dispute_decision (order_id);
CREATE INDEX dispute_decision_waiting_ix ON dispute_decision (at) WHERE state = 'pending';
CREATE TRIGGER dispute_decision_edges BEFORE UPDATE ON dispute_decision FOR EACH ROW
  WHEN ((NEW.id, NEW.dispute_id, NEW.order_id, NEW.outcome, NEW.reason, NEW.amount_minor, NEW.currency, NEW.method, NEW.decided_by_kind, NEW.decided_by,
         NEW.from_status, NEW.content_hash, NEW.at)
        IS DISTINCT FROM
        (OLD.id, OLD.dispute_id, OLD.order_id, OLD.outcome, OLD.reason, OLD.amount_minor, OLD.currency, OLD.method, OLD.decided_by_kind, OLD.decided_by,
         OLD.from_status, OLD.content_hash, OLD.at)
        OR OLD.state <> 'pending')
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER dispute_decision_kept BEFORE DELETE ON dispute_decision FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE dispute ADD CONSTRAINT dispute_decision_fk FOREIGN KEY (decision_id) REFERENCES dispute_decision (id);

-- Buyers are told of their case in the order's language, a merchant's people of what waits for them.
ALTER TABLE mail ADD COLUMN dispute_id uuid REFERENCES dispute (id);
DO $$
DECLARE
  v_kinds text;
  v_subject text;
BEGIN
  SELECT string_agg(DISTINCT quote_literal(word), ', ') INTO v_kinds FROM (
    SELECT (regexp_matches(pg_get_constraintdef(oid), '''([a-z_]+)''', 'g'))[1] AS word FROM pg_constraint
     WHERE conrelid = 'mail'::regclass AND conname = 'mail_kind_check'
    UNION ALL SELECT unnest(ARRAY['dispute_received', 'dispute_answered', 'dispute_escalated', 'dispute_decided', 'dispute_closed',
                                  'dispute_for_merchant'])) words;
  SELECT pg_get_expr(conbin, conrelid) INTO v_subject FROM pg_constraint WHERE conrelid = 'mail'::regclass AND conname = 'mail_subject_ck';
  ALTER TABLE mail DROP CONSTRAINT mail_kind_check, DROP CONSTRAINT mail_subject_ck;
  EXECUTE format('ALTER TABLE mail ADD CONSTRAINT mail_kind_check CHECK (kind IN (%s)) NOT VALID', v_kinds);
  EXECUTE format('ALTER TABLE mail ADD CONSTRAINT mail_subject_ck CHECK (CASE WHEN kind LIKE ''dispute\_%%'' THEN dispute_id IS NOT NULL '
                 'AND (order_id IS NULL) = (kind = ''dispute_for_merchant'') ELSE %s END) NOT VALID', v_subject);
END $$;
