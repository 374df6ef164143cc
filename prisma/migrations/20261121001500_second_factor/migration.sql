-- A second factor for people who sign in, and how fresh the last proof of it is. New tables and columns with constant
-- defaults: nothing is rewritten, and code that knows nothing of them goes on as before.
SET lock_timeout = '5s';

-- An authenticator's secret, AES-256-GCM under the master key; AAD is the person's id. Not in use until it is confirmed.
CREATE TABLE user_factor (
  user_id uuid PRIMARY KEY REFERENCES app_user (id),
  secret bytea NOT NULL CHECK (length(secret) > 28),
  key_id text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  confirmed_at timestamptz(3),
  -- The time step of the last code that was taken: it and all before it are spent.
  last_step bigint NOT NULL DEFAULT 0
);
CREATE FUNCTION refuse_spent_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a time step that was spent comes back' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER user_factor_steps BEFORE UPDATE ON user_factor FOR EACH ROW
  WHEN (OLD.confirmed_at IS NOT NULL AND (NEW.last_step < OLD.last_step OR NEW.confirmed_at IS NULL))
  EXECUTE FUNCTION refuse_spent_step();

-- Codes for the day the authenticator is lost, each for one use; only keyed hashes are kept.
CREATE TABLE recovery_code (
  user_id uuid NOT NULL REFERENCES app_user (id),
  code_hash bytea NOT NULL CHECK (length(code_hash) = 32),
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  used_at timestamptz(3),
  PRIMARY KEY (user_id, code_hash)
);

ALTER TABLE session
  -- The password was right and the factor is still to be shown: such a session opens nothing.
  ADD COLUMN awaits_factor boolean NOT NULL DEFAULT false,
  -- When the person last showed the factor, or the password where there is no factor.
  ADD COLUMN proved_at timestamptz(3);
