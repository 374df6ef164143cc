-- Findings that people work on: how grave, whose, how much money, who has it in hand, and all that was done about it; and the runs that
-- find them. The table of findings is a list of cases and small; it is brought up to date here, and its new rules are wider than the
-- old ones: the program of before goes on beside it, and sees a finding that somebody has in hand as one that is not open.
SET lock_timeout = '5s';

ALTER TABLE finding
  ADD COLUMN severity text NOT NULL DEFAULT 'medium' CHECK (severity IN ('low', 'medium', 'high', 'critical')),
  ADD COLUMN merchant_id uuid,
  ADD COLUMN product_id uuid,
  ADD COLUMN account_id text,
  -- Money at stake, never below zero.
  ADD COLUMN amount_minor bigint CHECK (amount_minor >= 0),
  ADD COLUMN currency text,
  ADD COLUMN owner_id uuid REFERENCES app_user (id),
  ADD COLUMN last_found_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', now()),
  ADD COLUMN found_count int NOT NULL DEFAULT 1 CHECK (found_count >= 1),
  -- What the difference looked like when it was last found: one that was accepted stays closed while it looks the same.
  ADD COLUMN look text NOT NULL DEFAULT '',
  -- The run that found it last, where one did.
  ADD COLUMN run_id uuid,
  -- Why it was accepted, or how it was resolved, in a person's words.
  ADD COLUMN reason text CHECK (length(reason) BETWEEN 1 AND 500),
  -- Numbers by which people look for it: of the order, of the trade at the gateway, of the payment, of the refund.
  ADD COLUMN search_keys text[] NOT NULL DEFAULT '{}';
ALTER TABLE finding
  DROP CONSTRAINT finding_status_check,
  DROP CONSTRAINT finding_resolution_ck,
  ADD CONSTRAINT finding_status_check CHECK (status IN ('open', 'in_work', 'resolved', 'accepted')) NOT VALID,
  ADD CONSTRAINT finding_resolution_ck CHECK ((status IN ('resolved', 'accepted')) = (resolved_at IS NOT NULL AND resolution IS NOT NULL)) NOT VALID,
  ADD CONSTRAINT finding_accepted_ck CHECK (status <> 'accepted' OR reason IS NOT NULL) NOT VALID,
  ADD CONSTRAINT finding_money_ck CHECK ((amount_minor IS NULL) = (currency IS NULL)) NOT VALID;

-- What is known of the findings that are there.
UPDATE finding f
   SET last_found_at = f.opened_at,
       severity = CASE WHEN f.kind = 'invariant_broken' THEN 'critical'
                       WHEN f.kind IN ('dispute', 'trade_reused', 'unjudged_payment', 'unfillable_order', 'owed_order', 'double_payment', 'unknown_order',
                                       'refund_mismatch', 'refund_failed') THEN 'high'
                       ELSE 'medium' END,
       merchant_id = (SELECT o.merchant_id FROM orders o WHERE o.id = f.order_id),
       account_id = (SELECT e.account_id FROM payment_event e WHERE e.id = f.event_id),
       amount_minor = coalesce((SELECT e.amount_minor FROM payment_event e WHERE e.id = f.event_id AND e.amount_minor >= 0 AND e.currency IS NOT NULL),
                               (SELECT o.total_minor FROM orders o WHERE o.id = f.order_id)),
       currency = coalesce((SELECT e.currency FROM payment_event e WHERE e.id = f.event_id AND e.amount_minor >= 0 AND e.currency IS NOT NULL),
                           (SELECT o.currency FROM orders o WHERE o.id = f.order_id)),
       search_keys = array_remove(ARRAY[(SELECT o.number FROM orders o WHERE o.id = f.order_id),
                                        (SELECT e.gateway_trade_number FROM payment_event e WHERE e.id = f.event_id),
                                        (SELECT e.out_trade_no FROM payment_event e WHERE e.id = f.event_id)], NULL);

-- All that happened to a finding; written in the transaction that did it. That it was found again is counted in its row.
CREATE TABLE finding_event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  finding_id uuid NOT NULL,
  at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  -- Null: the shop itself.
  actor_id uuid,
  kind text NOT NULL CHECK (kind IN ('opened', 'found_again', 'taken', 'assigned', 'noted', 'remedied', 'resolved', 'accepted', 'reopened')),
  note text NOT NULL DEFAULT '' CHECK (length(note) <= 2000),
  detail jsonb NOT NULL DEFAULT '{}',
  CONSTRAINT finding_event_accepted_ck CHECK (kind <> 'accepted' OR (actor_id IS NOT NULL AND note <> ''))
);
CREATE INDEX finding_event_finding_ix ON finding_event (finding_id, id);
CREATE INDEX finding_event_at_ix ON finding_event USING brin (at) WITH (pages_per_range = 16, autosummarize = on);
CREATE TRIGGER finding_event_append_only BEFORE UPDATE OR DELETE ON finding_event FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER finding_event_kept BEFORE TRUNCATE ON finding_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
INSERT INTO finding_event (finding_id, at, kind) SELECT id, opened_at, 'opened' FROM finding;
INSERT INTO finding_event (finding_id, at, kind, detail)
SELECT id, resolved_at, 'resolved', jsonb_build_object('resolution', resolution) FROM finding WHERE status = 'resolved';

