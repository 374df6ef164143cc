-- Failed sign-ins and lookups, counted across all processes. Unlogged: after a crash the counts begin anew, and that is
-- cheaper than a flushed disk per guess. The three columns are the ones rate-limiter-flexible reads and writes.
SET lock_timeout = '5s';

CREATE UNLOGGED TABLE attempt_count (
  key text PRIMARY KEY,
  points int NOT NULL DEFAULT 0,
  expire bigint
);
