import { lockOrder } from "@/lib/features/orders/store";
import { resolveFinding } from "@/lib/features/reconciliation/findings";
import { cancelWaiting, findReplacement } from "@/lib/features/replacements/store";
import { assert } from "@/lib/kernel/assert";
import type { Tx } from "@/lib/platform/db";

/**
 * Swaps one card, or nothing: picks the next one, withdraws the old one for ever, delivers the new one in its place, and says so in the
 * ledger and the outbox. Counts are checked: what does not add up is rolled back. Returns 0 when no card is there, or nothing waits.
 */
async function swap(tx: Tx, replacementId: string): Promise<number> {
  const [row] = await tx.$queryRaw<[{ swapped: number }]>`
    WITH t AS MATERIALIZED (SELECT date_trunc('milliseconds', clock_timestamp()) AS at),
    asked AS MATERIALIZED (
      SELECT r.* FROM replacement r WHERE r.id = ${replacementId}::uuid AND r.status = 'waiting' FOR NO KEY UPDATE),
    picked AS MATERIALIZED (
      SELECT p.id FROM asked JOIN variant v ON v.id = asked.variant_id
       CROSS JOIN LATERAL unnest(asked.pool_id || (v.pool_id || v.fallback_pool_ids)) WITH ORDINALITY AS f (pool_id, n)
       CROSS JOIN LATERAL (
        SELECT c.id FROM card c
         WHERE c.variant_id = asked.variant_id AND c.pool_id = f.pool_id AND c.status = 'available' AND c.pick >= 0
           AND (c.expires_at IS NULL OR c.expires_at > clock_timestamp())
         ORDER BY c.pick LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED) p
       ORDER BY f.n LIMIT 1),
    pair AS MATERIALIZED (
      SELECT a.id, a.order_id, a.merchant_id, a.old_card_id, p.id AS new_card_id FROM asked a CROSS JOIN picked p),
    burnt AS (
      UPDATE card c SET status = 'withdrawn' FROM pair s
       WHERE c.id = s.old_card_id AND c.order_id = s.order_id AND c.status = 'delivered' RETURNING c.id),
    given AS (
      UPDATE card c SET status = 'delivered', order_id = s.order_id, delivered_at = t.at FROM pair s, t
       WHERE c.id = s.new_card_id AND c.status = 'available' RETURNING c.id),
    changed AS (
      UPDATE orders o SET card_ids = array_replace(o.card_ids, s.old_card_id, s.new_card_id) FROM pair s
       WHERE o.id = s.order_id AND o.status = 'delivered' AND s.old_card_id = ANY (o.card_ids) RETURNING o.id),
    done AS (
      UPDATE replacement r SET status = 'done', new_card_id = s.new_card_id, done_at = t.at FROM pair s, t
       WHERE r.id = s.id AND r.status = 'waiting' RETURNING r.id),
    entries AS (
      INSERT INTO stock_entry (kind, merchant_id, order_id, reference, card_ids, canonical)
      SELECT e.kind, s.merchant_id, s.order_id, s.id::text, ARRAY[e.card_id],
             stock_canonical(e.kind, s.merchant_id, s.order_id, NULL, s.id::text, ARRAY[e.card_id])
        FROM pair s CROSS JOIN LATERAL (VALUES (1, 'withdraw', s.old_card_id), (2, 'replace', s.new_card_id)) AS e (step, kind, card_id)
       ORDER BY e.step),
    posted AS (INSERT INTO outbox (kind, order_id, replacement_id) SELECT 'card.replaced', order_id, id FROM pair)
    SELECT count(*)::int AS swapped FROM pair
    HAVING (count(*), count(*), count(*), count(*))
         = ((SELECT count(*) FROM burnt), (SELECT count(*) FROM given), (SELECT count(*) FROM changed), (SELECT count(*) FROM done))
        OR refuse_statement('replacement changed another number of rows than it decided')`;
  return row.swapped;
}

/**
 * Serves one replacement that waits; the caller has locked the variant's stock. `ran_out`: no card is there, and it goes on waiting.
 * An order whose money is on its way back, or under a dispute, is passed by; of one that was refunded nothing is owed any more.
 */
export async function fillReplacement(
  tx: Tx,
  { id, orderId }: { id: string; orderId: string },
): Promise<"filled" | "ran_out" | "passed"> {
  const order = await lockOrder(tx, orderId);
  assert(order, "orders are never deleted");
  if (order.status === "refunded") await cancelWaiting(tx, id);
  if (order.status !== "delivered" || order.disputedAt !== null) return "passed";
  if ((await swap(tx, id)) === 1) {
    await resolveFinding(tx, { kind: "unfillable_order", subject: id, resolution: "delivered" });
    return "filled";
  }
  return (await findReplacement(tx, id))?.status === "waiting" ? "ran_out" : "passed";
}
