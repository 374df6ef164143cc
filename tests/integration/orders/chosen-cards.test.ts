// Over 300 lines: whoever asks what becomes of a chosen card finds every answer in one place.
import { findOrderStory } from "@/lib/features/orders/story";
import { tellOrder } from "@/lib/features/orders/tell-order";
import { findOrderView } from "@/lib/features/orders/view";
import { findCardPreview, listPreviews } from "@/lib/features/previews/queries";
import { listCards } from "@/lib/features/vault/list-cards";
import { VaultQuery } from "@/lib/features/vault/schema";
import { cancelOrder } from "@/lib/flows/cancel-order";
import { expireOrders } from "@/lib/flows/expire-orders";
import { fillOwedOrders } from "@/lib/flows/fill-owed-orders";
import { placeOrder } from "@/lib/flows/place-order";
import { refreshStockBand } from "@/lib/flows/refresh-stock-bands";
import { listOtherPools } from "@/lib/flows/remedies/fill-from-pool";
import { replaceCard } from "@/lib/flows/replace-card";
import { revealOrder } from "@/lib/flows/reveal-order";
import { setPreview } from "@/lib/flows/set-preview";
import { transferStock } from "@/lib/flows/transfer-cards";
import { waiveChoice } from "@/lib/flows/waive-choice";
import { newId, toPublicId } from "@/lib/kernel/id";
import type { Viewer } from "@/lib/kernel/viewer";
import { closeDeps } from "@/lib/platform/deps";
import { expectInvariants } from "@/tests/support/invariants";
import { type Choice, choosing, offer } from "@/tests/support/previews";
import { openDeps, openShop, type Stocked, type TestShop, tally } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

