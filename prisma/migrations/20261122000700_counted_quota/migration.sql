-- A card may be a key that its buyer spends piece by piece: what is spent is metered here, beside the card (docs/decisions/0033). The card, its
-- order and its secret know nothing of it. Both tables are new and empty; the program of before sells and replaces such cards as any others,
-- and what it takes back from a buyer closes the key all the same, because the database does that itself.
SET lock_timeout = '5s';

-- `order_id`: whose key it is, since its first use. `is_open`: that order gives it out; asked of the order when a key is used that is not open,
-- and ended by a trigger on the order. So a use is decided from this row alone, once it is locked.
CREATE TABLE quota (
  card_id uuid PRIMARY KEY,
  merchant_id uuid NOT NULL,
  variant_id uuid NOT NULL,
  batch_id uuid NOT NULL,
  -- SHA-256 of a key of 260 random bits: whoever has it has nothing.
  key_hash bytea NOT NULL CHECK (length(key_hash) = 32),
  order_id uuid,
  uses_max int NOT NULL CHECK (uses_max BETWEEN 1 AND 10000000),
  used int NOT NULL DEFAULT 0 CHECK (used >= 0),
  is_open boolean NOT NULL DEFAULT false,
  created_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  CONSTRAINT quota_used_ck CHECK (used <= uses_max),
  CONSTRAINT quota_owner_ck CHECK (order_id IS NOT NULL OR (used = 0 AND NOT is_open))
-- Room for the versions of a row that is used again and again, so that none of its indexes is touched.
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX quota_key_uq ON quota (key_hash);
CREATE INDEX quota_batch_ix ON quota (batch_id);
CREATE INDEX quota_order_ix ON quota (order_id) WHERE order_id IS NOT NULL;
CREATE TRIGGER quota_edges BEFORE UPDATE ON quota FOR EACH ROW
  WHEN ((NEW.card_id, NEW.merchant_id, NEW.variant_id, NEW.batch_id, NEW.key_hash, NEW.uses_max, NEW.created_at)
        IS DISTINCT FROM
        (OLD.card_id, OLD.merchant_id, OLD.variant_id, OLD.batch_id, OLD.key_hash, OLD.uses_max, OLD.created_at)
        OR NEW.used < OLD.used OR (NEW.used > OLD.used AND NOT OLD.is_open)
        OR (OLD.order_id IS NOT NULL AND NEW.order_id IS DISTINCT FROM OLD.order_id))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER quota_kept BEFORE DELETE ON quota FOR EACH ROW WHEN (OLD.order_id IS NOT NULL) EXECUTE FUNCTION refuse_change();

-- A quota comes with its card: what somebody may have been given already becomes no key.
CREATE FUNCTION refuse_foreign_quota() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM card c WHERE c.id = NEW.card_id AND c.status = 'draft'
                    AND (c.merchant_id, c.variant_id, c.batch_id) = (NEW.merchant_id, NEW.variant_id, NEW.batch_id)) THEN
    RAISE EXCEPTION 'quota of a card that is no draft of this batch' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER quota_of_draft BEFORE INSERT ON quota FOR EACH ROW EXECUTE FUNCTION refuse_foreign_quota();

-- And goes with it: only a draft is ever deleted.
CREATE FUNCTION discard_quotas() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM quota q USING gone WHERE q.card_id = gone.id;
  RETURN NULL;
END $$;
CREATE TRIGGER card_quota_discarded AFTER DELETE ON card REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION discard_quotas();

-- Every use, once for each call of the key's holder. `used_after` makes the answer that a repeated call is given again.
CREATE TABLE quota_use (
  card_id uuid NOT NULL,
  call_id text NOT NULL CHECK (length(call_id) BETWEEN 8 AND 200),
  uses int NOT NULL CHECK (uses >= 1),
  used_after int NOT NULL,
  at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  PRIMARY KEY (card_id, call_id),
  CONSTRAINT quota_use_after_ck CHECK (used_after >= uses)
);
CREATE TRIGGER quota_use_append_only BEFORE UPDATE OR DELETE ON quota_use FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Which of these calls were counted before. A function, because each of its questions is asked of the present: called once the keys are locked it
-- sees every use of theirs, where the statement around it still sees what there was before it waited. LIMIT keeps it one probe for each call.
CREATE FUNCTION quota_uses_of(p_card_ids uuid[], p_call_ids text[]) RETURNS SETOF quota_use LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN QUERY SELECT u.* FROM unnest(p_card_ids, p_call_ids) AS k (card_id, call_id)
    CROSS JOIN LATERAL (SELECT * FROM quota_use q WHERE q.card_id = k.card_id AND q.call_id = k.call_id LIMIT 1) u;
END $$;

-- Whatever takes a card from a buyer changes his order, and closes the key in the same transaction: an order that is no longer delivered, or has
-- another card in this one's place. In the order of the cards, as all who lock several keys.
CREATE FUNCTION close_quotas() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM quota WHERE order_id = NEW.id AND is_open ORDER BY card_id FOR NO KEY UPDATE;
  UPDATE quota SET is_open = false
   WHERE order_id = NEW.id AND is_open AND (NEW.status <> 'delivered' OR card_id <> ALL (NEW.card_ids));
  RETURN NULL;
END $$;
CREATE TRIGGER orders_close_quotas AFTER UPDATE ON orders FOR EACH ROW
  WHEN (OLD.status = 'delivered' AND (NEW.status <> 'delivered' OR NEW.card_ids IS DISTINCT FROM OLD.card_ids))
  EXECUTE FUNCTION close_quotas();
