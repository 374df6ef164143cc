-- A bad card is swapped for another one of the same kind, on record; and the time for which the shop promises to. New tables and columns are
-- empty and the rules that change only widen, but one: an order that is delivered may change a card, if a replacement says so. The program of
-- before goes on beside them, and replaces nothing.
SET lock_timeout = '5s';

-- Hours after delivery, and how many cards of an order at most. Null: no promise is made, and as many as the order has.
ALTER TABLE variant
  ADD COLUMN warranty_hours int CHECK (warranty_hours BETWEEN 1 AND 87600),
  ADD COLUMN warranty_count int CHECK (warranty_count BETWEEN 0 AND 5000);

-- The id is the intention: a form that was sent twice is one. `waiting`: no card was there; it is served in turn with the orders that are owed
-- cards. The old card stays with the order, withdrawn for ever; the new one takes its place.
CREATE TABLE replacement (
  id uuid PRIMARY KEY,
  order_id uuid NOT NULL REFERENCES orders (id),
  merchant_id uuid NOT NULL REFERENCES merchant (id),
  variant_id uuid NOT NULL REFERENCES variant (id),
  pool_id uuid NOT NULL REFERENCES stock_pool (id),
  -- Which card of the order, from 1; a replacement of a replacement has the same place.
  position int NOT NULL CHECK (position >= 1),
  old_card_id uuid NOT NULL REFERENCES card (id),
  old_batch_id uuid NOT NULL REFERENCES batch (id),
  new_card_id uuid REFERENCES card (id),
  status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'done', 'cancelled')),
  reason text NOT NULL CHECK (reason IN ('used', 'invalid', 'expired', 'wrong', 'other')),
  note text NOT NULL DEFAULT '' CHECK (length(note) <= 200),
  -- Beyond what the warranty promises; an admin's word.
  is_goodwill boolean NOT NULL DEFAULT false,
  requested_by_kind text NOT NULL CHECK (requested_by_kind IN ('merchant', 'admin')),
  requested_by uuid NOT NULL,
  requested_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  done_at timestamptz(3),
  CONSTRAINT replacement_done_ck CHECK ((status = 'done') = (new_card_id IS NOT NULL) AND (status = 'waiting') = (done_at IS NULL)),
  CONSTRAINT replacement_other_ck CHECK (new_card_id <> old_card_id)
);
-- A card is replaced once, and replaces one.
CREATE UNIQUE INDEX replacement_old_uq ON replacement (old_card_id) WHERE status <> 'cancelled';
CREATE UNIQUE INDEX replacement_new_uq ON replacement (new_card_id) WHERE new_card_id IS NOT NULL;
CREATE INDEX replacement_order_ix ON replacement (order_id);
CREATE INDEX replacement_batch_ix ON replacement (old_batch_id);
CREATE INDEX replacement_merchant_ix ON replacement (merchant_id, id);
CREATE INDEX replacement_waiting_ix ON replacement (variant_id, pool_id, requested_at) WHERE status = 'waiting';
CREATE TRIGGER replacement_edges BEFORE UPDATE ON replacement FOR EACH ROW
  WHEN ((NEW.id, NEW.order_id, NEW.merchant_id, NEW.variant_id, NEW.pool_id, NEW.position, NEW.old_card_id, NEW.old_batch_id, NEW.reason, NEW.note,
         NEW.is_goodwill, NEW.requested_by_kind, NEW.requested_by, NEW.requested_at)
        IS DISTINCT FROM
        (OLD.id, OLD.order_id, OLD.merchant_id, OLD.variant_id, OLD.pool_id, OLD.position, OLD.old_card_id, OLD.old_batch_id, OLD.reason, OLD.note,
         OLD.is_goodwill, OLD.requested_by_kind, OLD.requested_by, OLD.requested_at)
        OR OLD.status <> 'waiting')
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER replacement_kept BEFORE DELETE ON replacement FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The cards of a delivered order change where a replacement says so, and nowhere else; judged at commit, when both are written.
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
        OR (OLD.status = 'delivered' AND NEW.status <> 'delivered' AND NEW.card_ids IS DISTINCT FROM OLD.card_ids)
        OR (OLD.status = 'refunding' AND NEW.status = 'delivered' AND (NEW.card_ids IS DISTINCT FROM OLD.card_ids OR OLD.delivered_at IS NULL))
        OR (NEW.status = 'delivered' AND OLD.status NOT IN ('delivered', 'refunding') AND NEW.disputed_at IS NOT NULL)
        OR NEW.paid_minor < OLD.paid_minor OR NEW.payment_count < OLD.payment_count)
  EXECUTE FUNCTION refuse_change();

