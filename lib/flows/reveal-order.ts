import {
  type ReplacedCard,
  type Reveal,
  type RevealedCard,
  revealCards,
  revealReplaced,
} from "@/lib/features/inventory/reveal";
import { ok, type Result } from "@/lib/kernel/result";
import type { Deps } from "@/lib/platform/deps";

export interface RevealedOrder {
  readonly secrets: RevealedCard[];
  /** What stood in their places before, where a bad card was replaced. */
  readonly replaced: ReplacedCard[];
}

/** The secrets of a delivered order, in its own order, each time the same and each time on record; with those that were replaced. */
export async function revealOrder(
  deps: Deps,
  reveal: Omit<Reveal, "reason">,
): Promise<Result<RevealedOrder, "not_delivered">> {
  const asked = { ...reveal, reason: "receipt" };
  const cards = await revealCards(deps, asked);
  if (!cards.ok) return cards;
  const replaced = await revealReplaced(deps, asked);
  deps.log.info("order.revealed", { orderId: reveal.orderId, by: reveal.actor.kind, count: cards.value.length });
  return ok({ secrets: cards.value, replaced });
}
