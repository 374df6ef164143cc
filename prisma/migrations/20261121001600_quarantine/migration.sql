-- Cards that are put aside: not sold, and either returned or withdrawn later. A state of its own, so that nothing which sells has to look
-- twice: the index of the pick, its statements and their guards know `available` and nothing else (docs/decisions/0025). The new rules only
-- widen the old ones and are checked later, so that no row is read under the lock; the program of before goes on beside them.
SET lock_timeout = '5s';

ALTER TABLE card DROP CONSTRAINT card_state_ck;
ALTER TABLE card ADD CONSTRAINT card_state_ck CHECK (
     (status IN ('draft', 'available', 'quarantined') AND order_id IS NULL AND reserved_until IS NULL AND delivered_at IS NULL)
  OR (status = 'reserved' AND order_id IS NOT NULL AND delivered_at IS NULL)
  OR (status = 'delivered' AND order_id IS NOT NULL AND delivered_at IS NOT NULL)
  OR status = 'withdrawn') NOT VALID;
DROP TRIGGER card_edges ON card;
CREATE TRIGGER card_edges BEFORE UPDATE ON card FOR EACH ROW
  WHEN (NOT (NEW.status = OLD.status
             OR NEW.status = 'withdrawn'
             OR (OLD.status, NEW.status) IN (('draft', 'available'), ('available', 'reserved'), ('available', 'delivered'),
                                             ('reserved', 'delivered'), ('reserved', 'available'), ('withdrawn', 'available'),
                                             ('available', 'quarantined'), ('quarantined', 'available')))
        OR (OLD.status = 'withdrawn' AND OLD.delivered_at IS NOT NULL)
        OR (OLD.status = 'delivered' AND (NEW.order_id IS DISTINCT FROM OLD.order_id OR NEW.delivered_at IS DISTINCT FROM OLD.delivered_at))
        OR (OLD.status = 'reserved' AND NEW.status IN ('reserved', 'delivered') AND NEW.order_id IS DISTINCT FROM OLD.order_id)
        OR (NEW.id, NEW.merchant_id, NEW.variant_id, NEW.batch_id) IS DISTINCT FROM (OLD.id, OLD.merchant_id, OLD.variant_id, OLD.batch_id))
  EXECUTE FUNCTION refuse_change();

-- Other migrations add kinds of entries, too: these are added to whatever the list holds by now.
DO $$
DECLARE
  v_kinds text;
BEGIN
  SELECT string_agg(DISTINCT quote_literal(word), ', ') INTO v_kinds FROM (
    SELECT (regexp_matches(pg_get_constraintdef(oid), '''([a-z_.]+)''', 'g'))[1] AS word FROM pg_constraint
     WHERE conrelid = 'stock_entry'::regclass AND conname = 'stock_entry_kind_check'
    UNION ALL SELECT unnest(ARRAY['quarantine', 'restore', 'replace'])) words;
  ALTER TABLE stock_entry DROP CONSTRAINT stock_entry_kind_check;
  EXECUTE format('ALTER TABLE stock_entry ADD CONSTRAINT stock_entry_kind_check CHECK (kind IN (%s)) NOT VALID', v_kinds);
END $$;

-- Why cards were put aside, returned or withdrawn, and by whom. The id is the intention: a form that was sent twice is one. The entries of the
-- ledger name it. `batch_id`: the whole rest of a batch, which may take several transactions; without it single cards, in one.
CREATE TABLE card_move (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('quarantine', 'restore', 'withdraw')),
  merchant_id uuid NOT NULL REFERENCES merchant (id),
  batch_id uuid REFERENCES batch (id),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 200),
  content_hash bytea NOT NULL CHECK (length(content_hash) = 32),
  actor_kind text NOT NULL CHECK (actor_kind IN ('merchant', 'admin', 'command_line')),
  actor_id uuid,
  card_count int NOT NULL DEFAULT 0 CHECK (card_count >= 0),
  -- How many cards the intention named and found in no state that the move starts from.
  left_count int NOT NULL DEFAULT 0 CHECK (left_count >= 0),
  created_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  finished_at timestamptz(3)
);
CREATE INDEX card_move_batch_ix ON card_move (batch_id, created_at) WHERE batch_id IS NOT NULL;
CREATE TRIGGER card_move_edges BEFORE UPDATE ON card_move FOR EACH ROW
  WHEN ((NEW.id, NEW.kind, NEW.merchant_id, NEW.batch_id, NEW.reason, NEW.content_hash, NEW.actor_kind, NEW.actor_id, NEW.created_at)
        IS DISTINCT FROM
        (OLD.id, OLD.kind, OLD.merchant_id, OLD.batch_id, OLD.reason, OLD.content_hash, OLD.actor_kind, OLD.actor_id, OLD.created_at)
        OR OLD.finished_at IS NOT NULL OR NEW.card_count < OLD.card_count)
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER card_move_kept BEFORE DELETE ON card_move FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A batch under a hold sells nothing: what comes back to it from orders that were not paid is put aside before anybody is offered it.
ALTER TABLE batch ADD COLUMN hold_id uuid REFERENCES card_move (id);
CREATE INDEX batch_held_ix ON batch (variant_id) WHERE hold_id IS NOT NULL;
