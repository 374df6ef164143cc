-- Files that people ask for and a job writes. The table is new; the program of before knows nothing of it.
SET lock_timeout = '5s';

CREATE TABLE export_file (
  id uuid PRIMARY KEY,
  -- Null: an admin's, of all shops.
  merchant_id uuid REFERENCES merchant (id),
  requested_by uuid NOT NULL REFERENCES app_user (id),
  format text NOT NULL CHECK (format IN ('csv', 'xlsx')),
  -- What the list was asked for that it came from.
  query jsonb NOT NULL,
  locale text NOT NULL CHECK (locale IN ('zh', 'en')),
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed', 'gone')),
  tries int NOT NULL DEFAULT 0,
  -- Until then it is one process's, which moves it on while it writes.
  leased_until timestamptz(3),
  row_count int NOT NULL DEFAULT 0,
  byte_count bigint NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  finished_at timestamptz(3)
);
CREATE INDEX export_file_waiting_ix ON export_file (created_at) WHERE state = 'waiting';
CREATE INDEX export_file_done_ix ON export_file (finished_at) WHERE state = 'done';
CREATE INDEX export_file_owner_ix ON export_file (requested_by, id);
