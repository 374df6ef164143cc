import { newId } from "@/lib/kernel/id";
import { MAIN_POOL } from "@/lib/kernel/main-pool";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import type { Tx } from "@/lib/platform/db";

/** Inserts a merchant with its first stock pool and an audit event; a taken address changes nothing. */
export async function insertMerchant(
  tx: Tx,
  viewer: Extract<Viewer, { kind: "admin" }>,
  { name, slug }: { name: string; slug: string },
): Promise<Result<{ merchantId: string }, "slug_taken">> {
  const merchantId = newId();
  const { count } = await tx.merchant.createMany({ data: [{ id: merchantId, name, slug }], skipDuplicates: true });
  if (count === 0) return err("slug_taken");
  await tx.stockPool.create({ data: { id: newId(), merchantId, ...MAIN_POOL } });
  await recordAudit(tx, {
    actor: viewer,
    action: "merchant.created",
    subjectKind: "merchant",
    subjectId: merchantId,
    merchantId,
    detail: { slug },
  });
  return ok({ merchantId });
}
