import { findOrderStory } from "@/lib/features/orders/story";
import { tellOrder } from "@/lib/features/orders/tell-order";
import { findOrderView } from "@/lib/features/orders/view";
import { cancelOrder } from "@/lib/flows/cancel-order";
import { expireOrders } from "@/lib/flows/expire-orders";
import { fillOwedOrders } from "@/lib/flows/fill-owed-orders";
import { listOtherPools } from "@/lib/flows/remedies/fill-from-pool";
import { replaceCard } from "@/lib/flows/replace-card";
import { setPreview } from "@/lib/flows/set-preview";
import { transferStock } from "@/lib/flows/transfer-cards";
import { waiveChoice } from "@/lib/flows/waive-choice";
import { newId } from "@/lib/kernel/id";
import { choosing, offer } from "@/tests/support/previews";
import { describe, expect, test } from "@/tests/support/test";
import { admin, lapsed, listed, ownerOf, place, shop, stateOf, useChosenScene } from "./chosen-scene";

useChosenScene();

describe("a chosen card when its buyer is late, or it is bad", () => {
  test("does not go to who is owed a card, to a replacement, to another pool by number, nor to a person's remedy", async () => {
    const stocked = await shop.stock({ cards: 3 });
    const good = await shop.place(stocked.variantId);
    await shop.pay(good);
    const late = await shop.place(stocked.variantId);
    await shop.lapse(late.id, 40);
    await expireOrders(shop.deps);
    const [first, second] = await offer(shop, stocked, 2);
    await shop.pay(late);
    expect((await stateOf(late.id)).state).toBe("paid owed");
    expect(await fillOwedOrders(shop.deps)).toBe(0);
    expect(await listOtherPools(shop.deps.db, late.id)).toEqual([]);
    const words = { orderId: good.id, position: 1, reason: "invalid", note: "", seen: 0, isGoodwill: true } as const;
    expect(await replaceCard(shop.deps, admin, { ...words, replacementId: newId() })).toEqual({
      ok: true,
      value: { status: "waiting" },
    });
    const { variantId, merchantId, poolId: fromPoolId } = stocked;
    const toPoolId = newId();
    await shop.deps.db.stockPool.create({ data: { id: toPoolId, merchantId, slug: `p-${toPoolId}`, name: "Other" } });
    const wish = { moveId: newId(), variantId, fromPoolId, toPoolId, quantity: 2, reason: "all there is" };
    expect(await transferStock(shop.deps, ownerOf(stocked), wish)).toEqual({ ok: true, value: { moved: 0, left: 2 } });
    // What nobody need choose any more goes first of all to who is owed a card.
    const cleared = { cardId: first?.cardId ?? "", preview: "", extra: "" };
    expect(await setPreview(shop.deps, ownerOf(stocked), cleared)).toEqual({ ok: true, value: null });
    expect(await stateOf(late.id)).toEqual({ state: "delivered paid_late", cardIds: [first?.cardId] });
    expect(await listed(stocked)).toEqual(["No. 2"]);
    expect(second).toBeDefined();
  });

  test("late money finds it still there, and delivers that very card", async () => {
    const stocked = await shop.stock({ cards: 3 });
    const [choice] = await offer(shop, stocked, 1);
    const order = await lapsed(stocked, choice);
    expect(await listed(stocked)).toEqual(["No. 1"]);
    expect(await shop.pay(order)).toBe("success");
    expect(await stateOf(order.id)).toEqual({ state: "delivered paid_late", cardIds: [choice?.cardId] });
  });

  test("late money finds it sold: the order waits for a person, whatever stock there is, and who is behind it is served", async () => {
    const stocked = await shop.stock({ cards: 3 });
    const [choice] = await offer(shop, stocked, 1);
    const order = await lapsed(stocked, choice);
    await shop.pay(await shop.place(stocked.variantId, choosing(choice)));
    expect(await shop.pay(order)).toBe("success");
    await shop.restock(stocked, 2);
    await fillOwedOrders(shop.deps);
    // Notices come twice: neither does the second one find it another card.
    expect(await shop.pay(order)).toBe("success");
    expect(await stateOf(order.id)).toEqual({ state: "paid owed", cardIds: [] });
    const [finding] = await shop.deps.db.finding.findMany({ where: { orderId: order.id } });
    expect(finding).toMatchObject({ kind: "owed_order", status: "open", detail: { chosen: "No. 1" } });
    const view = await findOrderView(shop.deps, order.id);
    const { money } = await findOrderStory(shop.deps, order.id);
    expect(view && tellOrder(view, money).headline).toBe("chosen_gone");
    // Nobody behind it is held up.
    const behind = await shop.stock({ cards: 1 });
    expect(await place(behind.variantId)).toBe("placed");
    expect(await place(stocked.variantId)).toBe("placed");
  });

  test("held by another unpaid order when late money comes, it is delivered once that one lets it go", async () => {
    const stocked = await shop.stock({ cards: 2 });
    const [choice] = await offer(shop, stocked, 1);
    const order = await lapsed(stocked, choice);
    const rival = await shop.place(stocked.variantId, choosing(choice));
    await shop.pay(order);
    expect((await stateOf(order.id)).state).toBe("paid owed");
    await cancelOrder(shop.deps, { orderId: rival.id, actor: { kind: "buyer" } });
    expect(await stateOf(order.id)).toEqual({ state: "delivered paid_late", cardIds: [choice?.cardId] });
  });

  test("another card goes to its buyer by his word alone, on record, from those that nobody chooses", async () => {
    const stocked = await shop.stock({ cards: 3 });
    const [choice, other] = await offer(shop, stocked, 2);
    const order = await lapsed(stocked, choice);
    await shop.pay(await shop.place(stocked.variantId, choosing(choice)));
    await shop.pay(order);
    const asked = { orderId: order.id, reason: "he said so by mail" };
    expect(await waiveChoice(shop.deps, admin, asked)).toEqual({ ok: true, value: "delivered" });
    const { state, cardIds } = await stateOf(order.id);
    expect(state).toBe("delivered paid_late");
    expect([choice?.cardId, other?.cardId]).not.toContain(cardIds[0]);
    expect(await waiveChoice(shop.deps, admin, asked)).toEqual({ ok: true, value: "delivered" });
    expect(await shop.deps.db.auditEvent.count({ where: { action: "order.choice_waived" } })).toBe(1);
  });

  test("delivered and bad, it is not swapped for one at random; an admin may with the buyer's word", async () => {
    const stocked = await shop.stock({ cards: 2 });
    const [choice] = await offer(shop, stocked, 1);
    const order = await shop.place(stocked.variantId, choosing(choice));
    await shop.pay(order);
    const words = {
      replacementId: newId(),
      orderId: order.id,
      position: 1,
      reason: "invalid",
      note: "",
      seen: 0,
    } as const;
    expect(await replaceCard(shop.deps, ownerOf(stocked), { ...words, isGoodwill: false })).toEqual({
      ok: false,
      error: "chosen_card",
    });
    expect(await replaceCard(shop.deps, admin, { ...words, isGoodwill: true })).toEqual({
      ok: true,
      value: { status: "done" },
    });
  });
});
