-- The mails of one order are asked for by its page, by the page of a finding and before a link is mailed again: among a million mails
-- that was a second and more. It also serves what the index of mails by hand was for.
SET lock_timeout = '5s';

CREATE INDEX mail_order_ix ON mail (order_id) WHERE order_id IS NOT NULL;
DROP INDEX mail_by_hand_ix;
