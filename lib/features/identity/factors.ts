import { err, ok, type Result } from "@/lib/kernel/result";
import { Secret } from "@/lib/kernel/secret";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { factorAad, unwrap } from "@/lib/platform/crypto";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { forgetFactorAttempts, takeFactorAttempt } from "./factor-attempts";
import { spendRecoveryCode } from "./recovery-codes";
import { findTimeStep } from "./totp";

/** wrong_code: not the code of now, or one that was used before; the two are not told apart · rate_limited: tried too often. */
export type FactorRefusal = "wrong_code" | "rate_limited";

interface FactorRow {
  readonly secret: Uint8Array;
  readonly isConfirmed: boolean;
  /** By the database's clock: several machines agree about it. */
  readonly now: number;
}

async function findFactorRow(tx: Tx, userId: string): Promise<FactorRow | null> {
  const [row] = await tx.$queryRaw<FactorRow[]>`
    SELECT secret, confirmed_at IS NOT NULL AS "isConfirmed", extract(epoch FROM clock_timestamp())::float8 AS now
      FROM user_factor WHERE user_id = ${userId}::uuid`;
  return row ?? null;
}

const openSecret = ({ keys }: Pick<Deps, "keys">, userId: string, sealed: Uint8Array): Secret =>
  new Secret(unwrap(keys, sealed, factorAad(userId)).toString("utf8"));

/** The secret that an authenticator is still to be given, for the page that shows it; null once it is in use. */
export async function findPendingSecret(deps: Pick<Deps, "db" | "keys">, userId: string): Promise<Secret | null> {
  const row = await findFactorRow(deps.db, userId);
  return row && !row.isConfirmed ? openSecret(deps, userId, row.secret) : null;
}

/** What a person has beside the password. */
export interface FactorView {
  readonly confirmedAt: Date | null;
  readonly codesLeft: number;
}

/** Whether somebody uses a factor, since when, and how many recovery codes are left. */
export async function viewFactor({ db }: Pick<Deps, "db">, userId: string): Promise<FactorView> {
  const [factor, codesLeft] = await Promise.all([
    db.userFactor.findUnique({ where: { userId }, select: { confirmedAt: true } }),
    db.recoveryCode.count({ where: { userId, usedAt: null } }),
  ]);
  return { confirmedAt: factor?.confirmedAt ?? null, codesLeft };
}

async function spendTotp(deps: Deps, tx: Tx, { userId, code }: { userId: string; code: string }): Promise<boolean> {
  const row = await findFactorRow(tx, userId);
  if (!row?.isConfirmed) return false;
  const step = findTimeStep(openSecret(deps, userId, row.secret), code, row.now);
  if (step === null) return false;
  const spent = await tx.$executeRaw`
    UPDATE user_factor SET last_step = ${step}::bigint
     WHERE user_id = ${userId}::uuid AND confirmed_at IS NOT NULL AND last_step < ${step}::bigint`;
  return spent === 1;
}

/**
 * Spends a code of the person's authenticator, or one of the recovery codes: each is good once, also for two who send it in the
 * same moment, and misses are counted before the code is looked at. `spent` runs in the transaction that spends it.
 */
export async function proveFactor<T>(
  deps: Deps,
  { viewer, code }: { viewer: Viewer; code: Secret },
  spent: (tx: Tx) => Promise<T>,
): Promise<Result<T, FactorRefusal>> {
  const { userId } = viewer;
  const taken = await takeFactorAttempt(deps, userId);
  if (!taken.ok) return taken;
  const typed = code.reveal().replaceAll(/\s/g, "");
  const isTotp = /^\d{6}$/.test(typed);
  const result = await inTransaction<T, FactorRefusal>(deps.db, async (tx) => {
    const isRight = isTotp
      ? await spendTotp(deps, tx, { userId, code: typed })
      : await spendRecoveryCode(tx, deps.keys, { userId, code: typed });
    if (!isRight) return err("wrong_code");
    if (!isTotp) await recordUsedCode(tx, viewer);
    return ok(await spent(tx));
  });
  if (result.ok) await forgetFactorAttempts(deps, userId);
  else deps.log.info("factor.refused", { userId });
  return result;
}

async function recordUsedCode(tx: Tx, viewer: Viewer): Promise<void> {
  const left = await tx.recoveryCode.count({ where: { userId: viewer.userId, usedAt: null } });
  await recordAudit(tx, {
    actor: viewer,
    action: "user.recovery_code_used",
    subjectKind: "user",
    subjectId: viewer.userId,
    merchantId: viewer.kind === "merchant" ? viewer.merchantId : null,
    detail: { left },
  });
}

/**
 * Takes into use the secret that was shown: the code proves that an authenticator holds it. `confirmed` runs in the same
 * transaction. `not_pending`: none was shown, or it is in use.
 */
export async function confirmFactor<T>(
  deps: Deps,
  { userId, code }: { userId: string; code: Secret },
  confirmed: (tx: Tx) => Promise<T>,
): Promise<Result<T, FactorRefusal | "not_pending">> {
  const taken = await takeFactorAttempt(deps, userId);
  if (!taken.ok) return taken;
  const result = await inTransaction<T, FactorRefusal | "not_pending">(deps.db, async (tx) => {
    const row = await findFactorRow(tx, userId);
    if (!row || row.isConfirmed) return err("not_pending");
    const step = findTimeStep(openSecret(deps, userId, row.secret), code.reveal().replaceAll(/\s/g, ""), row.now);
    if (step === null) return err("wrong_code");
    // The secret that was looked at, and no newer one that another tab was shown in between.
    const count = await tx.$executeRaw`
      UPDATE user_factor SET confirmed_at = clock_timestamp(), last_step = ${step}::bigint
       WHERE user_id = ${userId}::uuid AND confirmed_at IS NULL AND secret = ${Buffer.from(row.secret)}::bytea`;
    return count === 1 ? ok(await confirmed(tx)) : err("not_pending");
  });
  if (result.ok) await forgetFactorAttempts(deps, userId);
  return result;
}
