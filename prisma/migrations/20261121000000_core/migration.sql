-- The first schema of the shop. Everything here is new, so nothing is rewritten or locked for long.
-- Hot rows (card, orders, payment_attempt, stock_entry, outbox) carry no foreign keys: each would cost an extra query
-- per row on the way of an order. The statements that write them are few, and the audit checks every such reference.
-- Guard triggers are rules in their WHEN clause, so a permitted change never calls a function.
SET lock_timeout = '5s';

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% refuses % of %', TG_NAME, TG_OP, TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;

-- A statement that finds its own row counts inconsistent calls this and is rolled back.
CREATE FUNCTION refuse_statement(reason text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'statement refused: %', reason USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- People and shops ---------------------------------------------------------------------------------------------------

CREATE TABLE merchant (
  id uuid PRIMARY KEY,
  slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE app_user (
  id uuid PRIMARY KEY,
  email text NOT NULL UNIQUE CHECK (email = lower(email) AND length(email) <= 254),
  password_hash text NOT NULL,
  role text NOT NULL CHECK (role IN ('admin', 'merchant')),
  merchant_id uuid REFERENCES merchant (id),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT app_user_role_ck CHECK ((role = 'merchant') = (merchant_id IS NOT NULL))
);

CREATE TABLE session (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES app_user (id),
  user_agent text NOT NULL DEFAULT '',
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at timestamptz(3) NOT NULL,
  revoked_at timestamptz(3)
);
CREATE INDEX session_user_ix ON session (user_id);

-- The printed link by which the first admin chooses a password; only its hash is kept.
CREATE TABLE setup_link (
  token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at timestamptz(3) NOT NULL,
  used_at timestamptz(3)
);

-- Catalogue ----------------------------------------------------------------------------------------------------------

CREATE TABLE category (
  id uuid PRIMARY KEY,
  parent_id uuid REFERENCES category (id),
  slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  title_zh text NOT NULL,
  title_en text NOT NULL,
  position int NOT NULL DEFAULT 0
);

CREATE TABLE product (
  id uuid PRIMARY KEY,
  merchant_id uuid NOT NULL REFERENCES merchant (id),
  category_id uuid NOT NULL REFERENCES category (id),
  slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  title_zh text NOT NULL CHECK (length(title_zh) BETWEEN 1 AND 120),
  title_en text NOT NULL CHECK (length(title_en) BETWEEN 1 AND 120),
  summary_zh text NOT NULL DEFAULT '' CHECK (length(summary_zh) <= 300),
  summary_en text NOT NULL DEFAULT '' CHECK (length(summary_en) <= 300),
  description_zh text NOT NULL DEFAULT '' CHECK (length(description_zh) <= 10000),
  description_en text NOT NULL DEFAULT '' CHECK (length(description_en) <= 10000),
  usage_note_zh text NOT NULL DEFAULT '' CHECK (length(usage_note_zh) <= 2000),
  usage_note_en text NOT NULL DEFAULT '' CHECK (length(usage_note_en) <= 2000),
  picture text NOT NULL DEFAULT '',
  status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'published', 'archived')),
  halted_at timestamptz(3),
  halted_reason text,
  position int NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT product_halt_ck CHECK ((halted_at IS NULL) = (halted_reason IS NULL))
);
CREATE INDEX product_merchant_ix ON product (merchant_id, position);
CREATE INDEX product_category_ix ON product (category_id, position);

CREATE TABLE stock_pool (
  id uuid PRIMARY KEY,
  merchant_id uuid NOT NULL REFERENCES merchant (id),
  slug text NOT NULL CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text NOT NULL,
  UNIQUE (merchant_id, slug)
);

