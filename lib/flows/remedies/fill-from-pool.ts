import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { err, ok } from "@/lib/kernel/result";
import type { Db } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { claimAgain } from "../claim-again";
import { transferStock } from "../transfer-cards";
import { factsOf, isServed, paidOrderOf } from "./order-facts";
import type { Change, ProvenRemedy } from "./remedy";

/** A pool that a waiting order is not sold from, and what of it would serve the order. */
export interface OtherPool {
  readonly poolId: string;
  readonly slug: string;
  readonly name: string;
  readonly variantId: string;
  readonly toPoolId: string;
  readonly toSlug: string;
  readonly toName: string;
  /** Cards on sale there, up to what is needed. */
  readonly there: number;
  /** What the order lacks, and with it what everybody lacks who waits in front of it. */
  readonly lacking: number;
  readonly needed: number;
}

/**
 * The pools of the order's merchant that hold cards which it lacks, and that it would never be served from: neither its own, nor one that its
 * variant falls back to. Counted without locks; the fullest first. None for an order that chose its card: no other will do.
 */
export const listOtherPools = (db: Db, orderId: string): Promise<OtherPool[]> =>
  db.$queryRaw`
    WITH line AS MATERIALIZED (
      SELECT l.variant_id, l.pool_id, v.merchant_id, l.pool_id || (v.pool_id || v.fallback_pool_ids) AS own, o.paid_at, o.id AS order_id,
             l.quantity - (SELECT count(*) FROM card c WHERE c.order_id = o.id AND c.variant_id = l.variant_id AND c.status IN ('reserved', 'delivered')) AS lacking
        FROM orders o JOIN order_line l ON l.order_id = o.id JOIN variant v ON v.id = l.variant_id
       WHERE o.id = ${orderId}::uuid AND o.stock_policy <> 'pick'),
    wanted AS MATERIALIZED (
      SELECT line.*, lacking
             + (SELECT coalesce(sum(l.quantity - (SELECT count(*) FROM card c WHERE c.order_id = o.id AND c.variant_id = l.variant_id AND c.status = 'reserved')), 0)
                  FROM orders o JOIN order_line l ON l.order_id = o.id
                 WHERE o.owed_at IS NOT NULL AND o.disputed_at IS NULL AND o.stock_policy <> 'pick' AND l.variant_id = line.variant_id AND (o.paid_at, o.id) < (line.paid_at, line.order_id))
             + (SELECT count(*) FROM replacement r
                 WHERE r.status = 'waiting' AND r.variant_id = line.variant_id AND r.requested_at < line.paid_at) AS needed
        FROM line WHERE lacking > 0)
    SELECT p.id AS "poolId", p.slug, p.name, w.variant_id AS "variantId", w.pool_id AS "toPoolId", t.slug AS "toSlug", t.name AS "toName",
           s.n AS there, w.lacking::int AS lacking, w.needed::int AS needed
      FROM wanted w JOIN stock_pool t ON t.id = w.pool_id
      JOIN stock_pool p ON p.merchant_id = w.merchant_id AND NOT (p.id = ANY (w.own))
     CROSS JOIN LATERAL (
       SELECT count(*)::int AS n FROM (
         SELECT 1 FROM card c WHERE c.variant_id = w.variant_id AND c.pool_id = p.id AND c.status = 'available' AND c.pick >= 0
            AND (c.expires_at IS NULL OR c.expires_at > clock_timestamp()) LIMIT least(w.needed, ${limits.namedCardsMax}::int)) found) s
     WHERE s.n > 0 ORDER BY s.n DESC, p.name, p.id`;

const FillInput = z.object({ poolId: z.uuid() });
type FillInput = z.output<typeof FillInput>;

const poolOf = async ({ db }: Deps, orderId: string, poolId: string): Promise<OtherPool | undefined> =>
  (await listOtherPools(db, orderId)).find((pool) => pool.poolId === poolId);

/**
 * Lays cards of another pool of the merchant where a paid order waits for them: as many as it lacks and as all lack who wait in front of it, for
 * nobody is overtaken. With both sides in the ledger, by the transfer that merchants make; in the same transaction they go to whom they are owed.
 */
export const fillFromPool: ProvenRemedy<FillInput> = {
  name: "fill_from_pool",
  needsProof: true,
  input: FillInput,
  async look(deps, _asker, finding, { poolId }) {
    const order = await paidOrderOf(deps, finding);
    if (!order.ok) return order;
    const { id, owedAt, email } = order.value;
    const pool = await poolOf(deps, id, poolId);
    if (!pool) return err("no_stock");
    const { slug, name, toSlug, toName, variantId, toPoolId, there, lacking, needed } = pool;
    const isEnough = there >= needed;
    const changes: Change[] = [
      ...(owedAt === null ? [{ what: "put_down_as_owed" }] : []),
      {
        what: "cards_transferred",
        values: { count: there, from_pool: name, from_slug: slug, to_pool: toName, to_slug: toSlug },
      },
      ...(needed > lacking ? [{ what: "cards_for_others", values: { count: Math.min(there, needed - lacking) } }] : []),
      isEnough
        ? { what: "order_delivered", values: { email } }
        : { what: "cards_short", values: { count: needed, there } },
    ];
    return ok({ changes, facts: { order: factsOf(order.value), variantId, toPoolId, there, needed }, money: null });
  },
  async apply(deps, actor, { actId, finding, reason, facts }, { poolId }) {
    const { variantId, toPoolId, there } = facts as Pick<OtherPool, "variantId" | "toPoolId" | "there">;
    const asked = { orderId: finding.orderId ?? "", actorId: actor.userId };
    // In line first: else the cards would be on sale for a moment, and somebody new would have them.
    const inLine = await claimAgain(deps, asked);
    if (!inLine.ok || inLine.value === "delivered") return inLine;
    const moved = await transferStock(deps, actor, {
      moveId: actId,
      reason,
      variantId,
      fromPoolId: poolId,
      toPoolId,
      quantity: there,
    });
    return moved.ok ? claimAgain(deps, asked) : moved;
  },
  isGone: isServed,
};
