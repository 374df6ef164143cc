import { z } from "zod";
import { err, ok } from "@/lib/kernel/result";
import { expireOrder } from "../expire-orders";
import { releaseDeducted } from "../release-deducted";
import { factsOf, orderOf } from "./order-facts";
import type { PlainRemedy } from "./remedy";

/** Gives back what an order holds that nobody paid for in time: first to orders that are owed, then to everyone. */
export const release: PlainRemedy<object> = {
  name: "release",
  needsProof: false,
  isAutomatic: true,
  input: z.object({}),
  async look(deps, _asker, finding) {
    const order = await orderOf(deps, finding);
    if (!order.ok) return order;
    const { status, isPastDeadline, cardIds } = order.value;
    const isHolding = (status === "pending" && isPastDeadline) || status === "expired";
    if (!isHolding || cardIds.length === 0) return err("nothing_held");
    const closes = status === "pending" ? [{ what: "order_expires" }] : [];
    const changes = [...closes, { what: "cards_released", values: { count: cardIds.length } }, { what: "owed_served" }];
    return ok({ changes, facts: factsOf(order.value), money: null });
  },
  async apply(deps, actor, { finding }) {
    const orderId = finding.orderId ?? "";
    if (await expireOrder(deps, orderId)) return ok("released");
    // What outlives its deadline by the product's own rule is released by a person's word only.
    if (actor === null) return err("nothing_held");
    const released = await releaseDeducted(deps, actor, orderId);
    return released.ok ? ok("released") : err("nothing_held");
  },
  async isGone(tx, { orderId }) {
    const rows = await tx.$queryRaw<unknown[]>`
      SELECT 1 FROM orders WHERE id = ${orderId}::uuid AND status IN ('pending', 'expired', 'cancelled') AND card_ids <> '{}'`;
    return rows.length === 0;
  },
};