CREATE FUNCTION refuse_unrecorded_replacement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF cardinality(NEW.card_ids) <> cardinality(OLD.card_ids) OR EXISTS (
       SELECT 1 FROM unnest(OLD.card_ids, NEW.card_ids) WITH ORDINALITY AS u (old_id, new_id, position)
        WHERE u.old_id <> u.new_id AND NOT EXISTS (
          SELECT 1 FROM replacement r WHERE r.order_id = NEW.id AND r.old_card_id = u.old_id AND r.new_card_id = u.new_id
             AND r.position = u.position AND r.status = 'done')) THEN
    RAISE EXCEPTION 'order % has other cards, and no replacement on record', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER orders_cards_replaced AFTER UPDATE ON orders DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.status = 'delivered' AND NEW.card_ids IS DISTINCT FROM OLD.card_ids) EXECUTE FUNCTION refuse_unrecorded_replacement();

-- The buyer is told of each.
ALTER TABLE outbox ADD COLUMN replacement_id uuid;
ALTER TABLE outbox ADD CONSTRAINT outbox_replacement_ck CHECK ((kind = 'card.replaced') = (replacement_id IS NOT NULL)) NOT VALID;

-- Other migrations add kinds, too: these are added to whatever the lists hold by now.
DO $$
DECLARE
  v_list record;
  v_kinds text;
BEGIN
  FOR v_list IN SELECT * FROM (VALUES ('outbox', 'outbox_kind_check', 'card.replaced'), ('mail', 'mail_kind_check', 'card_replaced')) AS l (name, rule, kind) LOOP
    SELECT string_agg(DISTINCT quote_literal(word), ', ') INTO v_kinds FROM (
      SELECT (regexp_matches(pg_get_constraintdef(oid), '''([a-z_.]+)''', 'g'))[1] AS word FROM pg_constraint
       WHERE conrelid = v_list.name::regclass AND conname = v_list.rule
      UNION ALL SELECT v_list.kind) words;
    EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', v_list.name, v_list.rule);
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I CHECK (kind IN (%s)) NOT VALID', v_list.name, v_list.rule, v_kinds);
  END LOOP;
END $$;

-- What an order was given before it was replaced, for the buyer to tell which card was bad. Like reveal_cards(): the record and the rows are
-- one statement. A reveal of this kind holds only what was replaced.
CREATE FUNCTION reveal_replaced_cards(p_order_id uuid, p_actor_kind text, p_actor_id uuid, p_address_hash bytea, p_user_agent text)
RETURNS TABLE (card_id uuid, card_position int, merchant_id uuid, variant_id uuid, batch_id uuid, key_id text, data_key bytea, ciphertext bytea)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH burnt AS MATERIALIZED (
    SELECT r.old_card_id, r.position, r.done_at FROM public.replacement r JOIN public.orders o ON o.id = r.order_id
     WHERE r.order_id = p_order_id AND r.status = 'done' AND o.status = 'delivered'),
  record AS (
    INSERT INTO public.reveal_record (order_id, card_ids, actor_kind, actor_id, reason, address_hash, user_agent)
    SELECT p_order_id, array_agg(b.old_card_id), p_actor_kind, p_actor_id, 'replaced', p_address_hash, p_user_agent FROM burnt b HAVING count(*) > 0
    RETURNING 1)
  SELECT c.id, b.position, c.merchant_id, c.variant_id, c.batch_id, t.key_id, t.data_key, s.ciphertext
    FROM burnt b
    JOIN public.card c ON c.id = b.old_card_id AND c.order_id = p_order_id AND c.status = 'withdrawn'
    JOIN public.card_secret s ON s.card_id = c.id
    JOIN public.batch t ON t.id = c.batch_id
   WHERE EXISTS (SELECT 1 FROM record)
   ORDER BY b.position, b.done_at, c.id
$$;
REVOKE ALL ON FUNCTION reveal_replaced_cards(uuid, text, uuid, bytea, text) FROM PUBLIC;
