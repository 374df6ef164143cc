import type { Money } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

export interface RefundPolicy {
  /** A second payment waits for a person, or goes back by itself. */
  readonly double: "ask" | "refund";
  /** Late money whose cards are gone is owed its cards, or goes back by itself. */
  readonly noStock: "owe" | "refund";
  /** The most that goes back by itself in a day; what is beyond it, or of another currency, waits for a person. Null: no limit. */
  readonly cap: Money | null;
}

/** The policy in one text: what a form shows, and what must still stand when it is saved. */
export const policyText = ({ double, noStock, cap }: RefundPolicy): string =>
  [double, noStock, cap ? `${cap.amountMinor} ${cap.currency}` : "none"].join("|");

interface SavePolicy extends RefundPolicy {
  readonly merchantId: string;
  /** `policyText` of what was on the form when it was opened; anything else by now, and nothing is saved. */
  readonly seen?: string;
}

/** Sets what a shop does by itself with money that it has no cards for; by an admin, on record. It holds for what is open already. */
export async function saveRefundPolicy(
  deps: Deps,
  viewer: Viewer,
  { merchantId, double, noStock, cap, seen }: SavePolicy,
): Promise<Result<null, "not_allowed" | "not_found" | "conflict">> {
  if (viewer.kind !== "admin") return err("not_allowed");
  return inTransaction<null, "not_found" | "conflict">(deps.db, async (tx) => {
    const [now] = await tx.$queryRaw<{ double: "ask"; noStock: "owe"; minor: bigint | null; currency: "CNY" | null }[]>`
      SELECT double_policy AS double, no_stock_policy AS "noStock", policy_cap_minor AS minor, policy_cap_currency AS currency
        FROM merchant WHERE id = ${merchantId}::uuid FOR NO KEY UPDATE`;
    if (!now) return err("not_found");
    const standing = now.minor !== null && now.currency ? { amountMinor: now.minor, currency: now.currency } : null;
    if (seen !== undefined && seen !== policyText({ ...now, cap: standing })) return err("conflict");
    await tx.$executeRaw`
      UPDATE merchant SET double_policy = ${double}, no_stock_policy = ${noStock}, policy_cap_minor = ${cap?.amountMinor ?? null}::bigint,
             policy_cap_currency = ${cap?.currency ?? null} WHERE id = ${merchantId}::uuid`;
    await recordAudit(tx, {
      actor: viewer,
      action: "merchant.refund_policy_saved",
      subjectKind: "merchant",
      subjectId: merchantId,
      merchantId,
      detail: { double, noStock, capMinor: cap?.amountMinor.toString() ?? null, capCurrency: cap?.currency ?? null },
    });
    return ok(null);
  });
}
