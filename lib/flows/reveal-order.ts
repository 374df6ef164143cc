import { type Reveal, type RevealedCard, revealCards } from "@/lib/features/inventory/reveal";
import { ok, type Result } from "@/lib/kernel/result";
import type { Deps } from "@/lib/platform/deps";

/** The secrets of a delivered order, in its own order, each time the same and each time on record. */
export async function revealOrder(
  deps: Deps,
  reveal: Omit<Reveal, "reason">,
): Promise<Result<{ secrets: RevealedCard[] }, "not_delivered">> {
  const cards = await revealCards(deps, { ...reveal, reason: "receipt" });
  if (!cards.ok) return cards;
  deps.log.info("order.revealed", { orderId: reveal.orderId, by: reveal.actor.kind, count: cards.value.length });
  return ok({ secrets: cards.value });
}
