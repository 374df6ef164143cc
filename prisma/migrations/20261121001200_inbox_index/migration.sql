-- What admins ask the inbox for, by index, however long it has grown. Nearly every event is `settled`: those are found by their payment,
-- so all indexes but one leave them out, and a plain payment writes one entry more than before, at the end of its account's.
SET lock_timeout = '5s';

CREATE INDEX payment_event_account_ix ON payment_event (account_id, id);
CREATE INDEX payment_event_verdict_ix ON payment_event (verdict, id) WHERE verdict IS DISTINCT FROM 'settled';
CREATE INDEX payment_event_out_trade_ix ON payment_event (out_trade_no) WHERE verdict IS DISTINCT FROM 'settled';
CREATE INDEX payment_event_trade_ix ON payment_event (gateway_trade_number) WHERE verdict IS DISTINCT FROM 'settled';
CREATE INDEX payment_event_refund_ix ON payment_event (gateway_refund_number) WHERE gateway_refund_number IS NOT NULL;
CREATE INDEX payment_event_dispute_ix ON payment_event (dispute_number) WHERE dispute_number IS NOT NULL;
