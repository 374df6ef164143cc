-- A merchant's programs: keys that open a part of the API, and addresses that are told what happens. The tables are new; the program of before
-- knows of none of them, and what happens while it drains the outbox is told to nobody.
SET lock_timeout = '5s';

-- Only the hash of a key is kept. One that is followed by another ends some time after it, so that a program can be given the new one.
CREATE TABLE api_key (
  id uuid PRIMARY KEY,
  merchant_id uuid NOT NULL REFERENCES merchant (id),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  -- The first letters of the key, by which people tell their keys apart.
  hint text NOT NULL CHECK (length(hint) <= 20),
  key_hash bytea NOT NULL UNIQUE CHECK (length(key_hash) = 32),
  scopes text[] NOT NULL CHECK (cardinality(scopes) BETWEEN 1 AND 10),
  created_by uuid NOT NULL REFERENCES app_user (id),
  created_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  last_used_at timestamptz(3),
  ends_at timestamptz(3),
  revoked_at timestamptz(3),
  followed_by uuid REFERENCES api_key (id)
);
CREATE INDEX api_key_merchant_ix ON api_key (merchant_id, id);

CREATE TABLE webhook_endpoint (
  id uuid PRIMARY KEY,
  merchant_id uuid NOT NULL REFERENCES merchant (id),
  url text NOT NULL CHECK (length(url) <= 500 AND url ~ '^https?://'),
  kinds text[] NOT NULL CHECK (cardinality(kinds) BETWEEN 1 AND 20),
  -- The signing secret is derived from the shop's own, this row's id and this number: no secret lies here. The one of before signs too until then.
  secret_number int NOT NULL DEFAULT 1 CHECK (secret_number >= 1),
  previous_until timestamptz(3),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
  created_by uuid NOT NULL REFERENCES app_user (id),
  created_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp())
);
CREATE INDEX webhook_endpoint_merchant_ix ON webhook_endpoint (merchant_id) WHERE status = 'active';

-- One event for one address. `message_id` is what the receiver tells repeats by: a replay is a row of its own with the same one.
CREATE TABLE webhook_delivery (
  id uuid PRIMARY KEY,
  endpoint_id uuid NOT NULL REFERENCES webhook_endpoint (id),
  merchant_id uuid NOT NULL,
  message_id uuid NOT NULL,
  outbox_id bigint,
  kind text NOT NULL,
  order_id uuid,
  happened_at timestamptz(3) NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed')),
  attempts int NOT NULL DEFAULT 0,
  next_try_at timestamptz(3) DEFAULT date_trunc('milliseconds', clock_timestamp()),
  last_status int,
  last_error text CHECK (length(last_error) <= 200),
  last_ms int,
  created_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  finished_at timestamptz(3),
  CONSTRAINT webhook_delivery_state_ck CHECK ((state = 'waiting') = (next_try_at IS NOT NULL) AND (state = 'waiting') = (finished_at IS NULL))
);
-- However often an event is drained, an address gets one delivery of it.
CREATE UNIQUE INDEX webhook_delivery_event_uq ON webhook_delivery (endpoint_id, outbox_id) WHERE outbox_id IS NOT NULL;
CREATE INDEX webhook_delivery_due_ix ON webhook_delivery (endpoint_id, next_try_at) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_log_ix ON webhook_delivery (merchant_id, created_at);