CREATE TABLE variant (
  id uuid PRIMARY KEY,
  product_id uuid NOT NULL REFERENCES product (id),
  merchant_id uuid NOT NULL REFERENCES merchant (id),
  pool_id uuid NOT NULL REFERENCES stock_pool (id),
  sku text NOT NULL UNIQUE CHECK (sku ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$'),
  title_zh text NOT NULL CHECK (length(title_zh) BETWEEN 1 AND 120),
  title_en text NOT NULL CHECK (length(title_en) BETWEEN 1 AND 120),
  price_minor bigint NOT NULL CHECK (price_minor > 0 AND price_minor <= 1000000000000),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3,5}$'),
  stock_policy text NOT NULL DEFAULT 'reserve_on_order'
    CHECK (stock_policy IN ('reserve_on_order', 'claim_on_payment', 'deduct_on_order')),
  quantity_min int NOT NULL DEFAULT 1 CHECK (quantity_min >= 1),
  quantity_max int NOT NULL DEFAULT 100 CHECK (quantity_max <= 5000),
  low_stock_below int NOT NULL DEFAULT 10 CHECK (low_stock_below BETWEEN 0 AND 10000),
  status text NOT NULL DEFAULT 'published' CHECK (status IN ('draft', 'published', 'archived')),
  -- Raised by triggers whenever what a buyer agrees to changes; an order names the version it was priced with.
  version int NOT NULL DEFAULT 1,
  position int NOT NULL DEFAULT 0,
  CONSTRAINT variant_quantity_ck CHECK (quantity_min <= quantity_max)
);
CREATE INDEX variant_product_ix ON variant (product_id, position);

CREATE TABLE price_tier (
  variant_id uuid NOT NULL REFERENCES variant (id) ON DELETE CASCADE,
  quantity_min int NOT NULL CHECK (quantity_min >= 2),
  unit_price_minor bigint NOT NULL CHECK (unit_price_minor > 0),
  PRIMARY KEY (variant_id, quantity_min)
);

-- What pages say of the stock: a band, refreshed beside the sales, never read by a claim.
CREATE TABLE variant_stock (
  variant_id uuid PRIMARY KEY REFERENCES variant (id) ON DELETE CASCADE,
  band text NOT NULL DEFAULT 'sold_out' CHECK (band IN ('in_stock', 'low', 'sold_out')),
  refreshed_at timestamptz(3) NOT NULL DEFAULT now()
);

-- Two counters that tell every process when its cached pages are stale.
CREATE TABLE page_version (name text PRIMARY KEY CHECK (name IN ('catalog', 'stock_band')), version bigint NOT NULL DEFAULT 1);
INSERT INTO page_version (name) VALUES ('catalog'), ('stock_band');

CREATE FUNCTION raise_page_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE page_version SET version = version + 1 WHERE name = TG_ARGV[0];
  RETURN NULL;
END $$;
CREATE TRIGGER category_page AFTER INSERT OR UPDATE OR DELETE ON category FOR EACH STATEMENT EXECUTE FUNCTION raise_page_version('catalog');
CREATE TRIGGER product_page AFTER INSERT OR UPDATE OR DELETE ON product FOR EACH STATEMENT EXECUTE FUNCTION raise_page_version('catalog');
CREATE TRIGGER variant_page AFTER INSERT OR UPDATE OR DELETE ON variant FOR EACH STATEMENT EXECUTE FUNCTION raise_page_version('catalog');
CREATE TRIGGER price_tier_page AFTER INSERT OR UPDATE OR DELETE ON price_tier FOR EACH STATEMENT EXECUTE FUNCTION raise_page_version('catalog');

CREATE FUNCTION raise_variant_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.version := OLD.version + 1;
  RETURN NEW;
END $$;
CREATE TRIGGER variant_version BEFORE UPDATE ON variant FOR EACH ROW
  WHEN (NEW.version = OLD.version AND
        (NEW.price_minor, NEW.currency, NEW.stock_policy, NEW.quantity_min, NEW.quantity_max, NEW.status, NEW.pool_id)
        IS DISTINCT FROM
        (OLD.price_minor, OLD.currency, OLD.stock_policy, OLD.quantity_min, OLD.quantity_max, OLD.status, OLD.pool_id))
  EXECUTE FUNCTION raise_variant_version();

