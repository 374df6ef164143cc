-- Every few seconds somebody looks for mails that still wait: they are few, whatever the table has grown to.
SET lock_timeout = '5s';

CREATE INDEX mail_queued_ix ON mail (created_at) WHERE status = 'queued';
