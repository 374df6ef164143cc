import { findOrderView } from "@/lib/features/orders/view";
import { findCardPreview } from "@/lib/features/previews/queries";
import { listCards } from "@/lib/features/vault/list-cards";
import { VaultQuery } from "@/lib/features/vault/schema";
import { placeOrder } from "@/lib/flows/place-order";
import { refreshStockBand } from "@/lib/flows/refresh-stock-bands";
import { revealOrder } from "@/lib/flows/reveal-order";
import { setPreview } from "@/lib/flows/set-preview";
import { newId, toPublicId } from "@/lib/kernel/id";
import type { Viewer } from "@/lib/kernel/viewer";
import { closeDeps } from "@/lib/platform/deps";
import { choosing, offer } from "@/tests/support/previews";
import { openDeps, tally } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";
import { listed, outcome, ownerOf, place, shop, stateOf, useChosenScene } from "./chosen-scene";

useChosenScene();

describe("a card that its buyer chooses", () => {
  test("is nothing that an ordinary buyer may hold a quarter of, and who chooses may hold it beside the others", async () => {
    const stocked = await shop.stock({ cards: 20 });
    const [one, two] = await offer(shop, stocked, 12);
    const buyer = { email: "holder@example.com" };
    expect(await place(stocked.variantId, buyer)).toBe("placed");
    expect(await place(stocked.variantId, { ...buyer, quantity: 3 })).toBe("rate_limited");
    expect(await place(stocked.variantId, { ...buyer, quantity: 2 })).toBe("placed");
    const chooser = { email: "chooser@example.com" };
    for (const choice of [one, two])
      expect(await place(stocked.variantId, { ...chooser, ...choosing(choice) })).toBe("placed");
  });

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
