-- Admins are told by mail when a dispute is theirs to see to, as merchants are: a silent merchant's, one that a side handed on, a chargeback.
-- The rules of mails only widen: what ran before this goes on.
SET lock_timeout = '5s';

DO $$
DECLARE
  v_kinds text;
  v_subject text;
BEGIN
  SELECT string_agg(DISTINCT quote_literal(word), ', ') INTO v_kinds FROM (
    SELECT (regexp_matches(pg_get_constraintdef(oid), '''([a-z_.]+)''', 'g'))[1] AS word FROM pg_constraint
     WHERE conrelid = 'mail'::regclass AND conname = 'mail_kind_check'
    UNION ALL SELECT 'dispute_for_admin') words;
  SELECT pg_get_expr(conbin, conrelid) INTO v_subject FROM pg_constraint WHERE conrelid = 'mail'::regclass AND conname = 'mail_subject_ck';
  ALTER TABLE mail DROP CONSTRAINT mail_kind_check, DROP CONSTRAINT mail_subject_ck;
  EXECUTE format('ALTER TABLE mail ADD CONSTRAINT mail_kind_check CHECK (kind IN (%s)) NOT VALID', v_kinds);
  EXECUTE format('ALTER TABLE mail ADD CONSTRAINT mail_subject_ck CHECK (CASE kind WHEN ''dispute_for_admin'' THEN dispute_id IS NOT NULL AND order_id IS NULL '
                 'ELSE %s END) NOT VALID', v_subject);
END $$;
