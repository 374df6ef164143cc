-- Cards that a buyer chooses himself, by something about them that is public (docs/decisions/0034). What is said of a card stands beside
-- it, not in it. A card with a preview has a negative `pick`, and whatever takes cards that nobody chose begins at zero: the statements,
-- their index and their plans are what they were, and the program of before does not sell such a card either. It would serve late money
-- for a chosen card from the shelf, though: do not put previews on sale before all processes are of this version.
SET lock_timeout = '5s';

CREATE TABLE card_preview (
  card_id uuid PRIMARY KEY,
  -- What the public calls the card: random, so that it tells nothing of when, in which order, and how many.
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  merchant_id uuid NOT NULL,
  variant_id uuid NOT NULL,
  preview text NOT NULL CHECK (char_length(preview) BETWEEN 1 AND 80 AND preview !~ '[[:cntrl:]]'),
  extra_minor bigint NOT NULL CHECK (extra_minor BETWEEN 0 AND 1000000000000)
);
CREATE UNIQUE INDEX card_preview_id_uq ON card_preview (id);

-- What was chosen with an order, as its buyer read it. `waived_at`: since then any card will do, by the buyer's word to a person.
CREATE TABLE order_pick (
  order_id uuid PRIMARY KEY,
  merchant_id uuid NOT NULL,
  variant_id uuid NOT NULL,
  card_id uuid NOT NULL,
  preview text NOT NULL,
  extra_minor bigint NOT NULL CHECK (extra_minor >= 0),
  waived_at timestamptz(3),
  waived_by uuid,
  CONSTRAINT order_pick_waived_ck CHECK ((waived_at IS NULL) = (waived_by IS NULL))
);
CREATE INDEX order_pick_card_ix ON order_pick (card_id);
CREATE TRIGGER order_pick_frozen BEFORE UPDATE ON order_pick FOR EACH ROW
  WHEN ((NEW.order_id, NEW.merchant_id, NEW.variant_id, NEW.card_id, NEW.preview, NEW.extra_minor)
        IS DISTINCT FROM (OLD.order_id, OLD.merchant_id, OLD.variant_id, OLD.card_id, OLD.preview, OLD.extra_minor)
        OR OLD.waived_at IS NOT NULL)
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER order_pick_kept BEFORE DELETE ON order_pick FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- `pick`: this card, or none.
ALTER TABLE orders DROP CONSTRAINT orders_stock_policy_check;
ALTER TABLE orders ADD CONSTRAINT orders_stock_policy_check
  CHECK (stock_policy IN ('reserve_on_order', 'claim_on_payment', 'deduct_on_order', 'promise', 'pick')) NOT VALID;

-- Whether there is something to choose from; a word for pages, as the band is.
ALTER TABLE variant_stock ADD COLUMN is_pickable boolean NOT NULL DEFAULT false;

-- What is taken away again of an import takes its previews along.
CREATE OR REPLACE FUNCTION discard_failed_cards(p_batch_id uuid, p_cards_max int) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_merchant_id uuid;
  v_card_ids uuid[];
BEGIN
  SELECT b.merchant_id INTO v_merchant_id FROM public.batch b WHERE b.id = p_batch_id AND b.status = 'failed' FOR UPDATE;
  IF NOT FOUND THEN RETURN 0; END IF;
  SELECT array_agg(c.id) INTO v_card_ids
    FROM (SELECT id FROM public.card WHERE batch_id = p_batch_id AND status = 'draft' LIMIT least(p_cards_max, 5000)) c;
  IF v_card_ids IS NULL THEN RETURN 0; END IF;
  DELETE FROM public.card WHERE id = ANY (v_card_ids);
  DELETE FROM public.card_secret WHERE card_id = ANY (v_card_ids);
  DELETE FROM public.card_preview WHERE card_id = ANY (v_card_ids);
  INSERT INTO public.stock_entry (kind, merchant_id, batch_id, reference, card_ids, canonical)
  VALUES ('withdraw', v_merchant_id, p_batch_id, 'import_abandoned', v_card_ids,
          public.stock_canonical('withdraw', v_merchant_id, NULL, p_batch_id, 'import_abandoned', v_card_ids));
  UPDATE public.batch
     SET accepted_count = accepted_count - cardinality(v_card_ids), line_count = line_count - cardinality(v_card_ids)
   WHERE id = p_batch_id;
  RETURN cardinality(v_card_ids);
END $$;
