-- When and to whom a variant is sold: a window, a limit per buyer, and a product that publishes itself. All columns are nullable or have a
-- constant default: nothing is rewritten. The program of before sells on as if there were no window and no limit, until it is stopped.
SET lock_timeout = '5s';

-- Means something for a draft alone; whoever publishes or archives by hand leaves it behind without effect.
ALTER TABLE product ADD COLUMN publish_at timestamptz(3);
CREATE INDEX product_publish_ix ON product (publish_at) WHERE status = 'draft';

-- `sale_phase` is what pages say; a job moves it on, and raises the version of the pages with it. What an order is refused by is the window
-- itself, read against the database's clock in the statement that places.
ALTER TABLE variant
  ADD COLUMN sale_from timestamptz(3),
  ADD COLUMN sale_until timestamptz(3),
  ADD COLUMN sale_phase text NOT NULL DEFAULT 'open' CHECK (sale_phase IN ('before', 'open', 'over')),
  ADD COLUMN buyer_max int CHECK (buyer_max BETWEEN 1 AND 5000),
  ADD CONSTRAINT variant_sale_ck CHECK (sale_from < sale_until);
CREATE INDEX variant_sale_ix ON variant (sale_phase) WHERE sale_from IS NOT NULL OR sale_until IS NOT NULL;

-- A limit is part of what a buyer agrees to: an order that was priced before it is priced again.
CREATE TRIGGER variant_buyer_version BEFORE UPDATE ON variant FOR EACH ROW
  WHEN (NEW.version = OLD.version AND NEW.buyer_max IS DISTINCT FROM OLD.buyer_max)
  EXECUTE FUNCTION raise_variant_version();

-- What one buyer has ordered of a variant that is limited per buyer; written with the order, under a lock per variant and buyer. Whether it
-- still counts is read from the order: one that expired, was cancelled or was given back counts no more, and nobody has to take anything back.
CREATE TABLE buyer_hold (
  variant_id uuid NOT NULL,
  order_id uuid NOT NULL,
  email text NOT NULL,
  device_id text,
  quantity int NOT NULL CHECK (quantity BETWEEN 1 AND 5000),
  PRIMARY KEY (variant_id, order_id)
);
CREATE INDEX buyer_hold_email_ix ON buyer_hold (variant_id, email);
CREATE INDEX buyer_hold_device_ix ON buyer_hold (variant_id, device_id) WHERE device_id IS NOT NULL;
CREATE TRIGGER buyer_hold_append_only BEFORE UPDATE OR DELETE ON buyer_hold FOR EACH ROW EXECUTE FUNCTION refuse_change();