CREATE FUNCTION raise_versions_of_product() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE variant SET version = version + 1 WHERE product_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER product_variant_version AFTER UPDATE ON product FOR EACH ROW
  WHEN ((NEW.status, NEW.halted_at) IS DISTINCT FROM (OLD.status, OLD.halted_at))
  EXECUTE FUNCTION raise_versions_of_product();

CREATE FUNCTION raise_version_of_tier() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE variant SET version = version + 1 WHERE id = coalesce(NEW.variant_id, OLD.variant_id);
  RETURN NULL;
END $$;
CREATE TRIGGER price_tier_variant_version AFTER INSERT OR UPDATE OR DELETE ON price_tier
  FOR EACH ROW EXECUTE FUNCTION raise_version_of_tier();

-- Cards --------------------------------------------------------------------------------------------------------------

CREATE TABLE batch (
  id uuid PRIMARY KEY,
  merchant_id uuid NOT NULL REFERENCES merchant (id),
  variant_id uuid NOT NULL REFERENCES variant (id),
  pool_id uuid NOT NULL REFERENCES stock_pool (id),
  number bigint NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
  note text NOT NULL DEFAULT '' CHECK (length(note) <= 300),
  status text NOT NULL DEFAULT 'importing' CHECK (status IN ('importing', 'draft', 'published', 'failed')),
  failure text,
  -- The data key of the batch, wrapped by the master key `key_id`.
  key_id text NOT NULL,
  data_key bytea NOT NULL,
  line_count int NOT NULL DEFAULT 0,
  accepted_count int NOT NULL DEFAULT 0,
  duplicate_count int NOT NULL DEFAULT 0,
  rejected_count int NOT NULL DEFAULT 0,
  created_by uuid REFERENCES app_user (id),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  -- Moved while the import lives; an importing batch whose heart stopped is discarded by the next import.
  heartbeat_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  -- The import was told to publish: if it dies before it has, the next import does.
  is_publish_requested boolean NOT NULL DEFAULT false,
  published_at timestamptz(3),
  CONSTRAINT batch_count_ck CHECK (line_count = accepted_count + duplicate_count + rejected_count)
);
CREATE INDEX batch_merchant_ix ON batch (merchant_id, number);
CREATE INDEX batch_variant_ix ON batch (variant_id, number);

-- Lines of a batch that were refused, with the reason; at most a bounded number is kept, and never the line itself.
CREATE TABLE batch_reject (
  batch_id uuid NOT NULL REFERENCES batch (id) ON DELETE CASCADE,
  line int NOT NULL,
  reason text NOT NULL CHECK (reason IN ('empty', 'too_long', 'nul', 'not_utf8')),
  PRIMARY KEY (batch_id, line)
);

CREATE SEQUENCE card_pick_seq;

