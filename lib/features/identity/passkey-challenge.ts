import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { limits } from "@/lib/kernel/limits";
import type { Keys } from "@/lib/platform/crypto";
import type { Db, Tx } from "@/lib/platform/db";

/**
 * What a challenge was asked for: signing in by nobody known yet, the factor after a password, one more proof in an open session, or
 * a new key. The last three are bound to their session: in another one they are worth nothing.
 */
export type ChallengeUse =
  | { readonly purpose: "sign_in" }
  | { readonly purpose: "factor" | "step_up" | "add"; readonly sessionId: string };

const RANDOM_BYTES = 12;
const HEAD_BYTES = 4 + RANDOM_BYTES;
const CHALLENGE_BYTES = 32;

/** The time until when it is good, randomness, and sixteen bytes that only this shop can make of them and their use. */
function seal({ challenge: key }: Pick<Keys, "challenge">, head: Buffer, use: ChallengeUse): Buffer {
  const bound = "sessionId" in use ? use.sessionId : "";
  const mac = createHmac("sha256", key).update(`${use.purpose}|${bound}|`).update(head).digest();
  return Buffer.concat([head, mac.subarray(0, CHALLENGE_BYTES - HEAD_BYTES)]);
}

/** A challenge for one use, good for minutes by the database's clock. Nothing is kept of it: who asks and asks leaves no rows. */
export async function mintChallenge(db: Db, keys: Pick<Keys, "challenge">, use: ChallengeUse): Promise<Buffer> {
  const [row] = await db.$queryRaw<{ until: number }[]>`
    SELECT floor(extract(epoch FROM clock_timestamp()))::float8 + ${limits.passkeyChallengeSeconds}::int AS until`;
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(row!.until);
  randomBytes(RANDOM_BYTES).copy(head, 4);
  return seal(keys, head, use);
}

/** Whether a challenge is one of ours for this use; whether its time is over, or it was answered before, tells `spendChallenge`. */
export function isOurChallenge(keys: Pick<Keys, "challenge">, challenge: Buffer, use: ChallengeUse): boolean {
  if (challenge.length !== CHALLENGE_BYTES) return false;
  return timingSafeEqual(challenge, seal(keys, challenge.subarray(0, HEAD_BYTES), use));
}

/** Spends a challenge, and says whether it was there to be spent: of two who send the same answer, one hears yes. */
export async function spendChallenge(tx: Tx, challenge: Buffer): Promise<boolean> {
  await tx.$executeRaw`
    DELETE FROM spent_challenge WHERE challenge IN (
      SELECT challenge FROM spent_challenge WHERE expires_at < clock_timestamp() - interval '1 minute'
       ORDER BY expires_at LIMIT ${limits.spentChallengesClearedPerUse}::int FOR UPDATE SKIP LOCKED)`;
  const until = challenge.readUInt32BE();
  const spent = await tx.$executeRaw`
    INSERT INTO spent_challenge (challenge, expires_at)
    SELECT ${challenge}::bytea, to_timestamp(${until}::float8) WHERE to_timestamp(${until}::float8) > clock_timestamp()
    ON CONFLICT (challenge) DO NOTHING`;
  return spent === 1;
}
