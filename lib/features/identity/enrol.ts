import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Secret } from "@/lib/kernel/secret";
import type { Proven, Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { factorAad, wrap } from "@/lib/platform/crypto";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { confirmFactor, type FactorRefusal, proveFactor } from "./factors";
import { replaceRecoveryCodes } from "./recovery-codes";
import { markProved, revokeSessions } from "./sessions";
import { newTotpSecret } from "./totp";

type Admin = Extract<Viewer, { kind: "admin" }>;

const recordChange = (
  tx: Tx,
  viewer: Viewer,
  { action, detail = {} }: { action: string; detail?: Record<string, string | number> },
): Promise<void> =>
  recordAudit(tx, {
    actor: viewer,
    action,
    subjectKind: "user",
    subjectId: viewer.userId,
    merchantId: viewer.kind === "merchant" ? viewer.merchantId : null,
    detail,
  });

/**
 * Makes the secret that the next page shows; asked for again, a new one takes its place. It is worth nothing until a code of it
 * was shown, and one that is in use stays. Whoever finds a session open cannot make it theirs: the password was shown just now.
 */
export async function startEnrolment(deps: Deps, viewer: Proven): Promise<Result<null, "already_enrolled">> {
  const { userId } = viewer;
  const { sealed, keyId } = wrap(deps.keys, Buffer.from(newTotpSecret().reveal()), factorAad(userId));
  const count = await deps.db.$executeRaw`
    INSERT INTO user_factor (user_id, secret, key_id) VALUES (${userId}::uuid, ${sealed}::bytea, ${keyId})
    ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, key_id = excluded.key_id, created_at = clock_timestamp()
     WHERE user_factor.confirmed_at IS NULL`;
  return count === 1 ? ok(null) : err("already_enrolled");
}

/**
 * Takes the factor into use and answers the recovery codes, this once. The person's other sessions end, because they were opened
 * by a password alone; this one has just been proved.
 */
export function finishEnrolment(
  deps: Deps,
  { viewer, sessionId, code }: { viewer: Viewer; sessionId: string; code: Secret },
): Promise<Result<readonly Secret[], FactorRefusal | "not_pending">> {
  return confirmFactor(deps, { userId: viewer.userId, code }, async (tx) => {
    const codes = await replaceRecoveryCodes(tx, deps.keys, viewer.userId);
    const sessionsRevoked = await revokeSessions(tx, { userId: viewer.userId, except: sessionId });
    await markProved(tx, { userId: viewer.userId, sessionId });
    await recordChange(tx, viewer, { action: "user.factor_enabled", detail: { sessionsRevoked } });
    return codes;
  });
}

/** New recovery codes for whoever shows the factor; the old ones are worth nothing from then on. */
export function renewRecoveryCodes(
  deps: Deps,
  viewer: Viewer,
  code: Secret,
): Promise<Result<readonly Secret[], FactorRefusal>> {
  return proveFactor(deps, { viewer, code }, async (tx) => {
    const codes = await replaceRecoveryCodes(tx, deps.keys, viewer.userId);
    await recordChange(tx, viewer, { action: "user.recovery_codes_renewed" });
    return codes;
  });
}

async function removeFactor(tx: Tx, userId: string): Promise<number> {
  // First, because a key that is just being added holds its row: what comes in before this has it goes out with the rest.
  const { count } = await tx.userFactor.deleteMany({ where: { userId } });
  await tx.recoveryCode.deleteMany({ where: { userId } });
  await tx.passkey.deleteMany({ where: { userId } });
  return count;
}

/** Puts the factor out of use for whoever shows it once more; their passkeys go with it. */
export function disableFactor(deps: Deps, viewer: Viewer, code: Secret): Promise<Result<null, FactorRefusal>> {
  return proveFactor(deps, { viewer, code }, async (tx) => {
    await removeFactor(tx, viewer.userId);
    await recordChange(tx, viewer, { action: "user.factor_disabled" });
    return null;
  });
}

/**
 * Takes the factor from somebody who lost it, for a reason that stays on record; all their sessions end, and the password alone
 * lets them in again. Nobody resets their own: that is what recovery codes are for.
 */
export function resetFactor(
  deps: Deps,
  admin: Proven<Admin>,
  { userId, reason }: { userId: string; reason: string },
): Promise<Result<null, "not_found" | "own_account" | "not_enrolled">> {
  if (userId === admin.userId) return Promise.resolve(err("own_account"));
  return inTransaction<null, "not_found" | "own_account" | "not_enrolled">(deps.db, async (tx) => {
    const user = await tx.appUser.findUnique({ where: { id: userId }, select: { merchantId: true } });
    if (!user) return err("not_found");
    if ((await removeFactor(tx, userId)) === 0) return err("not_enrolled");
    const sessionsRevoked = await revokeSessions(tx, { userId, except: null });
    await recordAudit(tx, {
      actor: admin,
      action: "user.factor_reset",
      subjectKind: "user",
      subjectId: userId,
      merchantId: user.merchantId,
      detail: { reason: reason.slice(0, limits.resetReasonMax), sessionsRevoked },
    });
    return ok(null);
  });
}