-- The only card row that a sale updates: small, and apart from its secret.
CREATE TABLE card (
  id uuid PRIMARY KEY,
  merchant_id uuid NOT NULL,
  variant_id uuid NOT NULL,
  pool_id uuid NOT NULL,
  batch_id uuid NOT NULL,
  order_id uuid,
  -- Expiry day in the high bits, sequence in the low ones: the soonest to expire is sold first.
  pick bigint NOT NULL,
  reserved_until timestamptz(3),
  delivered_at timestamptz(3),
  expires_at timestamptz(3),
  status text NOT NULL DEFAULT 'draft',
  CONSTRAINT card_state_ck CHECK (
       (status IN ('draft', 'available') AND order_id IS NULL AND reserved_until IS NULL AND delivered_at IS NULL)
    OR (status = 'reserved' AND order_id IS NOT NULL AND delivered_at IS NULL)
    OR (status = 'delivered' AND order_id IS NOT NULL AND delivered_at IS NOT NULL)
    OR status = 'withdrawn')
) WITH (fillfactor = 90);
-- `pick`, not `id`: only this partial index has it, so the planner cannot walk the sold cards.
CREATE INDEX card_pick_ix ON card (variant_id, pool_id, pick) WHERE status = 'available';
CREATE INDEX card_batch_ix ON card (batch_id, status);
CREATE TRIGGER card_edges BEFORE UPDATE ON card FOR EACH ROW
  WHEN (NOT (NEW.status = OLD.status
             OR NEW.status = 'withdrawn'
             OR (OLD.status, NEW.status) IN (('draft', 'available'), ('available', 'reserved'), ('available', 'delivered'),
                                             ('reserved', 'delivered'), ('reserved', 'available'), ('withdrawn', 'available')))
        OR (OLD.status = 'withdrawn' AND OLD.delivered_at IS NOT NULL)
        OR (OLD.status = 'delivered' AND (NEW.order_id IS DISTINCT FROM OLD.order_id OR NEW.delivered_at IS DISTINCT FROM OLD.delivered_at))
        OR (OLD.status = 'reserved' AND NEW.status IN ('reserved', 'delivered') AND NEW.order_id IS DISTINCT FROM OLD.order_id)
        OR (NEW.id, NEW.merchant_id, NEW.variant_id, NEW.batch_id) IS DISTINCT FROM (OLD.id, OLD.merchant_id, OLD.variant_id, OLD.batch_id))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER card_kept BEFORE DELETE ON card FOR EACH ROW WHEN (OLD.status <> 'draft') EXECUTE FUNCTION refuse_change();

-- Written once by the import, read only by reveal_cards().
CREATE TABLE card_secret (
  card_id uuid PRIMARY KEY,
  variant_id uuid NOT NULL,
  key_id text NOT NULL,
  fingerprint bytea NOT NULL CHECK (length(fingerprint) = 16),
  ciphertext bytea NOT NULL CHECK (length(ciphertext) > 28)
);
CREATE UNIQUE INDEX card_secret_fingerprint_uq ON card_secret (variant_id, fingerprint);
CREATE TRIGGER card_secret_written_once BEFORE UPDATE ON card_secret FOR EACH ROW
  WHEN ((NEW.card_id, NEW.variant_id, NEW.fingerprint) IS DISTINCT FROM (OLD.card_id, OLD.variant_id, OLD.fingerprint)
        OR NEW.key_id = OLD.key_id)
  EXECUTE FUNCTION refuse_change();

-- Orders -------------------------------------------------------------------------------------------------------------

