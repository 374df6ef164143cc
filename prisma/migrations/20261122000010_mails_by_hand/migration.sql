-- A delivery whose event became no mail may have been mailed by hand. Mails that no event stands behind are few, and are found by their order;
-- all others are found by their event, and cost nothing more than before.
SET lock_timeout = '5s';

CREATE INDEX mail_by_hand_ix ON mail (order_id) WHERE outbox_id IS NULL AND order_id IS NOT NULL;
