-- What was sold on each day of the shop's clock, counted beside the sales: a merchant with a million orders looks at ninety rows and not at a
-- million. A job counts a day again whenever an order of it has moved; nothing on the way of an order knows of it. The table is new; the index is
-- a handful of pages however many events there are, and costs their insertion nothing that can be measured.
SET lock_timeout = '5s';

CREATE TABLE sales_day (
  merchant_id uuid NOT NULL,
  day date NOT NULL,
  variant_id uuid NOT NULL,
  currency text NOT NULL,
  -- Orders, each at its first line.
  placed int NOT NULL DEFAULT 0,
  paid int NOT NULL DEFAULT 0,
  delivered int NOT NULL DEFAULT 0,
  -- Of paid orders, line by line.
  pieces int NOT NULL DEFAULT 0,
  sales_minor bigint NOT NULL DEFAULT 0,
  refunded_minor bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (merchant_id, day, variant_id, currency)
);
CREATE INDEX sales_day_day_ix ON sales_day (day);
CREATE INDEX sales_day_variant_ix ON sales_day (variant_id, day);

-- How far the count has come: what happened before is in the table. One row.
CREATE TABLE sales_progress (
  id int PRIMARY KEY CHECK (id = 1),
  -- Every event up to then is counted.
  counted_until timestamptz(3) NOT NULL,
  -- Days from here back are still to be counted for the first time; null when all are.
  next_day date
);

CREATE INDEX order_event_at_ix ON order_event USING brin (at) WITH (pages_per_range = 16, autosummarize = on);
CREATE INDEX refund_finished_ix ON refund (finished_at) WHERE finished_at IS NOT NULL;
