-- The audit goes on by itself: where each pass stands, what it last found of each invariant, and a mail to the admins when
-- a promise is broken. None of it lies on the way of a sale: the one new index on the ledger has no entry of an order in it.
SET lock_timeout = '5s';

-- One row per kind of pass. `version` lets one process win when two have worked on the same position.
CREATE TABLE audit_progress (
  pass text PRIMARY KEY CHECK (pass IN ('continuous', 'full')),
  version bigint NOT NULL DEFAULT 0,
  state jsonb NOT NULL DEFAULT '{}',
  -- When the last pass that came to its end had begun, and how long it took.
  finished_at timestamptz(3),
  ms int,
  -- Why the last pass did not come to its end; null when it did.
  unfinished text,
  -- When the rolling look had last been at every row.
  round_at timestamptz(3)
);
INSERT INTO audit_progress (pass) VALUES ('continuous'), ('full');

CREATE TABLE audit_check (
  invariant text NOT NULL,
  pass text NOT NULL CHECK (pass IN ('continuous', 'full')),
  checked_at timestamptz(3) NOT NULL,
  row_count int NOT NULL,
  failure text,
  ms int NOT NULL,
  PRIMARY KEY (invariant, pass)
);

-- The rows that broke an invariant, the subjects they name, and what an admin has accepted of them.
ALTER TABLE finding ADD COLUMN evidence jsonb NOT NULL DEFAULT '{}';
CREATE INDEX finding_invariant_ix ON finding (subject) WHERE kind = 'invariant_broken';

-- A mail is about an order, or about a finding. The new rules only widen the old ones; they are checked later.
ALTER TABLE mail ALTER COLUMN order_id DROP NOT NULL;
ALTER TABLE mail ADD COLUMN finding_id uuid;
ALTER TABLE mail DROP CONSTRAINT mail_kind_check;
ALTER TABLE mail ADD CONSTRAINT mail_kind_check
  CHECK (kind IN ('order_delivered', 'order_owed', 'order_link', 'invariant_broken')) NOT VALID;
ALTER TABLE mail ADD CONSTRAINT mail_subject_ck CHECK ((order_id IS NULL) = (finding_id IS NOT NULL)) NOT VALID;

-- What the audit asks about one order or one batch, it asks by index.
CREATE INDEX refund_order_ix ON refund (order_id);
CREATE INDEX refund_payment_ix ON refund (payment_id);
CREATE INDEX stock_entry_batch_ix ON stock_entry (batch_id, id) WHERE batch_id IS NOT NULL;
