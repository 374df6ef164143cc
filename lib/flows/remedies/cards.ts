import { z } from "zod";
import { type FindingCard, type FindingHead, readFindingCards } from "@/lib/features/reconciliation/find-finding";
import { REPLACEMENT_REASONS } from "@/lib/features/replacements/rules";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Deps } from "@/lib/platform/deps";
import { moveCards } from "../move-cards";
import { replaceCard } from "../replace-card";
import { factsOf, orderOf } from "./order-facts";
import type { Change, ProvenRemedy } from "./remedy";

const WithdrawInput = z.object({ cardId: z.uuid() });
type WithdrawInput = z.output<typeof WithdrawInput>;

async function cardOf(
  { db }: Deps,
  finding: FindingHead,
  isWanted: (card: FindingCard) => boolean,
): Promise<Result<FindingCard, "no_card">> {
  const card = (await readFindingCards(db, finding)).find(isWanted);
  return card ? ok(card) : err("no_card");
}

/** Takes a card that nobody has bought out of the stock for ever. */
export const withdrawCard: ProvenRemedy<WithdrawInput> = {
  name: "withdraw_card",
  needsProof: true,
  input: WithdrawInput,
  async look(deps, _asker, finding, { cardId }) {
    const card = await cardOf(deps, finding, ({ id }) => id === cardId);
    if (!card.ok) return card;
    const { status, sku, id } = card.value;
    if (status !== "available" && status !== "quarantined") return err("card_is_bought");
    const changes = [{ what: "card_withdrawn", values: { sku, tail: id.slice(-6) } }];
    return ok({ changes, facts: [id, status], money: null });
  },
  async apply(deps, actor, { actId, reason }, { cardId }) {
    const moved = await moveCards(deps, actor, { moveId: actId, kind: "withdraw", reason, cardIds: [cardId] });
    if (!moved.ok) return moved;
    return moved.value.moved === 1 ? ok("card_withdrawn") : err("card_is_bought");
  },
  isGone: async () => false,
};

const ReplaceInput = z.object({
  position: z.coerce.number().int().min(1).max(5_000),
  why: z.enum(REPLACEMENT_REASONS).default("other"),
});
type ReplaceInput = z.output<typeof ReplaceInput>;

const countReplacements = ({ db }: Deps, orderId: string): Promise<number> =>
  db.replacement.count({ where: { orderId } });

/** Swaps a card of a delivered order for another one of its kind, whatever its warranty says; the old one is withdrawn. */
export const replaceOne: ProvenRemedy<ReplaceInput> = {
  name: "replace_card",
  needsProof: true,
  input: ReplaceInput,
  async look(deps, _asker, finding, { position }) {
    const order = await orderOf(deps, finding);
    if (!order.ok) return order;
    if (order.value.status !== "delivered") return err("not_delivered");
    if (order.value.disputedAt !== null) return err("disputed");
    const card = await cardOf(deps, finding, (one) => one.position === position);
    if (!card.ok) return card;
    const { id, sku } = card.value;
    const seen = await countReplacements(deps, order.value.id);
    const changes: Change[] = [
      { what: "card_replaced", values: { position, sku, tail: id.slice(-6) } },
      { what: "buyer_mailed", values: { email: order.value.email } },
    ];
    return ok({ changes, facts: { order: factsOf(order.value), seen }, money: null });
  },
  async apply(deps, actor, { actId, finding, reason, facts }, { position, why }) {
    const { seen } = facts as { seen: number };
    const replaced = await replaceCard(deps, actor, {
      replacementId: actId,
      orderId: finding.orderId ?? "",
      position,
      reason: why,
      note: reason,
      seen,
      isGoodwill: true,
    });
    return replaced.ok ? ok(replaced.value.status === "done" ? "card_replaced" : "replacement_waits") : replaced;
  },
  isGone: async () => false,
};
