-- The vault: a merchant's cards as a list that stays fast at a million rows, and the record of whoever opens one there.
SET lock_timeout = '5s';

-- In place of (batch_id, status): what a batch has in one state, in the order of its file, so that a page of any filter is a few
-- probes. One index replaces one: a sale, which changes a card's state, still writes to as many as before. Building it holds writes
-- of `card` for about a second per million cards.
CREATE INDEX card_state_ix ON card (batch_id, status, id);
DROP INDEX card_batch_ix;
-- The same for cards that expire, soonest first; others cost it nothing.
CREATE INDEX card_state_expiry_ix ON card (batch_id, status, expires_at, id) WHERE expires_at IS NOT NULL;

-- Who opened which cards outside of an order, why, and in which session they had shown who they were.
CREATE TABLE vault_reveal (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  merchant_id uuid NOT NULL,
  card_ids uuid[] NOT NULL CHECK (cardinality(card_ids) BETWEEN 1 AND 5000),
  purpose text NOT NULL CHECK (purpose IN ('reveal', 'export', 'break_glass')),
  actor_kind text NOT NULL CHECK (actor_kind IN ('merchant', 'admin')),
  actor_id uuid NOT NULL,
  session_id uuid NOT NULL,
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 300),
  address_hash bytea,
  user_agent text NOT NULL DEFAULT '',
  at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  -- When the merchant's people were mailed about it; a break of the glass alone is told.
  told_at timestamptz(3),
  CONSTRAINT vault_reveal_purpose_ck CHECK ((actor_kind = 'admin') = (purpose = 'break_glass'))
);
CREATE INDEX vault_reveal_card_ix ON vault_reveal USING gin (card_ids);
CREATE INDEX vault_reveal_glass_ix ON vault_reveal (merchant_id, id) WHERE purpose = 'break_glass';
CREATE INDEX vault_reveal_untold_ix ON vault_reveal (id) WHERE purpose = 'break_glass' AND told_at IS NULL;
CREATE TRIGGER vault_reveal_append_only BEFORE UPDATE ON vault_reveal FOR EACH ROW
  WHEN (OLD.told_at IS NOT NULL
        OR (NEW.id, NEW.merchant_id, NEW.card_ids, NEW.purpose, NEW.actor_kind, NEW.actor_id, NEW.session_id, NEW.reason, NEW.address_hash, NEW.user_agent, NEW.at)
           IS DISTINCT FROM
           (OLD.id, OLD.merchant_id, OLD.card_ids, OLD.purpose, OLD.actor_kind, OLD.actor_id, OLD.session_id, OLD.reason, OLD.address_hash, OLD.user_agent, OLD.at))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER vault_reveal_kept BEFORE DELETE ON vault_reveal FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The second door to a ciphertext. It believes no caller about who asks: that is in the session's row, which must have been proved
-- in the last ten minutes (an export, which may stream for long, in the last seventy). A merchant's person opens that merchant's
-- cards; an admin opens any, as a break of the glass; nobody else opens one. The record and the rows are one statement.
CREATE FUNCTION reveal_vault_cards(p_session_id uuid, p_card_ids uuid[], p_purpose text, p_reason text, p_address_hash bytea, p_user_agent text)
RETURNS TABLE (card_id uuid, merchant_id uuid, variant_id uuid, batch_id uuid, data_key bytea, ciphertext bytea)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH asker AS MATERIALIZED (
    SELECT s.id AS session_id, u.id AS user_id, u.role, u.merchant_id
      FROM public.session s JOIN public.app_user u ON u.id = s.user_id AND u.status = 'active'
     WHERE s.id = p_session_id AND s.revoked_at IS NULL AND s.expires_at > clock_timestamp() AND NOT s.awaits_factor
       AND s.proved_at > clock_timestamp() - CASE p_purpose WHEN 'export' THEN interval '70 minutes' ELSE interval '10 minutes' END
       AND CASE u.role WHEN 'merchant' THEN p_purpose IN ('reveal', 'export') WHEN 'admin' THEN p_purpose = 'break_glass' ELSE false END),
  asked AS MATERIALIZED (
    SELECT c.id, c.merchant_id, c.variant_id, c.batch_id, a.session_id, a.user_id, a.role
      FROM asker a JOIN public.card c ON c.id = ANY (p_card_ids) AND (a.role = 'admin' OR c.merchant_id = a.merchant_id)
     WHERE EXISTS (SELECT 1 FROM public.card_secret s WHERE s.card_id = c.id)),
  record AS (
    INSERT INTO public.vault_reveal (merchant_id, card_ids, purpose, actor_kind, actor_id, session_id, reason, address_hash, user_agent)
    SELECT k.merchant_id, array_agg(k.id ORDER BY k.id), p_purpose, k.role, k.user_id, k.session_id, p_reason, p_address_hash, p_user_agent
      FROM asked k GROUP BY k.merchant_id, k.role, k.user_id, k.session_id
    RETURNING 1)
  SELECT k.id, k.merchant_id, k.variant_id, k.batch_id, b.data_key, s.ciphertext
    FROM asked k JOIN public.card_secret s ON s.card_id = k.id JOIN public.batch b ON b.id = k.batch_id
   WHERE EXISTS (SELECT 1 FROM record)
   ORDER BY k.id
$$;
REVOKE ALL ON FUNCTION reveal_vault_cards(uuid, uuid[], text, text, bytea, text) FROM PUBLIC;
