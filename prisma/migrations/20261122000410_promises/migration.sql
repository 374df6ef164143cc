-- What is sold before it is there: by hand, where a person makes each piece for its order, and before its day, up to a cap
-- (docs/decisions/0031). Such an order takes no card when it is placed; once paid it is owed what was promised, and is filled as owed
-- orders are. Columns are nullable or have a constant default; the wider rule of `orders` is checked later. The program of before sells
-- such a variant as any other: from stock, of which there is none.
SET lock_timeout = '5s';

ALTER TABLE variant
  ADD COLUMN kind text NOT NULL DEFAULT 'unique' CHECK (kind IN ('unique', 'manual')),
  -- Within how many hours after the payment a person delivers, and what the buyer is asked for.
  ADD COLUMN manual_hours int CHECK (manual_hours BETWEEN 1 AND 720),
  ADD COLUMN buyer_fields jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(buyer_fields) = 'array'),
  -- When what is sold now will be there, how many pieces are sold until then, and since when they are counted.
  ADD COLUMN presale_at timestamptz(3),
  ADD COLUMN presale_cap int CHECK (presale_cap BETWEEN 1 AND 20000),
  ADD COLUMN presale_from timestamptz(3),
  ADD CONSTRAINT variant_kind_ck CHECK ((kind = 'manual') = (manual_hours IS NOT NULL)),
  ADD CONSTRAINT variant_presale_ck CHECK ((presale_at IS NULL) = (presale_cap IS NULL) AND (kind = 'unique' OR presale_at IS NULL));

CREATE TRIGGER variant_promise_version BEFORE UPDATE ON variant FOR EACH ROW
  WHEN (NEW.version = OLD.version AND
        (NEW.kind, NEW.manual_hours, NEW.buyer_fields, NEW.presale_at, NEW.presale_cap)
        IS DISTINCT FROM (OLD.kind, OLD.manual_hours, OLD.buyer_fields, OLD.presale_at, OLD.presale_cap))
  EXECUTE FUNCTION raise_variant_version();

-- A presale that begins counts from its beginning; one that is changed goes on counting.
CREATE FUNCTION begin_presale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.presale_from := CASE WHEN NEW.presale_cap IS NULL THEN NULL ELSE date_trunc('milliseconds', clock_timestamp()) END;
  RETURN NEW;
END $$;
CREATE TRIGGER variant_presale_begins BEFORE INSERT ON variant FOR EACH ROW
  WHEN (NEW.presale_cap IS NOT NULL) EXECUTE FUNCTION begin_presale();
CREATE TRIGGER variant_presale_changes BEFORE UPDATE OF presale_cap ON variant FOR EACH ROW
  WHEN ((NEW.presale_cap IS NULL) <> (OLD.presale_cap IS NULL)) EXECUTE FUNCTION begin_presale();

ALTER TABLE orders DROP CONSTRAINT orders_stock_policy_check;
ALTER TABLE orders ADD CONSTRAINT orders_stock_policy_check
  CHECK (stock_policy IN ('reserve_on_order', 'claim_on_payment', 'deduct_on_order', 'promise')) NOT VALID;

-- What was promised with an order, as it was read before it was paid. What the buyer wrote is sealed under the master key.
CREATE TABLE order_promise (
  order_id uuid PRIMARY KEY,
  merchant_id uuid NOT NULL,
  variant_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('manual', 'presale')),
  quantity int NOT NULL CHECK (quantity BETWEEN 1 AND 5000),
  due_at timestamptz(3),
  due_hours int CHECK (due_hours BETWEEN 1 AND 720),
  answers bytea,
  key_id text,
  created_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  CONSTRAINT order_promise_due_ck CHECK ((kind = 'presale') = (due_at IS NOT NULL) AND (kind = 'manual') = (due_hours IS NOT NULL)),
  CONSTRAINT order_promise_answers_ck CHECK ((answers IS NULL) = (key_id IS NULL))
);
CREATE INDEX order_promise_variant_ix ON order_promise (variant_id, created_at);
CREATE TRIGGER order_promise_frozen BEFORE UPDATE ON order_promise FOR EACH ROW
  WHEN ((NEW.order_id, NEW.merchant_id, NEW.variant_id, NEW.kind, NEW.quantity, NEW.due_at, NEW.due_hours, NEW.created_at)
        IS DISTINCT FROM
        (OLD.order_id, OLD.merchant_id, OLD.variant_id, OLD.kind, OLD.quantity, OLD.due_at, OLD.due_hours, OLD.created_at)
        OR NEW.key_id IS NOT DISTINCT FROM OLD.key_id)
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER order_promise_kept BEFORE DELETE ON order_promise FOR EACH ROW EXECUTE FUNCTION refuse_change();
