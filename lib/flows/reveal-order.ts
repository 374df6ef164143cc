import { type Reveal, type RevealedCards, revealCards } from "@/lib/features/inventory/reveal";
import { ok, type Result } from "@/lib/kernel/result";
import type { Deps } from "@/lib/platform/deps";

/** The secrets of a delivered order, in its own order, each time the same and each time on record; with those that were replaced. */
export async function revealOrder(
  deps: Deps,
  reveal: Omit<Reveal, "reason">,
): Promise<Result<RevealedCards, "not_delivered" | "busy">> {
  const revealed = await revealCards(deps, { ...reveal, reason: "receipt" });
  if (!revealed.ok) return revealed;
  const { secrets } = revealed.value;
  deps.log.info("order.revealed", { orderId: reveal.orderId, by: reveal.actor.kind, count: secrets.length });
  return ok(revealed.value);
}