describe("a card that its buyer chooses", () => {
  let shop: TestShop;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
  });
  test.afterEach(({ database }) => expectInvariants(database));
  test.afterAll(() => shop.close());

  const ownerOf = ({ merchantId }: Stocked) => ({ kind: "merchant", userId: newId(), merchantId }) as const;
  const admin = { kind: "admin", userId: newId() } as const;
  const outcome = async (placed: ReturnType<typeof placeOrder>) => {
    const result = await placed;
    return result.ok ? "placed" : result.error;
  };
  const place = (variantId: string, options: Parameters<TestShop["order"]>[1] = {}) =>
    outcome(placeOrder(shop.deps, shop.order(variantId, options)));
  const stateOf = async (id: string) => {
    const { status, exception, cardIds } = await shop.deps.db.order.findUniqueOrThrow({ where: { id } });
    return { state: `${status} ${exception}`, cardIds };
  };
  const listed = async ({ variantId }: Stocked, q?: string) =>
    (
      await listPreviews(
        shop.deps,
        { variantId, seller: "web_zh", q, cursor: undefined, limit: 100 },
        { isFresh: true },
      )
    ).items.map(({ preview }) => preview);
  /** An order that chose a card, whose time is over and whose card lies on the shelf again. */
  async function lapsed(stocked: Stocked, choice: Choice | undefined) {
    const order = await shop.place(stocked.variantId, choosing(choice));
    await shop.lapse(order.id, 40);
    await expireOrders(shop.deps);
    return order;
  }

  test("costs its price and what is extra, is delivered, and its order says what was chosen", async () => {
    const stocked = await shop.stock({ cards: 3, priceMinor: 1000n });
    const [, second] = await offer(shop, stocked, 2);
    expect(await listed(stocked)).toEqual(["No. 1", "No. 2"]);
    expect(await listed(stocked, "2")).toEqual(["No. 2"]);
    expect(await listed(stocked, "%")).toEqual([]);
    const order = await shop.place(stocked.variantId, choosing(second, 200n));
    expect(order.totalMinor).toBe(1200n);
    expect((await stateOf(order.id)).cardIds).toEqual([second?.cardId]);
    expect(await listed(stocked)).toEqual(["No. 1"]);
    expect(await shop.pay(order)).toBe("success");
    expect(await stateOf(order.id)).toEqual({ state: "delivered none", cardIds: [second?.cardId] });
    const view = await findOrderView(shop.deps, order.id);
    expect(view?.lines).toMatchObject([{ unitPriceMinor: 1200n, chosen: { preview: "No. 2", extraMinor: 200n } }]);
    const revealed = await revealOrder(shop.deps, { orderId: order.id, actor: { kind: "buyer" } });
    expect(revealed.ok && revealed.value.secrets.map(({ text }) => text.reveal())).toEqual([stocked.secrets[1]]);
  });

  test("50 buyers at once, in two processes: one has it, and 49 hear that it is taken", async ({ database }) => {
    const stocked = await shop.stock({ cards: 4 });
    const [choice] = await offer(shop, stocked, 3);
    const other = openDeps(database);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        outcome(placeOrder(n % 2 ? other : shop.deps, shop.order(stocked.variantId, choosing(choice)))),
      ),
    );
    await closeDeps(other);
    expect(tally(answers)).toEqual({ placed: 1, card_taken: 49 });
    expect(await listed(stocked)).toEqual(["No. 2", "No. 3"]);
  });

  test("buyers of different cards at once all have theirs", async () => {
    const stocked = await shop.stock({ cards: 20 });
    const choices = await offer(shop, stocked, 20);
    const orders = await Promise.all(choices.map((choice) => shop.place(stocked.variantId, choosing(choice))));
    for (const [n, order] of orders.entries()) expect((await stateOf(order.id)).cardIds).toEqual([choices[n]?.cardId]);
  });

  test("a transaction that holds it and rolls back makes nobody hear that it is taken", async () => {
    const stocked = await shop.stock({ cards: 2 });
    const [choice] = await offer(shop, stocked, 1);
    let placed: Promise<string> | undefined;
    await shop.deps.db
      .$transaction(async (tx) => {
        await tx.$queryRaw`SELECT 1 FROM card WHERE id = ${choice?.cardId}::uuid FOR UPDATE`;
        placed = place(stocked.variantId, choosing(choice));
        await expect.poll(async () => (await waitingTries(placed as Promise<string>)) ?? "waits").toBe("waits");
        throw new Error("rolled back");
      })
      .catch(() => {});
    expect(await placed).toBe("placed");
  });

  test("is never had by who did not choose it, even when it is all that is left", async () => {
    for (const stockPolicy of ["reserve_on_order", "claim_on_payment", "deduct_on_order"]) {
      const stocked = await shop.stock({ cards: 2, stockPolicy });
      await offer(shop, stocked, 2);
      expect(await place(stocked.variantId)).toBe("insufficient_stock");
    }
  });

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

  test("a price that has changed since is not paid unseen; without a word about it the price is the one of now", async () => {
    const stocked = await shop.stock({ cards: 2, priceMinor: 1000n });
    const [choice] = await offer(shop, stocked, 1);
    const dearer = { cardId: choice?.cardId ?? "", preview: "No. 1", extra: "9.00" };
    expect((await setPreview(shop.deps, ownerOf(stocked), dearer)).ok).toBe(true);
    expect(await place(stocked.variantId, choosing(choice, 100n))).toBe("price_changed");
    expect((await shop.place(stocked.variantId, choosing(choice, 900n))).totalMinor).toBe(1900n);
  });

  test("by other words it is another offer: nobody is sold what he has not read, and what was read is not there any more", async () => {
    const stocked = await shop.stock({ cards: 2 });
    const [choice] = await offer(shop, stocked, 1);
    const cardId = choice?.cardId ?? "";
    const words = { cardId, preview: "No. 1, of late with a scratch", extra: "1.00" };
    expect((await setPreview(shop.deps, ownerOf(stocked), words)).ok).toBe(true);
    expect(await place(stocked.variantId, choosing(choice, 100n))).toBe("not_found");
    const { id: previewId } = await shop.deps.db.cardPreview.findUniqueOrThrow({ where: { cardId } });
    expect(await place(stocked.variantId, choosing({ cardId, previewId }, 100n))).toBe("placed");
  });

  test("a price that changes in the very moment is read again, and never sold at the old one", async () => {
    const stocked = await shop.stock({ cards: 2, priceMinor: 1000n });
    const [choice] = await offer(shop, stocked, 1);
    const said = (extra: string) =>
      setPreview(shop.deps, ownerOf(stocked), { cardId: choice?.cardId ?? "", preview: "No. 1", extra });
    const [placed] = await Promise.all([
      placeOrder(shop.deps, shop.order(stocked.variantId, choosing(choice, 100n))),
      said("9.00"),
    ]);
    if (placed.ok) expect(placed.value.totalMinor).toBe(1100n);
    else expect(placed.error).toBe("price_changed");
  });

  test("the same key gets the same order, also after the card is sold; with another card it is a conflict; a refusal leaves it unused", async () => {
    const stocked = await shop.stock({ cards: 3 });
    const [first, second] = await offer(shop, stocked, 2);
    const wish = shop.order(stocked.variantId, choosing(first));
    const placed = await placeOrder(shop.deps, wish);
    const again = await placeOrder(shop.deps, wish);
    expect(placed.ok && again.ok && again.value.id === placed.value.id && again.value.isReplay).toBe(true);
    expect(await outcome(placeOrder(shop.deps, { ...wish, ...choosing(second) }))).toBe("idempotency_conflict");
    expect(await outcome(placeOrder(shop.deps, { ...wish, chosen: undefined }))).toBe("idempotency_conflict");
    const late = shop.order(stocked.variantId, choosing(first));
    expect(await outcome(placeOrder(shop.deps, late))).toBe("card_taken");
    expect(await outcome(placeOrder(shop.deps, { ...late, ...choosing(second) }))).toBe("placed");
  });

  test("of another variant or another shop, or one that nobody offers, it is not found; more than one piece is refused", async () => {
    const [mine, other] = [await shop.stock({ cards: 2 }), await shop.stock({ cards: 2 })];
    const [choice] = await offer(shop, mine, 1);
    expect(await place(other.variantId, choosing(choice))).toBe("not_found");
    expect(await place(mine.variantId, choosing(undefined))).toBe("not_found");
    expect(await place(mine.variantId, { ...choosing(choice), quantity: 2 })).toBe("quantity_out_of_range");
    const stranger = { kind: "merchant", userId: newId(), merchantId: newId() } as const;
    const words = { cardId: choice?.cardId ?? "", preview: "mine now", extra: "0" };
    expect(await setPreview(shop.deps, stranger, words)).toEqual({ ok: false, error: "not_found" });
  });

  test("limits per buyer hold for chosen cards, and for those together with others", async () => {
    const stocked = await shop.stock({ cards: 9 });
    const [first, second] = await offer(shop, stocked, 2);
    await shop.deps.db.variant.update({ where: { id: stocked.variantId }, data: { buyerMax: 1 } });
    const email = "one@example.com";
    expect(await place(stocked.variantId, { ...choosing(first), email })).toBe("placed");
    expect(await place(stocked.variantId, { ...choosing(second), email })).toBe("buyer_limit");
    expect(await place(stocked.variantId, { email })).toBe("buyer_limit");
  });

  test("claimed on payment or not, a chosen card is reserved when it is ordered", async () => {
    const stocked = await shop.stock({ cards: 2, stockPolicy: "claim_on_payment" });
    const [choice] = await offer(shop, stocked, 1);
    const order = await shop.place(stocked.variantId, choosing(choice));
    expect((await stateOf(order.id)).cardIds).toEqual([choice?.cardId]);
    expect(await place(stocked.variantId, choosing(choice))).toBe("card_taken");
    await shop.pay(order);
    expect((await stateOf(order.id)).state).toBe("delivered none");
  });

  test("the card's own text never stands in its preview; what somebody has is not changed", async () => {
    const stocked = await shop.stock({ cards: 2 });
    const [choice] = await offer(shop, stocked, 1);
    const owner = ownerOf(stocked);
    const said = (preview: string, extra = "1.00") =>
      setPreview(shop.deps, owner, { cardId: choice?.cardId ?? "", preview, extra });
    expect(await said(`code ${stocked.secrets[0]}!`)).toEqual({ ok: false, error: "preview_shows_secret" });
    expect(await said(`not ${stocked.secrets[1]}`)).toEqual({ ok: false, error: "preview_shows_secret" });
    expect(await said("x".repeat(81))).toEqual({ ok: false, error: "preview_malformed" });
    expect(await said("a\u202eb")).toEqual({ ok: false, error: "preview_malformed" });
    expect(await said("fine", "1.001")).toEqual({ ok: false, error: "extra_malformed" });
    expect(await said("", "1.00")).toEqual({ ok: false, error: "extra_without_preview" });
    await shop.place(stocked.variantId, choosing(choice));
    expect(await said("fine")).toEqual({ ok: false, error: "not_editable" });
  });

  test("its merchant sees in the vault what is public of it, and another merchant sees nothing", async () => {
    const stocked = await shop.stock({ cards: 2 });
    const [choice] = await offer(shop, stocked, 1);
    const seenBy = async (viewer: Viewer) =>
      (
        await listCards(shop.deps, viewer, VaultQuery.parse({ variant: toPublicId("variant", stocked.variantId) }))
      ).rows.map(({ preview, extraMinor }) => [preview, extraMinor]);
    expect(await seenBy(ownerOf(stocked))).toEqual(
      expect.arrayContaining([
        ["No. 1", 100n],
        [null, null],
      ]),
    );
    const stranger = { kind: "merchant", userId: newId(), merchantId: newId() } as const;
    expect(await seenBy(stranger)).toEqual([]);
    expect(await findCardPreview(shop.deps, stranger, choice?.cardId ?? "")).toBeNull();
  });

  test("the band is of cards that nobody chooses; that there is something to choose is said beside it", async () => {
    const stocked = await shop.stock({ cards: 2 });
    await offer(shop, stocked, 2);
    await refreshStockBand(shop.deps, stocked.variantId);
    const bandOf = () =>
      shop.deps.db.variantStock.findUniqueOrThrow({
        where: { variantId: stocked.variantId },
        select: { band: true, isPickable: true },
      });
    expect(await bandOf()).toEqual({ band: "sold_out", isPickable: true });
  });
});

/** What a promise has come to by now, or null. */
const waitingTries = (promise: Promise<string>): Promise<string | null> =>
  Promise.race([promise, new Promise<null>((done) => setImmediate(() => done(null)))]);
