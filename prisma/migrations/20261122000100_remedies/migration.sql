-- What is done about a finding, each once: who asked for it, what they had looked at, and, where the money is much, who agreed. And what the
-- shop may do about one by itself, which at first is nothing. All tables are new; the one rule that changes only widens.
SET lock_timeout = '5s';

-- The id is the intention: a form that was sent twice is one act, and whatever the act writes elsewhere (a refund, a replacement, a move of
-- cards) carries the same id, so that whoever begins it again after a kill finds what was done already.
CREATE TABLE remedy_act (
  id uuid PRIMARY KEY,
  finding_id uuid NOT NULL,
  remedy text NOT NULL CHECK (remedy ~ '^[a-z_]{3,40}$'),
  -- What was chosen in the form: ids and words, never a secret.
  input jsonb NOT NULL DEFAULT '{}',
  -- What was looked at, and the same in one short text: anything else by now, and nothing happens.
  facts jsonb NOT NULL DEFAULT '{}',
  seen text NOT NULL CHECK (length(seen) BETWEEN 1 AND 100),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 300),
  amount_minor bigint CHECK (amount_minor >= 0),
  currency text,
  needs_two_names boolean NOT NULL,
  -- proposed: it waits for a second name. begun: it is under way, or whoever did it was killed; then it is begun again.
  state text NOT NULL CHECK (state IN ('proposed', 'begun', 'done', 'failed', 'refused')),
  -- In a word what it came to, or why it came to nothing.
  outcome text CHECK (length(outcome) BETWEEN 1 AND 80),
  -- Null: the shop itself, by its policy.
  proposed_by uuid,
  proposed_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  -- The second name, or the one that ended it.
  decided_by uuid,
  decided_at timestamptz(3),
  leased_until timestamptz(3),
  finished_at timestamptz(3),
  CONSTRAINT remedy_act_money_ck CHECK ((amount_minor IS NULL) = (currency IS NULL)),
  CONSTRAINT remedy_act_over_ck CHECK ((state IN ('done', 'failed', 'refused')) = (finished_at IS NOT NULL AND outcome IS NOT NULL)),
  CONSTRAINT remedy_act_decided_ck CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
  CONSTRAINT remedy_act_two_names_ck CHECK (state NOT IN ('begun', 'done') OR NOT needs_two_names
                                            OR (proposed_by IS NOT NULL AND decided_by IS NOT NULL AND decided_by <> proposed_by))
);
-- One at a time for each finding, whoever asks.
CREATE UNIQUE INDEX remedy_act_going_uq ON remedy_act (finding_id) WHERE state IN ('proposed', 'begun');
CREATE INDEX remedy_act_finding_ix ON remedy_act (finding_id, proposed_at);
CREATE INDEX remedy_act_proposed_ix ON remedy_act (proposed_at) WHERE state = 'proposed';
CREATE INDEX remedy_act_by_policy_ix ON remedy_act (remedy, proposed_at) WHERE proposed_by IS NULL;
CREATE TRIGGER remedy_act_edges BEFORE UPDATE ON remedy_act FOR EACH ROW
  WHEN ((NEW.id, NEW.finding_id, NEW.remedy, NEW.input, NEW.facts, NEW.seen, NEW.reason, NEW.amount_minor, NEW.currency, NEW.needs_two_names, NEW.proposed_by, NEW.proposed_at)
        IS DISTINCT FROM
        (OLD.id, OLD.finding_id, OLD.remedy, OLD.input, OLD.facts, OLD.seen, OLD.reason, OLD.amount_minor, OLD.currency, OLD.needs_two_names, OLD.proposed_by, OLD.proposed_at)
        OR OLD.state IN ('done', 'failed', 'refused')
        OR (OLD.state = 'begun' AND NEW.state = 'proposed')
        OR (OLD.decided_by IS NOT NULL AND NEW.decided_by IS DISTINCT FROM OLD.decided_by))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER remedy_act_kept BEFORE DELETE ON remedy_act FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What the shop may do without asking anybody, and how often in a day. Turned off is the stop button: it is asked before each one.
CREATE TABLE remedy_policy (
  remedy text PRIMARY KEY CHECK (remedy ~ '^[a-z_]{3,40}$'),
  is_on boolean NOT NULL DEFAULT false,
  daily_max int NOT NULL DEFAULT 20 CHECK (daily_max BETWEEN 1 AND 1000),
  changed_by uuid,
  changed_at timestamptz(3)
);

-- Counts for the head of the inbox, and the most money first, without reading the findings themselves.
CREATE INDEX finding_count_ix ON finding (kind, severity, currency, opened_at) INCLUDE (amount_minor) WHERE status IN ('open', 'in_work');
CREATE INDEX finding_money_ix ON finding (currency, amount_minor, id) WHERE status IN ('open', 'in_work') AND amount_minor IS NOT NULL;
-- What was recorded by hand of one finding, and what an order's or a product's people did about it.
CREATE INDEX audit_event_subject_ix ON audit_event (subject_id, id);

ALTER TABLE saved_filter
  DROP CONSTRAINT saved_filter_list_check,
  ADD CONSTRAINT saved_filter_list_check CHECK (list IN ('orders', 'findings')) NOT VALID;
