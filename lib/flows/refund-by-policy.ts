import { openAccounts } from "@/lib/features/payments/accounts";
import { sumPolicyRefundsToday } from "@/lib/features/payments/refunds";
import { limits } from "@/lib/kernel/limits";
import type { Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { type PolicyTerms, requestRefund } from "./request-refund";

interface Candidate {
  readonly orderId: string;
  readonly paymentId: string;
  readonly why: "double" | "no_stock";
  readonly merchantId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
}

/** Money of shops that want it given back by itself, and of which no refund was ever asked for. */
const readCandidates = ({ db }: Deps, accountIds: readonly string[]): Promise<Candidate[]> =>
  db.$queryRaw`
    SELECT o.id AS "orderId", p.id AS "paymentId", c.why, o.merchant_id AS "merchantId", p.amount_minor AS "amountMinor", p.currency
      FROM (SELECT f.order_id, f.subject AS payment_id, 'double' AS why, f.opened_at FROM finding f WHERE f.status IN ('open', 'in_work') AND f.kind = 'double_payment'
            UNION ALL
            SELECT f.order_id, NULL, 'no_stock', f.opened_at FROM finding f WHERE f.status IN ('open', 'in_work') AND f.kind = 'owed_order') c
      JOIN orders o ON o.id = c.order_id
      JOIN merchant m ON m.id = o.merchant_id
      JOIN payment p ON p.order_id = o.id AND p.id::text = coalesce(c.payment_id, o.settled_payment_id::text)
     WHERE o.disputed_at IS NULL AND p.account_id = ANY (${[...accountIds]}::text[])
       AND CASE c.why WHEN 'double' THEN m.double_policy = 'refund' ELSE m.no_stock_policy = 'refund' AND o.is_late AND o.owed_at IS NOT NULL AND o.stock_policy <> 'promise' END
       AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.payment_id = p.id)
     ORDER BY c.opened_at LIMIT ${limits.policyRefundsPerRun}::int`;

/**
 * Whether today's limit of the shop has room for it. The shop's row is locked before the order's, so that two processes count one after the
 * other; nobody who holds an order waits for a shop. Money of another currency than the limit's waits for a person.
 */
async function hasRoom(tx: Tx, { merchantId, amountMinor, currency }: Candidate): Promise<boolean> {
  const [cap] = await tx.$queryRaw<{ minor: bigint | null; currency: string | null }[]>`
    SELECT policy_cap_minor AS minor, policy_cap_currency AS currency FROM merchant WHERE id = ${merchantId}::uuid FOR NO KEY UPDATE`;
  if (!cap || cap.minor === null) return true;
  if (cap.currency !== currency) return false;
  return (await sumPolicyRefundsToday(tx, merchantId, currency)) + amountMinor <= cap.minor;
}

const termsOf = (candidate: Candidate): PolicyTerms => ({
  stillTrue: ({ owedAt }) => candidate.why === "double" || owedAt !== null,
  hasRoom: (tx) => hasRoom(tx, candidate),
});

/**
 * Gives back what the shop's policy says is given back without asking anybody: a second payment, and a late one whose cards are
 * gone. By default it says neither: a second payment waits for a person, and a late one is owed its cards. What its gateway cannot
 * give back, and what today's limit has no room for, stays a finding. Safe twice and beside a delivery: whether it still stands so is looked at under the order's lock.
 */
export async function refundByPolicy(deps: Deps): Promise<number> {
  const accounts = [...(await openAccounts(deps)).values()];
  const giving = accounts.filter(({ gateway }) => gateway.refunds !== undefined).map(({ id }) => id);
  const candidates = giving.length > 0 ? await readCandidates(deps, giving) : [];
  let requested = 0;
  for (const candidate of candidates) {
    const { orderId, paymentId, why } = candidate;
    const cmd = {
      orderId,
      paymentId,
      amountMinor: null,
      method: "source",
      requestKey: `policy:${why}`,
      reason: why,
    } as const;
    const refund = await requestRefund(deps, { kind: "system" }, cmd, termsOf(candidate));
    if (refund.ok) requested++;
    else deps.log.info("refund.policy_refused", { orderId, why, refusal: refund.error });
  }
  return requested;
}
