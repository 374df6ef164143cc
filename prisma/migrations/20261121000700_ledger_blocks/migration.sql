-- The ledger is sealed in blocks, each chained to the one before and signed (docs/ledger.md). A block keeps the ids and the
-- hashes of its entries beside them, so that no entry is ever written to, and one that was changed can be named.
SET lock_timeout = '5s';

-- The order of the chain. Transactions and ids ascend, so each new entry goes to the right-hand end of the index: no page is
-- read, and none is split in the middle. While it is built, entries wait.
CREATE INDEX stock_entry_chain_ix ON stock_entry (xid, id);

CREATE TABLE stock_block (
  number bigint PRIMARY KEY CHECK (number >= 1),
  era int NOT NULL CHECK (era >= 1),
  -- Entries up to this id belong to eras before this one.
  floor_id bigint NOT NULL DEFAULT 0,
  entry_count int NOT NULL CHECK (entry_count BETWEEN 1 AND 10000),
  first_xid xid8 NOT NULL,
  first_id bigint NOT NULL,
  last_xid xid8 NOT NULL,
  last_id bigint NOT NULL,
  entry_ids bigint[] NOT NULL,
  entry_hashes bytea NOT NULL,
  -- Unique: two blocks can never follow the same one.
  previous_hash bytea NOT NULL UNIQUE CHECK (octet_length(previous_hash) = 32),
  root bytea NOT NULL CHECK (octet_length(root) = 32),
  hash bytea NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
  sealed_at timestamptz(3) NOT NULL,
  public_key bytea NOT NULL CHECK (octet_length(public_key) = 32),
  signature bytea NOT NULL CHECK (octet_length(signature) = 64),
  CONSTRAINT stock_block_entries_ck CHECK (cardinality(entry_ids) = entry_count AND octet_length(entry_hashes) = 32 * entry_count)
);
CREATE TRIGGER stock_block_append_only BEFORE UPDATE OR DELETE ON stock_block FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stock_block_kept BEFORE TRUNCATE ON stock_block FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stock_entry_kept BEFORE TRUNCATE ON stock_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The hash of an entry: a leaf of RFC 9162, which begins with a zero byte, over its place, its time and its canonical bytes.
CREATE FUNCTION stock_leaf(id bigint, xid xid8, created_at timestamptz, canonical bytea) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256('\x00'::bytea || convert_to('kapu-entry1|' || id::text || '|' || xid::text || '|'
                || floor(extract(epoch FROM created_at) * 1000)::bigint::text || '|', 'UTF8') || canonical)
$$;
