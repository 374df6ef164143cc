-- Files of cards on their way: received piece by piece, looked at, and imported by a job that anybody may kill. What a batch cost, where
-- it came from, how long its cards last; and a batch that is taken back while nothing of it is sold. Only additions: the program of
-- before goes on beside them.
SET lock_timeout = '5s';

ALTER TABLE batch
  ADD COLUMN source text NOT NULL DEFAULT '' CHECK (length(source) <= 120),
  -- What one card cost the merchant.
  ADD COLUMN unit_cost_minor bigint CHECK (unit_cost_minor >= 0),
  ADD COLUMN cost_currency text,
  -- The day on which the cards expire, if they do; each card holds its own.
  ADD COLUMN cards_expire_at timestamptz(3),
  ADD COLUMN warranty_days int CHECK (warranty_days BETWEEN 0 AND 3650),
  -- From here on its merchant wants it back.
  ADD COLUMN withdrawn_at timestamptz(3),
  ADD CONSTRAINT batch_cost_ck CHECK ((unit_cost_minor IS NULL) = (cost_currency IS NULL)),
  DROP CONSTRAINT batch_status_check,
  -- withdrawn: taken back whole, nothing of it is sold. One of which something was sold in that moment stays published.
  ADD CONSTRAINT batch_status_check CHECK (status IN ('importing', 'draft', 'published', 'failed', 'withdrawn'));

CREATE INDEX batch_withdrawing_ix ON batch (id) WHERE withdrawn_at IS NOT NULL AND status IN ('draft', 'published');

ALTER TABLE batch_reject
  DROP CONSTRAINT batch_reject_reason_check,
  ADD CONSTRAINT batch_reject_reason_check CHECK (reason IN ('empty', 'too_long', 'nul', 'not_utf8', 'wrong_encoding', 'columns', 'formula',
                                                             'number_format', 'imprecise', 'cell_error', 'nested'));

-- A file that somebody sends. It is received by offset, so that a connection that was cut goes on; then it waits for the person who sent
-- it to say how it is read; then a job imports it into `batch_id`, and goes on behind `line_count` of that batch if it was killed.
CREATE TABLE card_upload (
  id uuid PRIMARY KEY,
  merchant_id uuid NOT NULL REFERENCES merchant (id),
  variant_id uuid NOT NULL REFERENCES variant (id),
  created_by uuid REFERENCES app_user (id),
  name text NOT NULL DEFAULT '' CHECK (length(name) <= 200),
  byte_count bigint NOT NULL CHECK (byte_count >= 0),
  received_bytes bigint NOT NULL DEFAULT 0,
  state text NOT NULL DEFAULT 'receiving'
    CHECK (state IN ('receiving', 'received', 'importing', 'done', 'refused', 'cancelled')),
  -- The key of its pieces, wrapped by the master key `key_id`.
  key_id text NOT NULL,
  data_key bytea NOT NULL,
  -- How it is read; frozen when the import begins.
  reading jsonb,
  batch_id uuid REFERENCES batch (id),
  note text NOT NULL DEFAULT '' CHECK (length(note) <= 300),
  source text NOT NULL DEFAULT '' CHECK (length(source) <= 120),
  unit_cost_minor bigint,
  cost_currency text,
  cards_expire_at timestamptz(3),
  warranty_days int,
  is_publish_requested boolean NOT NULL DEFAULT false,
  failure text,
  failure_line int,
  created_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  -- Moved by every piece and by the job that imports; a job whose heart stopped is succeeded by another.
  heartbeat_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  started_at timestamptz(3),
  finished_at timestamptz(3),
  CONSTRAINT card_upload_received_ck CHECK (received_bytes BETWEEN 0 AND byte_count),
  CONSTRAINT card_upload_whole_ck CHECK (state IN ('receiving', 'cancelled') OR received_bytes = byte_count),
  CONSTRAINT card_upload_failure_ck CHECK ((state = 'refused') = (failure IS NOT NULL))
);
CREATE INDEX card_upload_open_ix ON card_upload (state, heartbeat_at) WHERE state IN ('receiving', 'received', 'importing');
CREATE INDEX card_upload_merchant_ix ON card_upload (merchant_id, created_at);
CREATE UNIQUE INDEX card_upload_batch_uq ON card_upload (batch_id);

-- Its bytes, sealed; deleted when it has come to its end.
CREATE TABLE card_upload_piece (
  upload_id uuid NOT NULL REFERENCES card_upload (id) ON DELETE CASCADE,
  start_byte bigint NOT NULL,
  byte_count int NOT NULL CHECK (byte_count > 0),
  ciphertext bytea NOT NULL,
  PRIMARY KEY (upload_id, start_byte)
);
-- Sealed bytes do not compress.
ALTER TABLE card_upload_piece ALTER COLUMN ciphertext SET STORAGE EXTERNAL;

-- Takes back a part of a batch that its merchant wants back: what is neither reserved nor sold is sold no more, and its secrets are
-- gone, so that the same texts, put right, can be brought again. The rows stay and say what became of them. The application's own role
-- may delete no secret; this may, and only of such batches. Returns how many went; 0 means that none is left.
CREATE FUNCTION take_back_cards(p_batch_id uuid, p_cards_max int) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_merchant_id uuid;
  v_card_ids uuid[];
BEGIN
  SELECT b.merchant_id INTO v_merchant_id FROM public.batch b WHERE b.id = p_batch_id AND b.withdrawn_at IS NOT NULL FOR UPDATE;
  IF NOT FOUND THEN RETURN 0; END IF;
  WITH free AS MATERIALIZED (
    SELECT c.id FROM public.card c WHERE c.batch_id = p_batch_id AND c.status IN ('draft', 'available', 'quarantined')
     LIMIT least(p_cards_max, 5000) FOR NO KEY UPDATE),
  gone AS (
    UPDATE public.card c SET status = 'withdrawn' WHERE c.id = ANY (ARRAY(SELECT id FROM free)) AND c.status IN ('draft', 'available', 'quarantined') RETURNING c.id)
  SELECT array_agg(id) INTO v_card_ids FROM gone;
  IF v_card_ids IS NULL THEN RETURN 0; END IF;
  DELETE FROM public.card_secret WHERE card_id = ANY (v_card_ids);
  INSERT INTO public.stock_entry (kind, merchant_id, batch_id, reference, card_ids, canonical)
  VALUES ('withdraw', v_merchant_id, p_batch_id, 'batch_taken_back', v_card_ids,
          public.stock_canonical('withdraw', v_merchant_id, NULL, p_batch_id, 'batch_taken_back', v_card_ids));
  RETURN cardinality(v_card_ids);
END $$;
REVOKE ALL ON FUNCTION take_back_cards(uuid, int) FROM PUBLIC;
