-- Who buys, by e-mail address, and the filters that people keep for themselves. Counted beside the sales, as sales_day is; both tables are new.
SET lock_timeout = '5s';

CREATE TABLE customer_day (
  merchant_id uuid NOT NULL,
  email text NOT NULL,
  day date NOT NULL,
  currency text NOT NULL,
  placed int NOT NULL DEFAULT 0,
  paid int NOT NULL DEFAULT 0,
  sales_minor bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (merchant_id, email, day, currency)
);
-- The latest first: a page of customers is read in this order, whatever came before.
CREATE INDEX customer_day_latest_ix ON customer_day (merchant_id, day, email);
-- Days that were counted before there were customers are counted again, from today back.
UPDATE sales_progress SET next_day = counted_until::date + 1;

CREATE TABLE saved_filter (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES app_user (id),
  list text NOT NULL CHECK (list IN ('orders')),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
  query text NOT NULL CHECK (length(query) <= 500),
  created_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  CONSTRAINT saved_filter_name_uq UNIQUE (user_id, list, name)
);
