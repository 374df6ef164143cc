import { createHmac } from "node:crypto";
import { randomText } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { Secret } from "@/lib/kernel/secret";
import type { Keys } from "@/lib/platform/crypto";
import type { Tx } from "@/lib/platform/db";

/** One spelling per code: people write small letters, leave dashes out and take O for 0, which this alphabet has not. */
const normalize = (code: string): string =>
  code
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, "")
    .replaceAll("O", "0")
    .replaceAll(/[IL]/g, "1");

/** Under a key that the database does not have, and the person's own: equal codes of two people are not alike. */
const hashOf = (keys: Keys, userId: string, code: string): Buffer =>
  createHmac("sha256", keys.requestHash)
    .update(`recovery|${userId}|${normalize(code)}`)
    .digest();

/** Replaces all codes of a person by new ones, fifty random bits each, which exist in this answer and nowhere else. */
export async function replaceRecoveryCodes(tx: Tx, keys: Keys, userId: string): Promise<readonly Secret[]> {
  const codes = Array.from({ length: limits.recoveryCodes }, () => {
    const text = randomText(limits.recoveryCodeLetters);
    return `${text.slice(0, 5)}-${text.slice(5)}`;
  });
  await tx.recoveryCode.deleteMany({ where: { userId } });
  await tx.recoveryCode.createMany({
    data: codes.map((code) => ({ userId, codeHash: new Uint8Array(hashOf(keys, userId, code)) })),
  });
  return codes.map((code) => new Secret(code));
}

/** Spends a code, and says whether it was there to be spent: of two who send the same one, one hears yes. */
export async function spendRecoveryCode(tx: Tx, keys: Keys, { userId, code }: { userId: string; code: string }) {
  const spent = await tx.$executeRaw`
    UPDATE recovery_code SET used_at = clock_timestamp()
     WHERE user_id = ${userId}::uuid AND code_hash = ${hashOf(keys, userId, code)}::bytea AND used_at IS NULL
       AND EXISTS (SELECT 1 FROM user_factor f WHERE f.user_id = recovery_code.user_id AND f.confirmed_at IS NOT NULL)`;
  return spent === 1;
}
