import { z } from "zod";
import { placesOfLines } from "@/lib/features/inventory/pools";
import { countAvailable } from "@/lib/features/inventory/store";
import { type OrderState, readLines } from "@/lib/features/orders/store";
import { findChosen } from "@/lib/features/previews/store";
import { err, ok } from "@/lib/kernel/result";
import type { Db } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { claimAgain } from "../claim-again";
import { factsOf, isServed, paidOrderOf } from "./order-facts";
import type { Change, PlainRemedy } from "./remedy";

/** Of each line: how many cards it lacks, and how many are there by now. */
async function linesOf(
  { db }: Deps,
  { id: orderId, stockPolicy }: OrderState,
): Promise<{ lacking: number; there: number }> {
  let [lacking, there] = [0, 0];
  for (const line of await readLines(db, orderId)) {
    const [bound] = await db.$queryRaw<[{ n: number }]>`
      SELECT count(*)::int AS n FROM card WHERE order_id = ${orderId}::uuid AND variant_id = ${line.variantId}::uuid AND status IN ('reserved', 'delivered')`;
    const wanted = Math.max(0, line.quantity - bound.n);
    lacking += wanted;
    // Its own pool, and those that its variant falls back to.
    let free = 0;
    if (stockPolicy === "pick") free = await countChosen(db, orderId);
    else for (const place of await placesOfLines(db, [line])) free += await countAvailable(db, place, wanted);
    there += Math.min(wanted, free);
  }
  return { lacking, there };
}

/** Of an order that chose its card, this one alone counts. */
async function countChosen(db: Db, orderId: string): Promise<number> {
  const chosen = await findChosen(db, orderId);
  return chosen ? db.card.count({ where: { id: chosen.cardId, status: "available" } }) : 0;
}

/** How many paid orders of the same goods wait in front of it. */
async function countBefore({ db }: Deps, orderId: string): Promise<number> {
  const [row] = await db.$queryRaw<[{ n: number }]>`
    SELECT count(DISTINCT o.id)::int AS n
      FROM orders me JOIN order_line mine ON mine.order_id = me.id
      JOIN orders o ON o.owed_at IS NOT NULL AND o.disputed_at IS NULL AND (o.paid_at, o.id) < (me.paid_at, me.id)
      JOIN order_line l ON l.order_id = o.id AND l.variant_id = mine.variant_id AND l.pool_id = mine.pool_id
     WHERE me.id = ${orderId}::uuid`;
  return row.n;
}

/** Delivers a paid order now, with whatever stock there is, behind whoever paid before it; one that lost its place gets it back. */
export const deliver: PlainRemedy<object> = {
  name: "deliver",
  needsProof: false,
  isAutomatic: true,
  input: z.object({}),
  async look(deps, _asker, finding) {
    const order = await paidOrderOf(deps, finding);
    if (!order.ok) return order;
    const { owedAt, email, stockPolicy } = order.value;
    const { lacking, there } = await linesOf(deps, order.value);
    if (owedAt !== null && there === 0 && lacking > 0)
      return err(stockPolicy === "pick" ? "chosen_card_gone" : "no_stock");
    const before = await countBefore(deps, order.value.id);
    const changes: Change[] = [
      ...(owedAt === null ? [{ what: "put_down_as_owed" }] : []),
      ...(before > 0 ? [{ what: "others_first", values: { count: before } }] : []),
      lacking === there
        ? { what: "cards_bound", values: { count: lacking } }
        : { what: "cards_lacking", values: { count: lacking, there } },
      ...(lacking === there && before === 0 ? [{ what: "order_delivered", values: { email } }] : []),
    ];
    return ok({ changes, facts: factsOf(order.value), money: null });
  },
  apply: (deps, actor, { finding }) =>
    claimAgain(deps, { orderId: finding.orderId ?? "", actorId: actor?.userId ?? null }),
  isGone: isServed,
};