-- The inbox, at a hundred thousand findings: gravest and oldest first, and the same of one kind, shop, product, account or person. Whoever
-- orders by gravity writes the CASE as it stands here.
DROP INDEX finding_open_ix;
CREATE INDEX finding_open_ix ON finding (kind, opened_at) WHERE status IN ('open', 'in_work');
CREATE INDEX finding_inbox_ix ON finding ((CASE severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END), opened_at, id)
  WHERE status IN ('open', 'in_work');
CREATE INDEX finding_merchant_ix ON finding (merchant_id, opened_at) WHERE status IN ('open', 'in_work') AND merchant_id IS NOT NULL;
CREATE INDEX finding_product_ix ON finding (product_id, opened_at) WHERE status IN ('open', 'in_work') AND product_id IS NOT NULL;
CREATE INDEX finding_account_ix ON finding (account_id, opened_at) WHERE status IN ('open', 'in_work') AND account_id IS NOT NULL;
CREATE INDEX finding_owner_ix ON finding (owner_id, opened_at) WHERE status IN ('open', 'in_work') AND owner_id IS NOT NULL;
CREATE INDEX finding_closed_ix ON finding (resolved_at, id) WHERE status IN ('resolved', 'accepted');
CREATE INDEX finding_opened_ix ON finding (opened_at, id);
CREATE INDEX finding_search_ix ON finding USING gin (search_keys);

-- One comparison of everything with everything, or of a part. It is worked off in steps; the cursor moves in the transaction of the findings
-- of its step, so that whoever goes on after a kill neither misses a step nor takes one twice. The continuous run is one row that never ends:
-- between its passes it waits, and its cursor is the position in the ledger.
CREATE TABLE reconciliation_run (
  id uuid PRIMARY KEY,
  mode text NOT NULL CHECK (mode IN ('continuous', 'hourly', 'daily', 'demand')),
  -- {"from", "to", "merchantId", "accountId", "orderId"}, each only where it narrows the run.
  scope jsonb NOT NULL DEFAULT '{}',
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed', 'stopped')),
  stage text NOT NULL DEFAULT '',
  done_steps int NOT NULL DEFAULT 0 CHECK (done_steps >= 0),
  -- As many as are foreseen; the last stages are counted when they are come to.
  all_steps int NOT NULL DEFAULT 0 CHECK (all_steps >= 0),
  cursor jsonb NOT NULL DEFAULT '{}',
  compared bigint NOT NULL DEFAULT 0,
  found int NOT NULL DEFAULT 0,
  closed int NOT NULL DEFAULT 0,
  -- The findings of this run by kind.
  counts jsonb NOT NULL DEFAULT '{}',
  -- The hour or the day that it is the run of; whoever begins it first has begun it.
  slot timestamptz(3),
  -- Until then it belongs to the process that holds it, which moves it on with each step.
  holder uuid,
  leased_until timestamptz(3),
  requested_by uuid REFERENCES app_user (id),
  created_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  started_at timestamptz(3),
  finished_at timestamptz(3),
  failure text CHECK (length(failure) <= 500),
  CONSTRAINT reconciliation_run_ended_ck CHECK ((state IN ('done', 'failed', 'stopped')) = (finished_at IS NOT NULL) OR mode = 'continuous'),
  CONSTRAINT reconciliation_run_failure_ck CHECK (state <> 'failed' OR failure IS NOT NULL),
  CONSTRAINT reconciliation_run_slot_ck CHECK ((mode IN ('hourly', 'daily')) = (slot IS NOT NULL))
);
CREATE UNIQUE INDEX reconciliation_run_continuous_uq ON reconciliation_run (mode) WHERE mode = 'continuous';
CREATE UNIQUE INDEX reconciliation_run_slot_uq ON reconciliation_run (mode, slot) WHERE slot IS NOT NULL;
CREATE INDEX reconciliation_run_due_ix ON reconciliation_run (created_at) WHERE state IN ('waiting', 'running');
CREATE INDEX reconciliation_run_list_ix ON reconciliation_run (created_at, id);

-- The way from an order to what is posted about it, for ranges of orders: ids and rows both ascend with time, so a few pages say where to look,
-- and an insertion costs nothing that can be measured.
CREATE INDEX outbox_order_ix ON outbox USING brin (order_id uuid_minmax_multi_ops) WITH (pages_per_range = 8, autosummarize = on);