-- Wide on purpose: what a settlement decides, it decides from this row, once locked.
CREATE TABLE orders (
  id uuid PRIMARY KEY,
  number text NOT NULL UNIQUE,
  merchant_id uuid NOT NULL,
  scope text NOT NULL,
  request_key text NOT NULL CHECK (length(request_key) BETWEEN 8 AND 200),
  request_hash bytea NOT NULL CHECK (length(request_hash) = 32),
  token_hash bytea NOT NULL CHECK (length(token_hash) = 32),
  email text NOT NULL CHECK (email = lower(email) AND length(email) <= 254),
  locale text NOT NULL CHECK (locale IN ('zh', 'en')),
  lookup_hash text,
  device_id text,
  stock_policy text NOT NULL CHECK (stock_policy IN ('reserve_on_order', 'claim_on_payment', 'deduct_on_order')),
  quantity int NOT NULL CHECK (quantity BETWEEN 1 AND 5000),
  total_minor bigint NOT NULL CHECK (total_minor > 0),
  currency text NOT NULL,
  status text NOT NULL DEFAULT 'pending'
    CHECK (status IN ('pending', 'paid', 'delivered', 'expired', 'cancelled', 'refunding', 'refunded')),
  exception text NOT NULL DEFAULT 'none'
    CHECK (exception IN ('none', 'paid_late', 'underpaid', 'overpaid', 'owed', 'double_paid', 'disputed')),
  -- The facts the exception is computed from.
  paid_minor bigint NOT NULL DEFAULT 0 CHECK (paid_minor >= 0),
  payment_count int NOT NULL DEFAULT 0 CHECK (payment_count >= 0),
  settled_payment_id uuid,
  is_late boolean NOT NULL DEFAULT false,
  owed_at timestamptz(3),
  card_ids uuid[] NOT NULL DEFAULT '{}',
  created_at timestamptz(3) NOT NULL,
  deadline_at timestamptz(3) NOT NULL,
  paid_at timestamptz(3),
  delivered_at timestamptz(3),
  closed_at timestamptz(3),
  CONSTRAINT orders_request_uq UNIQUE (scope, request_key),
  CONSTRAINT orders_delivered_ck CHECK (status <> 'delivered'
    OR (delivered_at IS NOT NULL AND settled_payment_id IS NOT NULL AND cardinality(card_ids) = quantity AND owed_at IS NULL)),
  CONSTRAINT orders_owed_ck CHECK (owed_at IS NULL OR (status = 'paid' AND settled_payment_id IS NOT NULL)),
  CONSTRAINT orders_paid_ck CHECK (status <> 'paid' OR (paid_at IS NOT NULL AND settled_payment_id IS NOT NULL)),
  CONSTRAINT orders_cards_ck CHECK (cardinality(card_ids) <= quantity)
) WITH (fillfactor = 80);
-- Each predicate has a clause that only its own query states, so that no query can walk the index of another.
CREATE INDEX orders_open_deadline_ix ON orders (deadline_at) WHERE status = 'pending' AND closed_at IS NULL;
CREATE INDEX orders_open_email_ix ON orders (email) WHERE status = 'pending' AND email <> '';
CREATE INDEX orders_open_device_ix ON orders (device_id) WHERE status = 'pending' AND device_id IS NOT NULL;
CREATE INDEX orders_owed_ix ON orders (owed_at) WHERE owed_at IS NOT NULL;
CREATE INDEX orders_merchant_ix ON orders (merchant_id, id);
CREATE TRIGGER orders_edges BEFORE UPDATE ON orders FOR EACH ROW
  WHEN (NOT (NEW.status = OLD.status
             -- pending → delivered is pending → paid → delivered in one statement; order_event has both edges.
             OR (OLD.status, NEW.status) IN (('pending', 'paid'), ('pending', 'delivered'), ('pending', 'expired'), ('pending', 'cancelled'),
                 ('expired', 'paid'), ('expired', 'delivered'), ('expired', 'refunding'),
                 ('cancelled', 'paid'), ('cancelled', 'delivered'), ('cancelled', 'refunding'),
                 ('paid', 'delivered'), ('paid', 'refunding'), ('delivered', 'refunding'), ('refunding', 'refunded')))
        OR (NEW.id, NEW.number, NEW.merchant_id, NEW.scope, NEW.request_key, NEW.request_hash, NEW.token_hash, NEW.quantity, NEW.total_minor, NEW.currency, NEW.created_at, NEW.deadline_at)
           IS DISTINCT FROM
           (OLD.id, OLD.number, OLD.merchant_id, OLD.scope, OLD.request_key, OLD.request_hash, OLD.token_hash, OLD.quantity, OLD.total_minor, OLD.currency, OLD.created_at, OLD.deadline_at)
        OR (OLD.status = 'delivered' AND NEW.card_ids IS DISTINCT FROM OLD.card_ids)
        OR NEW.paid_minor < OLD.paid_minor OR NEW.payment_count < OLD.payment_count)
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER orders_kept BEFORE DELETE ON orders FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE order_line (
  order_id uuid NOT NULL,
  line int NOT NULL CHECK (line >= 1),
  variant_id uuid NOT NULL,
  pool_id uuid NOT NULL,
  quantity int NOT NULL CHECK (quantity BETWEEN 1 AND 5000),
  unit_price_minor bigint NOT NULL CHECK (unit_price_minor > 0),
  PRIMARY KEY (order_id, line),
  UNIQUE (order_id, variant_id)
);
CREATE TRIGGER order_line_append_only BEFORE UPDATE OR DELETE ON order_line FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Every change of status or exception; an order without events is pending, none.
CREATE TABLE order_event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id uuid NOT NULL,
  from_status text NOT NULL,
  to_status text NOT NULL,
  from_exception text NOT NULL,
  to_exception text NOT NULL,
  reason text NOT NULL,
  actor_id uuid,
  at timestamptz(3) NOT NULL
);
CREATE INDEX order_event_order_ix ON order_event (order_id, id);
CREATE TRIGGER order_event_append_only BEFORE UPDATE OR DELETE ON order_event FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A one-use link mailed to the buyer; only its hash is kept.
CREATE TABLE order_link (
  token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
  order_id uuid NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at timestamptz(3) NOT NULL,
  used_at timestamptz(3)
);

