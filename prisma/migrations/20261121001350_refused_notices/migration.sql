-- Notices that were not taken, counted by account and reason, so that an operator sees on the account's page that a key was changed or a
-- stranger is at the door. Verified notices are in the inbox; of these nothing is kept but their number. A new table: nothing waits for it.
SET lock_timeout = '5s';

CREATE TABLE refused_notice (
  account_id text NOT NULL REFERENCES gateway_account (id),
  refusal text NOT NULL CHECK (length(refusal) BETWEEN 1 AND 40),
  notice_count bigint NOT NULL CHECK (notice_count > 0),
  last_at timestamptz(3) NOT NULL,
  PRIMARY KEY (account_id, refusal)
);
