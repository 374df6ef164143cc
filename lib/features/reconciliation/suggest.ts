import { limits } from "@/lib/kernel/limits";
import type { Tx } from "@/lib/platform/db";
import type { FoundDifference } from "./renew-findings";
import { idAt } from "./window";

/** How long before the money an order may have been placed, and how far the clocks may lie apart. */
const BEFORE_MS = 2 * 3_600_000;
const AFTER_MS = 600_000;

/**
 * Money that nothing names may be an order's: of the same account and sum, placed in the two hours before, and not paid. A suggestion and
 * nothing more; it goes into the finding's detail, and no sum alone ever settles an order.
 */
export async function suggestOrders(tx: Tx, found: readonly FoundDifference[]): Promise<FoundDifference[]> {
  const nameless = found
    .filter(({ kind, orderId, detail }) => kind === "gateway_only" && !orderId && typeof detail.occurredAt === "string")
    .slice(0, limits.reconcileSuggestedPerStep);
  if (nameless.length === 0) return [...found];
  const times = nameless.map(({ detail }) => Date.parse(String(detail.occurredAt)));
  const rows = await tx.$queryRaw<{ n: number; ids: string; numbers: string }[]>`
    SELECT f.n::int AS n, string_agg(o.id::text, ',' ORDER BY o.id DESC) AS ids, string_agg(o.number, ', ' ORDER BY o.id DESC) AS numbers
      FROM unnest(${nameless.map(({ accountId }) => accountId ?? "")}::text[], ${nameless.map(({ amountMinor }) => String(amountMinor ?? 0))}::bigint[],
                  ${nameless.map(({ currency }) => currency ?? "")}::text[], ${times.map((at) => idAt(at - BEFORE_MS))}::uuid[],
                  ${times.map((at) => idAt(at + AFTER_MS))}::uuid[]) WITH ORDINALITY AS f (account_id, amount, currency, low, high, n)
     CROSS JOIN LATERAL (
       SELECT o.id, o.number FROM payment_attempt a JOIN orders o ON o.id = a.order_id AND o.settled_payment_id IS NULL
        WHERE a.id >= f.low AND a.id <= f.high AND a.account_id = f.account_id AND a.amount_minor = f.amount AND a.currency = f.currency
        ORDER BY a.id DESC LIMIT 3) o
     GROUP BY f.n`;
  const suggested = new Map(rows.map(({ n, ids, numbers }) => [nameless[n - 1], { ids, numbers }]));
  return found.map((one) => {
    const suggestion = suggested.get(one);
    if (!suggestion) return one;
    return {
      ...one,
      detail: { ...one.detail, suggestedOrderIds: suggestion.ids, suggestedNumbers: suggestion.numbers },
    };
  });
}
