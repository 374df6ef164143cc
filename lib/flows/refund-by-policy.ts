import { openAccounts } from "@/lib/features/payments/accounts";
import { limits } from "@/lib/kernel/limits";
import type { Deps } from "@/lib/platform/deps";
import { requestRefund } from "./request-refund";

interface Candidate {
  readonly orderId: string;
  readonly paymentId: string;
  readonly why: "double" | "no_stock";
}

/** Money of shops that want it given back by itself, and of which no refund was ever asked for. */
const readCandidates = ({ db }: Deps, accountIds: readonly string[]): Promise<Candidate[]> =>
  db.$queryRaw`
    SELECT o.id AS "orderId", p.id AS "paymentId", c.why
      FROM (SELECT f.order_id, f.subject AS payment_id, 'double' AS why, f.opened_at FROM finding f WHERE f.status = 'open' AND f.kind = 'double_payment'
            UNION ALL
            SELECT f.order_id, NULL, 'no_stock', f.opened_at FROM finding f WHERE f.status = 'open' AND f.kind = 'owed_order') c
      JOIN orders o ON o.id = c.order_id
      JOIN merchant m ON m.id = o.merchant_id
      JOIN payment p ON p.order_id = o.id AND p.id::text = coalesce(c.payment_id, o.settled_payment_id::text)
     WHERE o.disputed_at IS NULL AND p.account_id = ANY (${[...accountIds]}::text[])
       AND CASE c.why WHEN 'double' THEN m.double_policy = 'refund' ELSE m.no_stock_policy = 'refund' AND o.is_late AND o.owed_at IS NOT NULL END
       AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.payment_id = p.id)
     ORDER BY c.opened_at LIMIT ${limits.policyRefundsPerRun}::int`;

/**
 * Gives back what the shop's policy says is given back without asking anybody: a second payment, and a late one whose cards are
 * gone. By default it says neither: a second payment waits for a person, and a late one is owed its cards. What its gateway cannot
 * give back stays a finding. Safe twice and beside a delivery: whether it still stands so is looked at under the order's lock.
 */
export async function refundByPolicy(deps: Deps): Promise<number> {
  const accounts = [...(await openAccounts(deps)).values()];
  const giving = accounts.filter(({ gateway }) => gateway.refunds !== undefined).map(({ id }) => id);
  const candidates = giving.length > 0 ? await readCandidates(deps, giving) : [];
  let requested = 0;
  for (const { orderId, paymentId, why } of candidates) {
    const cmd = {
      orderId,
      paymentId,
      amountMinor: null,
      method: "source",
      requestKey: `policy:${why}`,
      reason: why,
    } as const;
    const isDue = why === "double" ? () => true : ({ owedAt }: { owedAt: Date | null }) => owedAt !== null;
    const refund = await requestRefund(deps, { kind: "system" }, cmd, isDue);
    if (refund.ok) requested++;
    else deps.log.info("refund.policy_refused", { orderId, why, refusal: refund.error });
  }
  return requested;
}
