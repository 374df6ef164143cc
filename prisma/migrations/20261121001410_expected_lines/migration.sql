-- About how many lines a file has, judged by its beginning: what the time left of its import is told by. A new column without a value,
-- so nothing is rewritten and the program of before goes on beside it.
SET lock_timeout = '5s';

ALTER TABLE card_upload ADD COLUMN expected_lines int CHECK (expected_lines >= 0);
