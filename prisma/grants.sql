-- Run after every migration, where the roles exist: the app may do what its statements do and no more; the audit reads.
DO $$
BEGIN
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'kapu_app') THEN
    GRANT USAGE ON SCHEMA public TO kapu_app;
    GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO kapu_app;
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO kapu_app;
    GRANT DELETE ON price_tier, card_preview, category, outbox, attempt_count, saved_filter, card_upload_piece, user_factor, recovery_code, passkey, spent_challenge TO kapu_app;
    -- A ciphertext leaves only through reveal_cards(), which writes the record.
    REVOKE SELECT, UPDATE, DELETE ON card_secret FROM kapu_app;
    GRANT SELECT (card_id, variant_id, fingerprint), INSERT ON card_secret TO kapu_app;
    REVOKE INSERT, UPDATE, DELETE ON reveal_record FROM kapu_app;
    REVOKE INSERT, UPDATE, DELETE ON vault_reveal FROM kapu_app;
    GRANT UPDATE (told_at) ON vault_reveal TO kapu_app;
    REVOKE UPDATE, DELETE ON stock_entry, stock_block, order_event, payment, payment_opening, order_line, audit_event, wallet_entry, buyer_hold, finding_event, pool_transfer, dispute_message, dispute_picture, quota_use FROM kapu_app;
    -- What a key is good for never changes; only what is spent of it, and whose it is.
    REVOKE UPDATE, DELETE ON quota FROM kapu_app;
    GRANT UPDATE (used, order_id, is_open) ON quota TO kapu_app;
    REVOKE UPDATE, DELETE ON daily_close, daily_figure, daily_correction FROM kapu_app;
    GRANT EXECUTE ON FUNCTION reveal_cards(uuid, text, uuid, text, bytea, text) TO kapu_app;
    GRANT EXECUTE ON FUNCTION reveal_replaced_cards(uuid, text, uuid, bytea, text) TO kapu_app;
    GRANT EXECUTE ON FUNCTION reveal_vault_cards(uuid, uuid[], text, text, bytea, text) TO kapu_app;
    GRANT EXECUTE ON FUNCTION discard_failed_cards(uuid, int), take_back_cards(uuid, int) TO kapu_app;
  END IF;
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'kapu_audit') THEN
    GRANT USAGE ON SCHEMA public TO kapu_audit;
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO kapu_audit;
    REVOKE SELECT ON card_secret, batch, gateway_account, app_user, session, setup_link, order_link, wallet_access, card_upload, card_upload_piece, alert_channel, user_factor, recovery_code, passkey, spent_challenge, api_key, order_promise, dispute_message, dispute_picture, quota FROM kapu_audit;
    GRANT SELECT (card_id, variant_id, key_id, fingerprint) ON card_secret TO kapu_audit;
    GRANT SELECT (id, merchant_id, variant_id, pool_id, number, status, key_id, line_count, accepted_count, duplicate_count, rejected_count, created_at, heartbeat_at, is_publish_requested, published_at, hold_id, withdrawn_at, cards_expire_at) ON batch TO kapu_audit;
    GRANT SELECT (order_id, merchant_id, variant_id, kind, quantity, due_at, due_hours, created_at) ON order_promise TO kapu_audit;
    GRANT SELECT (card_id, merchant_id, variant_id, batch_id, order_id, uses_max, used, is_open, created_at) ON quota TO kapu_audit;
    GRANT SELECT (id, gateway, merchant_id, currency, status) ON gateway_account TO kapu_audit;
  END IF;
END $$;
