-- Passkeys: keys that a person's devices hold, beside the authenticator (docs/decisions/0032). Two new tables; the program of before knows
-- nothing of them, and asks for codes as it did.
SET lock_timeout = '5s';

-- Only the public half of a key is here. It is worth something while its person uses a second factor, and goes with it.
CREATE TABLE passkey (
  -- The credential's id, base64url, as the device names it.
  id text PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9_-]+$' AND length(id) BETWEEN 16 AND 1400),
  user_id uuid NOT NULL REFERENCES app_user (id),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  -- COSE, as it came.
  public_key bytea NOT NULL CHECK (length(public_key) BETWEEN 32 AND 4096),
  -- How often the device says it was used; always 0 where several devices share the key.
  counter bigint NOT NULL DEFAULT 0 CHECK (counter >= 0),
  transports text[] NOT NULL DEFAULT '{}' CHECK (cardinality(transports) <= 10),
  created_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  last_used_at timestamptz(3)
);
CREATE INDEX passkey_user_ix ON passkey (user_id);

CREATE FUNCTION refuse_changed_passkey() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a passkey changes its hands, or its count goes back' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER passkey_edges BEFORE UPDATE ON passkey FOR EACH ROW
  WHEN ((NEW.id, NEW.user_id, NEW.public_key, NEW.created_at) IS DISTINCT FROM (OLD.id, OLD.user_id, OLD.public_key, OLD.created_at)
        OR NEW.counter < OLD.counter)
  EXECUTE FUNCTION refuse_changed_passkey();

-- Challenges that were answered rightly, until they could not be answered any more: each is good once. One that was only asked is nowhere:
-- it carries its time and its purpose itself, signed.
CREATE TABLE spent_challenge (
  challenge bytea PRIMARY KEY CHECK (length(challenge) = 32),
  expires_at timestamptz(3) NOT NULL
);
CREATE INDEX spent_challenge_expired_ix ON spent_challenge (expires_at);