-- Payments -----------------------------------------------------------------------------------------------------------

CREATE TABLE gateway_account (
  id text PRIMARY KEY CHECK (id ~ '^[a-z0-9][a-z0-9-]{0,31}$'),
  gateway text NOT NULL CHECK (gateway IN ('epay')),
  merchant_id uuid REFERENCES merchant (id),
  title_zh text NOT NULL,
  title_en text NOT NULL,
  currency text NOT NULL,
  -- AES-256-GCM under the master key; AAD is the account's id.
  settings bytea NOT NULL,
  key_id text NOT NULL,
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
  version int NOT NULL DEFAULT 1,
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE payment_attempt (
  id uuid PRIMARY KEY,
  order_id uuid NOT NULL,
  account_id text NOT NULL,
  out_trade_no text NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  currency text NOT NULL,
  -- What the buyer was shown, frozen, so that a replay answers the same bytes.
  presentation jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL,
  next_query_at timestamptz(3),
  query_count int NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX payment_attempt_number_uq ON payment_attempt (account_id, out_trade_no);
CREATE INDEX payment_attempt_order_ix ON payment_attempt (order_id);
CREATE INDEX payment_attempt_query_ix ON payment_attempt (account_id, next_query_at) WHERE next_query_at IS NOT NULL;
CREATE TRIGGER payment_attempt_frozen BEFORE UPDATE ON payment_attempt FOR EACH ROW
  WHEN ((NEW.id, NEW.order_id, NEW.account_id, NEW.out_trade_no, NEW.amount_minor, NEW.currency, NEW.presentation)
        IS DISTINCT FROM (OLD.id, OLD.order_id, OLD.account_id, OLD.out_trade_no, OLD.amount_minor, OLD.currency, OLD.presentation))
  EXECUTE FUNCTION refuse_change();

-- The inbox: every verified notice, query answer or statement row, once, raw, with what it was judged to be.
CREATE TABLE payment_event (
  id uuid PRIMARY KEY,
  account_id text NOT NULL,
  source text NOT NULL CHECK (source IN ('notice', 'query', 'statement')),
  dedupe bytea NOT NULL CHECK (length(dedupe) = 32),
  out_trade_no text NOT NULL,
  gateway_trade_number text NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  currency text NOT NULL,
  raw text NOT NULL,
  received_at timestamptz(3) NOT NULL,
  order_id uuid,
  verdict text CHECK (verdict IN ('settled', 'double', 'underpaid', 'overpaid', 'wrong_currency', 'unknown_order', 'trade_reused'))
);
CREATE UNIQUE INDEX payment_event_dedupe_uq ON payment_event (account_id, dedupe);
CREATE INDEX payment_event_order_ix ON payment_event (order_id);
CREATE INDEX payment_event_unjudged_ix ON payment_event (received_at) WHERE verdict IS NULL;
CREATE TRIGGER payment_event_raw_kept BEFORE UPDATE ON payment_event FOR EACH ROW
  WHEN ((NEW.id, NEW.account_id, NEW.source, NEW.dedupe, NEW.out_trade_no, NEW.gateway_trade_number, NEW.amount_minor, NEW.currency, NEW.raw, NEW.received_at)
        IS DISTINCT FROM
        (OLD.id, OLD.account_id, OLD.source, OLD.dedupe, OLD.out_trade_no, OLD.gateway_trade_number, OLD.amount_minor, OLD.currency, OLD.raw, OLD.received_at)
        OR (OLD.verdict IS NOT NULL AND OLD.verdict <> 'unknown_order' AND NEW.verdict IS DISTINCT FROM OLD.verdict))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payment_event_kept BEFORE DELETE ON payment_event FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE payment (
  id uuid PRIMARY KEY,
  account_id text NOT NULL,
  gateway_trade_number text NOT NULL,
  order_id uuid NOT NULL,
  attempt_id uuid NOT NULL,
  event_id uuid NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  currency text NOT NULL,
  verdict text NOT NULL CHECK (verdict IN ('settled', 'double', 'underpaid', 'overpaid', 'wrong_currency')),
  received_at timestamptz(3) NOT NULL
);
CREATE UNIQUE INDEX payment_trade_uq ON payment (account_id, gateway_trade_number);
CREATE INDEX payment_order_ix ON payment (order_id);
CREATE TRIGGER payment_append_only BEFORE UPDATE OR DELETE ON payment FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE refund (
  id uuid PRIMARY KEY,
  payment_id uuid NOT NULL REFERENCES payment (id),
  order_id uuid NOT NULL,
  refund_no text NOT NULL UNIQUE,
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  status text NOT NULL CHECK (status IN ('requested', 'processing', 'succeeded', 'failed')),
  reason text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

-- The ledger ---------------------------------------------------------------------------------------------------------

-- Documented in docs/ledger.md: fields joined by '|', absent ones empty, card ids joined by ','.
CREATE FUNCTION stock_canonical(kind text, merchant_id uuid, order_id uuid, batch_id uuid, reference text, card_ids uuid[])
RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT convert_to('kapu1|' || kind || '|' || merchant_id::text || '|' || coalesce(order_id::text, '') || '|' || coalesce(batch_id::text, '')
                    || '|' || reference || '|' || array_to_string(card_ids, ','), 'UTF8')
$$;

CREATE TABLE stock_entry (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  kind text NOT NULL CHECK (kind IN ('import', 'publish', 'reserve', 'deliver', 'claim', 'bind', 'release', 'withdraw')),
  merchant_id uuid NOT NULL,
  order_id uuid,
  batch_id uuid,
  reference text NOT NULL DEFAULT '',
  card_ids uuid[] NOT NULL CHECK (cardinality(card_ids) BETWEEN 1 AND 5000),
  canonical bytea NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX stock_entry_order_ix ON stock_entry (order_id) WHERE order_id IS NOT NULL;
CREATE TRIGGER stock_entry_append_only BEFORE UPDATE OR DELETE ON stock_entry FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What follows from a commit -----------------------------------------------------------------------------------------

CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('order.placed', 'order.delivered', 'order.owed', 'order.expired')),
  order_id uuid NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  drained_at timestamptz(3)
);
CREATE INDEX outbox_waiting_ix ON outbox (id) WHERE drained_at IS NULL;

CREATE TABLE mail (
  id uuid PRIMARY KEY,
  outbox_id bigint,
  kind text NOT NULL CHECK (kind IN ('order_delivered', 'order_owed', 'order_link')),
  order_id uuid NOT NULL,
  recipient text NOT NULL,
  locale text NOT NULL,
  status text NOT NULL CHECK (status IN ('queued', 'sent', 'failed', 'not_configured')),
  attempts int NOT NULL DEFAULT 0,
  last_error text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  sent_at timestamptz(3)
);
CREATE UNIQUE INDEX mail_outbox_uq ON mail (outbox_id, kind) WHERE outbox_id IS NOT NULL;

CREATE TABLE finding (
  id uuid PRIMARY KEY,
  kind text NOT NULL,
  subject text NOT NULL,
  order_id uuid,
  event_id uuid,
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'resolved')),
  detail jsonb NOT NULL DEFAULT '{}',
  opened_at timestamptz(3) NOT NULL DEFAULT now(),
  resolved_at timestamptz(3),
  resolution text,
  UNIQUE (kind, subject),
  CONSTRAINT finding_resolution_ck CHECK ((status = 'resolved') = (resolved_at IS NOT NULL AND resolution IS NOT NULL))
);
CREATE INDEX finding_order_ix ON finding (order_id);
CREATE INDEX finding_event_ix ON finding (event_id);

