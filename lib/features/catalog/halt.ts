import type { Actor } from "@/lib/kernel/actor";
import { recordAudit } from "@/lib/platform/audit-event";
import type { Tx } from "@/lib/platform/db";

/** How the reason of a halt begins that the audit has put there, so that lifting it never lifts one that a person has put. */
const BY_AUDIT = "invariant ";

export const auditHaltReason = (invariant: string, name: string): string => `${BY_AUDIT}${invariant} ${name}`;

type Staff = Exclude<Actor, { kind: "buyer" }>;

/**
 * Takes a product off sale at once; one that is halted already stays as it is. The versions of its variants rise with it, so
 * that an order which was priced a moment ago is refused too. Returns whether it changed anything.
 */
export async function haltForAudit(
  tx: Tx,
  { productId, reason }: { productId: string; reason: string },
): Promise<boolean> {
  const rows = await tx.$queryRaw<{ merchantId: string }[]>`
    UPDATE product SET halted_at = clock_timestamp(), halted_reason = ${reason}
     WHERE id = ${productId}::uuid AND halted_at IS NULL RETURNING merchant_id AS "merchantId"`;
  if (!rows[0]) return false;
  await recordAudit(tx, {
    actor: { kind: "system" },
    action: "product.halted",
    subjectKind: "product",
    subjectId: productId,
    merchantId: rows[0].merchantId,
    detail: { reason },
  });
  return true;
}

/** Puts a product back on sale that the audit has halted. Returns false for one that a person has halted, or nobody. */
export async function liftAuditHalt(
  tx: Tx,
  { productId, actor, reason }: { productId: string; actor: Staff; reason: string },
): Promise<boolean> {
  const rows = await tx.$queryRaw<{ merchantId: string }[]>`
    UPDATE product SET halted_at = NULL, halted_reason = NULL
     WHERE id = ${productId}::uuid AND halted_reason LIKE ${`${BY_AUDIT}%`} RETURNING merchant_id AS "merchantId"`;
  if (!rows[0]) return false;
  await recordAudit(tx, {
    actor,
    action: "product.resumed",
    subjectKind: "product",
    subjectId: productId,
    merchantId: rows[0].merchantId,
    detail: { reason },
  });
  return true;
}
