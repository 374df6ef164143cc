-- Several pools for one variant: in which order they are sold from, for whom a pool is kept, and cards that go from one to another
-- (docs/decisions/0031). Columns are nullable or have a constant default: nothing is rewritten, and the program of before sells on from
-- a variant's first pool alone. The two new triggers fire only where a statement names the column, so that a sale pays for neither.
SET lock_timeout = '5s';

-- For whom alone a pool is: buyers of one language's storefront, or orders that come over the API; null: for everybody.
ALTER TABLE stock_pool
  ADD COLUMN channel text CHECK (channel IN ('web_zh', 'web_en', 'api')),
  ADD COLUMN note text NOT NULL DEFAULT '' CHECK (length(note) <= 200),
  ADD CONSTRAINT stock_pool_name_ck CHECK (length(name) BETWEEN 1 AND 60) NOT VALID;

-- Where a variant is sold from when its own pool has too few, in this order.
ALTER TABLE variant ADD COLUMN fallback_pool_ids uuid[] NOT NULL DEFAULT '{}' CHECK (cardinality(fallback_pool_ids) <= 7);

-- An array has no foreign keys: each of the pools is one of the merchant's, and none is named twice.
CREATE FUNCTION refuse_strange_pools() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) FROM stock_pool p WHERE p.merchant_id = NEW.merchant_id AND p.id = ANY (NEW.pool_id || NEW.fallback_pool_ids))
     <> 1 + cardinality(NEW.fallback_pool_ids) THEN
    RAISE EXCEPTION 'variant names a pool twice, or one that is not its merchant''s' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER variant_pools BEFORE INSERT OR UPDATE OF pool_id, fallback_pool_ids, merchant_id ON variant FOR EACH ROW
  WHEN (NEW.fallback_pool_ids <> '{}') EXECUTE FUNCTION refuse_strange_pools();
CREATE TRIGGER variant_pools_version BEFORE UPDATE OF fallback_pool_ids ON variant FOR EACH ROW
  WHEN (NEW.version = OLD.version AND NEW.fallback_pool_ids IS DISTINCT FROM OLD.fallback_pool_ids)
  EXECUTE FUNCTION raise_variant_version();

CREATE FUNCTION raise_versions_of_pool() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE variant SET version = version + 1
   WHERE merchant_id = NEW.merchant_id AND (pool_id = NEW.id OR NEW.id = ANY (fallback_pool_ids));
  RETURN NULL;
END $$;
CREATE TRIGGER stock_pool_variant_version AFTER UPDATE OF channel ON stock_pool FOR EACH ROW
  WHEN (NEW.channel IS DISTINCT FROM OLD.channel) EXECUTE FUNCTION raise_versions_of_pool();
-- A variant's array would lead nowhere.
CREATE TRIGGER stock_pool_kept BEFORE DELETE ON stock_pool FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stock_pool_owner BEFORE UPDATE OF id, merchant_id ON stock_pool FOR EACH ROW
  WHEN ((NEW.id, NEW.merchant_id) IS DISTINCT FROM (OLD.id, OLD.merchant_id)) EXECUTE FUNCTION refuse_change();

-- What an order holds, or has had, stays where it was taken from.
CREATE TRIGGER card_pool_edges BEFORE UPDATE OF pool_id ON card FOR EACH ROW
  WHEN (NEW.pool_id <> OLD.pool_id AND (OLD.status NOT IN ('available', 'quarantined') OR NEW.status <> OLD.status))
  EXECUTE FUNCTION refuse_change();

-- Both sides of a transfer are entries of the ledger.
DO $$
DECLARE
  v_kinds text;
BEGIN
  SELECT string_agg(DISTINCT quote_literal(word), ', ') INTO v_kinds FROM (
    SELECT (regexp_matches(pg_get_constraintdef(oid), '''([a-z_.]+)''', 'g'))[1] AS word FROM pg_constraint
     WHERE conrelid = 'stock_entry'::regclass AND conname = 'stock_entry_kind_check'
    UNION ALL SELECT unnest(ARRAY['transfer_out', 'transfer_in'])) words;
  ALTER TABLE stock_entry DROP CONSTRAINT stock_entry_kind_check;
  EXECUTE format('ALTER TABLE stock_entry ADD CONSTRAINT stock_entry_kind_check CHECK (kind IN (%s)) NOT VALID', v_kinds);
END $$;

ALTER TABLE card_move DROP CONSTRAINT card_move_kind_check;
ALTER TABLE card_move
  ADD COLUMN to_pool_id uuid REFERENCES stock_pool (id),
  ADD CONSTRAINT card_move_kind_check CHECK (kind IN ('quarantine', 'restore', 'withdraw', 'transfer')) NOT VALID,
  ADD CONSTRAINT card_move_pool_ck CHECK ((kind = 'transfer') = (to_pool_id IS NOT NULL)) NOT VALID;

-- How many cards of a batch went from where to where: what a pool should hold is what was imported into it, and this. Held against what
-- is counted, it shows a drift.
CREATE TABLE pool_transfer (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  move_id uuid NOT NULL REFERENCES card_move (id),
  merchant_id uuid NOT NULL REFERENCES merchant (id),
  variant_id uuid NOT NULL REFERENCES variant (id),
  batch_id uuid NOT NULL REFERENCES batch (id),
  from_pool_id uuid NOT NULL REFERENCES stock_pool (id),
  to_pool_id uuid NOT NULL REFERENCES stock_pool (id),
  card_count int NOT NULL CHECK (card_count BETWEEN 1 AND 5000),
  at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  CONSTRAINT pool_transfer_sides_ck CHECK (from_pool_id <> to_pool_id)
);
CREATE INDEX pool_transfer_batch_ix ON pool_transfer (batch_id, to_pool_id);
CREATE INDEX pool_transfer_merchant_ix ON pool_transfer (merchant_id, id);
CREATE TRIGGER pool_transfer_append_only BEFORE UPDATE OR DELETE ON pool_transfer FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The last count of a pool, by a job or because somebody asked for it.
CREATE TABLE pool_count (
  variant_id uuid NOT NULL REFERENCES variant (id),
  pool_id uuid NOT NULL REFERENCES stock_pool (id),
  kept bigint NOT NULL,
  counted bigint NOT NULL,
  counted_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  PRIMARY KEY (variant_id, pool_id)
);

-- Into which pool a file goes; null: into the variant's first.
ALTER TABLE card_upload ADD COLUMN pool_id uuid REFERENCES stock_pool (id);