CREATE TABLE reveal_record (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id uuid NOT NULL,
  card_ids uuid[] NOT NULL,
  actor_kind text NOT NULL CHECK (actor_kind IN ('buyer', 'merchant', 'admin')),
  actor_id uuid,
  reason text NOT NULL,
  address_hash bytea,
  user_agent text NOT NULL DEFAULT '',
  at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX reveal_record_order_ix ON reveal_record (order_id);
CREATE TRIGGER reveal_record_append_only BEFORE UPDATE OR DELETE ON reveal_record FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE audit_event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  actor_id uuid,
  actor_kind text NOT NULL CHECK (actor_kind IN ('system', 'command_line', 'merchant', 'admin')),
  action text NOT NULL,
  subject_kind text NOT NULL,
  subject_id text NOT NULL,
  merchant_id uuid,
  detail jsonb NOT NULL DEFAULT '{}',
  at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX audit_event_merchant_ix ON audit_event (merchant_id, id);
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The one door to a ciphertext: it writes the record and returns the rows in the same statement, or does neither.
CREATE FUNCTION reveal_cards(p_order_id uuid, p_actor_kind text, p_actor_id uuid, p_reason text, p_address_hash bytea, p_user_agent text)
RETURNS TABLE (card_id uuid, line int, merchant_id uuid, variant_id uuid, batch_id uuid, key_id text, data_key bytea, ciphertext bytea)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH delivered AS MATERIALIZED (
    SELECT o.id, o.card_ids FROM public.orders o WHERE o.id = p_order_id AND o.status = 'delivered'),
  record AS (
    INSERT INTO public.reveal_record (order_id, card_ids, actor_kind, actor_id, reason, address_hash, user_agent)
    SELECT d.id, d.card_ids, p_actor_kind, p_actor_id, p_reason, p_address_hash, p_user_agent FROM delivered d RETURNING 1)
  SELECT c.id, l.line, c.merchant_id, c.variant_id, c.batch_id, b.key_id, b.data_key, s.ciphertext
    FROM delivered d
    CROSS JOIN LATERAL unnest(d.card_ids) WITH ORDINALITY AS u (card_id, position)
    JOIN public.card c ON c.id = u.card_id AND c.order_id = d.id AND c.status = 'delivered'
    JOIN public.card_secret s ON s.card_id = c.id
    JOIN public.batch b ON b.id = c.batch_id
    JOIN public.order_line l ON l.order_id = d.id AND l.variant_id = c.variant_id
   WHERE EXISTS (SELECT 1 FROM record)
   ORDER BY u.position
$$;
REVOKE ALL ON FUNCTION reveal_cards(uuid, text, uuid, text, bytea, text) FROM PUBLIC;

-- Undoes a part of an import that failed: its cards are drafts that nobody has seen. The one way a card is deleted, so that
-- the application's own role may delete neither cards nor secrets. Returns how many went; 0 means that none is left.
CREATE FUNCTION discard_failed_cards(p_batch_id uuid, p_cards_max int) RETURNS int
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
  INSERT INTO public.stock_entry (kind, merchant_id, batch_id, reference, card_ids, canonical)
  VALUES ('withdraw', v_merchant_id, p_batch_id, 'import_abandoned', v_card_ids,
          public.stock_canonical('withdraw', v_merchant_id, NULL, p_batch_id, 'import_abandoned', v_card_ids));
  UPDATE public.batch
     SET accepted_count = accepted_count - cardinality(v_card_ids), line_count = line_count - cardinality(v_card_ids)
   WHERE id = p_batch_id;
  RETURN cardinality(v_card_ids);
END $$;
REVOKE ALL ON FUNCTION discard_failed_cards(uuid, int) FROM PUBLIC;
