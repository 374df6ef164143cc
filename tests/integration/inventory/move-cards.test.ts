import { listMoves } from "@/lib/features/inventory/queries";
import { findBatch } from "@/lib/features/merchants/batches";
import { expireOrders } from "@/lib/flows/expire-orders";
import { keepHolds } from "@/lib/flows/keep-holds";
import { moveBatch, moveCards, moveCardsByText } from "@/lib/flows/move-cards";
import { placeOrder } from "@/lib/flows/place-order";
import { newId } from "@/lib/kernel/id";
import type { Viewer } from "@/lib/kernel/viewer";
import { closeDeps } from "@/lib/platform/deps";
import { withClient } from "@/lib/platform/with-client";
import { setBounds } from "@/tests/support/bounds";
import { expectInvariants } from "@/tests/support/invariants";
import { untilWaiting } from "@/tests/support/lock-waits";
import { openDeps, openShop, type Stocked, type TestShop, tally } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

const ADMIN: Viewer = { kind: "admin", userId: newId() };
type Intention = Parameters<typeof moveBatch>[2];

describe("cards that are put aside", () => {
  let shop: TestShop;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
  });
  test.afterEach(({ database }) => expectInvariants(database));
  test.afterAll(() => shop.close());

  const ownerOf = ({ merchantId }: Stocked): Viewer => ({ kind: "merchant", userId: newId(), merchantId });
  const batchOf = async ({ variantId }: Stocked) => {
    const [row] = await shop.rows<{ id: string }>("SELECT id FROM batch WHERE variant_id = $1 ORDER BY number", [
      variantId,
    ]);
    return row?.id as string;
  };
  const cardsOf = async ({ variantId }: Stocked) =>
    tally(
      (await shop.rows<{ status: string }>("SELECT status FROM card WHERE variant_id = $1", [variantId])).map(
        ({ status }) => status,
      ),
    );
  const idsOf = async ({ variantId }: Stocked, status: string) =>
    (
      await shop.rows<{ id: string }>("SELECT id FROM card WHERE variant_id = $1 AND status = $2", [variantId, status])
    ).map(({ id }) => id);
  const entriesOf = async (moveId: string) =>
    (
      await shop.rows<{ text: string }>(
        "SELECT kind || ' ' || cardinality(card_ids) AS text FROM stock_entry WHERE reference = $1 ORDER BY id",
        [moveId],
      )
    ).map(({ text }) => text);
  const intend = (batchId: string, kind: Intention["kind"], moveId = newId()): Intention => ({
    moveId,
    batchId,
    kind,
    reason: "supplier says so",
  });
  const buy = ({ variantId }: Stocked) =>
    shop.place(variantId).then(
      () => "placed",
      (error: Error) => error.message,
    );

  test("are not sold, are sold again when they are returned, and are gone when they are withdrawn; the ledger tells each way", async () => {
    const stocked = await shop.stock({ cards: 4 });
    const owner = ownerOf(stocked);
    const batchId = await batchOf(stocked);
    await shop.place(stocked.variantId);
    const aside = intend(batchId, "quarantine");
    expect(await moveBatch(shop.deps, owner, aside)).toEqual({ ok: true, value: { moved: 3, left: 0 } });
    expect(await buy(stocked)).toBe("not placed: insufficient_stock");
    const back = intend(batchId, "restore");
    expect(await moveBatch(shop.deps, owner, back)).toEqual({ ok: true, value: { moved: 3, left: 0 } });
    expect(await buy(stocked)).toBe("placed");
    const again = intend(batchId, "quarantine");
    await moveBatch(shop.deps, owner, again);
    const away = intend(batchId, "withdraw");
    expect(await moveBatch(shop.deps, owner, away)).toEqual({ ok: true, value: { moved: 2, left: 0 } });
    expect(await moveBatch(shop.deps, owner, intend(batchId, "restore"))).toEqual({
      ok: true,
      value: { moved: 0, left: 0 },
    });
    expect(await cardsOf(stocked)).toEqual({ reserved: 2, withdrawn: 2 });
    expect(await Promise.all([aside, back, again, away].map(({ moveId }) => entriesOf(moveId)))).toEqual([
      ["quarantine 3"],
      ["restore 3"],
      ["quarantine 2"],
      ["withdraw 2"],
    ]);
    const moves = await listMoves(shop.deps, owner, batchId);
    expect(moves.map(({ kind, cards, isFinished }) => [kind, cards, isFinished])).toEqual([
      ["restore", 0, true],
      ["withdraw", 2, true],
      ["quarantine", 2, true],
      ["restore", 3, true],
      ["quarantine", 3, true],
    ]);
  });

  test("forty buyers race a recall of the whole batch: each card is either a buyer's or aside, and none is both", async ({
    database,
  }) => {
    const other = openDeps(database);
    const stocked = await shop.stock({ cards: 30 });
    const batchId = await batchOf(stocked);
    const buying = Array.from({ length: 40 }, () => buy(stocked));
    const [moved, ...heard] = await Promise.all([moveBatch(other, ADMIN, intend(batchId, "quarantine")), ...buying]);
    const placed = heard.filter((words) => words === "placed").length;
    const aside = moved.ok ? moved.value.moved : -1;
    expect(placed + aside).toBe(30);
    expect(await cardsOf(stocked)).toEqual({
      ...(placed > 0 && { reserved: placed }),
      ...(aside > 0 && { quarantined: aside }),
    });
    await closeDeps(other);
  });

  test("a recall waits for a buyer who is taking the card at that moment, and then leaves it to him", async ({
    database,
  }) => {
    const [stocked, elsewhere] = [await shop.stock({ cards: 1 }), await shop.stock({ cards: 1 })];
    const before = await shop.place(elsewhere.variantId);
    const order = shop.order(stocked.variantId);
    const [bought, moved] = await withClient(database.superuser, async (client) => {
      // Somebody else's order under the same key, not yet committed: ours has its card and waits for what becomes of it.
      await client.query("BEGIN; SET LOCAL session_replication_role = replica");
      await client.query(
        `INSERT INTO orders SELECT (jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid(), 'number', 'COPY', 'request_key', $2::text,
           'token_hash', '\\x' || repeat('0', 64), 'lookup_hash', NULL))).* FROM orders o WHERE id = $1`,
        [before.id, order.requestKey],
      );
      const buying = placeOrder(shop.deps, order);
      await untilWaiting(database.superuser, 1);
      const recall = moveBatch(shop.deps, ADMIN, intend(await batchOf(stocked), "quarantine"));
      await untilWaiting(database.superuser, 2);
      await client.query("ROLLBACK");
      return Promise.all([buying, recall]);
    });
    expect([bought.ok, moved]).toEqual([true, { ok: true, value: { moved: 0, left: 0 } }]);
    expect(await cardsOf(stocked)).toEqual({ reserved: 1 });
  });

  test("a form that is sent five times at once is one move, also when it names single cards", async ({ database }) => {
    const other = openDeps(database);
    const stocked = await shop.stock({ cards: 6 });
    const batchId = await batchOf(stocked);
    const cardIds = (await idsOf(stocked, "available")).slice(0, 2);
    const single = { ...intend(batchId, "quarantine"), cardIds };
    const heard = await Promise.all([0, 1, 2, 3, 4].map((n) => moveCards(n % 2 ? other : shop.deps, ADMIN, single)));
    expect(heard).toEqual(heard.map(() => ({ ok: true, value: { moved: 2, left: 0 } })));
    expect(await entriesOf(single.moveId)).toEqual(["quarantine 2"]);
    const whole = intend(batchId, "quarantine");
    await Promise.all([0, 1, 2, 3, 4].map((n) => moveBatch(n % 2 ? other : shop.deps, ADMIN, whole)));
    expect(await moveBatch(shop.deps, ADMIN, whole)).toEqual({ ok: true, value: { moved: 4, left: 0 } });
    expect(await entriesOf(whole.moveId)).toEqual(["quarantine 4"]);
    const otherWords = { ...whole, reason: "another reason" };
    expect(await moveBatch(shop.deps, ADMIN, otherWords)).toEqual({ ok: false, error: "idempotency_conflict" });
    await closeDeps(other);
  });

  test("a form from before is no way to put a batch aside that was returned since", async () => {
    const stocked = await shop.stock({ cards: 2 });
    const batchId = await batchOf(stocked);
    const aside = intend(batchId, "quarantine");
    await moveBatch(shop.deps, ADMIN, aside);
    await moveBatch(shop.deps, ADMIN, intend(batchId, "restore"));
    expect(await moveBatch(shop.deps, ADMIN, aside)).toEqual({ ok: true, value: { moved: 2, left: 0 } });
    expect(await cardsOf(stocked)).toEqual({ available: 2 });
    expect((await findBatch(shop.deps, ADMIN, batchId))?.holdId).toBeNull();
  });

  test("of two admins who put one batch aside at once, one does it and the other hears so", async ({ database }) => {
    const other = openDeps(database);
    const stocked = await shop.stock({ cards: 3 });
    const batchId = await batchOf(stocked);
    const heard = await Promise.all([
      moveBatch(shop.deps, ADMIN, intend(batchId, "quarantine")),
      moveBatch(other, { kind: "admin", userId: newId() }, intend(batchId, "quarantine")),
    ]);
    expect(heard.map((one) => (one.ok ? `moved ${one.value.moved}` : one.error)).sort()).toEqual([
      "conflict",
      "moved 3",
    ]);
    await closeDeps(other);
  });

  test("what comes back to a batch under a hold, from an order that nobody paid, is put aside before anybody is offered it", async () => {
    const stocked = await shop.stock({ cards: 2 });
    const batchId = await batchOf(stocked);
    const order = await shop.place(stocked.variantId);
    await moveBatch(shop.deps, ADMIN, intend(batchId, "quarantine"));
    await shop.lapse(order.id, 60);
    await expireOrders(shop.deps);
    expect(await cardsOf(stocked)).toEqual({ quarantined: 2 });
    expect(await buy(stocked)).toBe("not placed: insufficient_stock");
  });

  test("whoever has paid and waits is served first when cards are returned", async () => {
    const stocked = await shop.stock({ cards: 2, stockPolicy: "claim_on_payment" });
    const batchId = await batchOf(stocked);
    const order = await shop.place(stocked.variantId);
    await moveBatch(shop.deps, ADMIN, intend(batchId, "quarantine"));
    await shop.pay(order);
    const state = "SELECT status || ' ' || exception AS state FROM orders WHERE id = $1";
    expect(await shop.rows(state, [order.id])).toEqual([{ state: "paid owed" }]);
    await moveBatch(shop.deps, ADMIN, intend(batchId, "restore"));
    expect(await shop.rows(state, [order.id])).toEqual([{ state: "delivered none" }]);
    expect(await cardsOf(stocked)).toEqual({ available: 1, delivered: 1 });
  });

  test("another merchant's batch and cards are not found, and not one of a list is moved that names one of them", async () => {
    const stocked = await shop.stock({ cards: 2 });
    const batchId = await batchOf(stocked);
    const foreigner: Viewer = { kind: "merchant", userId: newId(), merchantId: newId() };
    const cardIds = await idsOf(stocked, "available");
    const aside = intend(batchId, "quarantine");
    const notFound = { ok: false, error: "not_found" };
    expect(await moveBatch(shop.deps, foreigner, aside)).toEqual(notFound);
    expect(await moveCards(shop.deps, foreigner, { ...aside, cardIds })).toEqual(notFound);
    expect(await moveCardsByText(shop.deps, foreigner, { ...aside, cards: stocked.secrets.join("\n") })).toEqual(
      notFound,
    );
    expect(await moveCards(shop.deps, ownerOf(stocked), { ...aside, cardIds: [...cardIds, newId()] })).toEqual(
      notFound,
    );
    expect(await listMoves(shop.deps, foreigner, batchId)).toEqual([]);
    expect(await cardsOf(stocked)).toEqual({ available: 2 });
  });

  test("single cards are found by their texts; a line that names no card, and a card that is sold, are left", async () => {
    const stocked = await shop.stock({ cards: 3 });
    const batchId = await batchOf(stocked);
    await shop.pay(await shop.place(stocked.variantId));
    const [first, second] = stocked.secrets;
    const cards = `${first}\r\n\r\n${second}\nNOT-A-CARD\n`;
    const move = { ...intend(batchId, "quarantine"), cards };
    expect(await moveCardsByText(shop.deps, ADMIN, move)).toEqual({ ok: true, value: { moved: 1, left: 2 } });
    expect(await cardsOf(stocked)).toEqual({ available: 1, delivered: 1, quarantined: 1 });
    const none = { ...intend(batchId, "quarantine"), cards: "NOT-A-CARD" };
    expect(await moveCardsByText(shop.deps, ADMIN, none)).toEqual({ ok: false, error: "no_such_cards" });
  });

  test("a recall that was killed on its way is finished by the job, and by the same form", async () => {
    const stocked = await shop.stock({ cards: 7 });
    const batchId = await batchOf(stocked);
    const aside = intend(batchId, "quarantine");
    const putBoundsBack = setBounds({ ledgerCardIdsPerEntry: 2, importLinesMax: 0 });
    try {
      await moveBatch(shop.deps, ADMIN, aside);
      expect(await cardsOf(stocked)).toEqual({ available: 5, quarantined: 2 });
    } finally {
      putBoundsBack();
    }
    expect(await keepHolds(shop.deps)).toBe(5);
    expect(await keepHolds(shop.deps)).toBe(0);
    expect(await cardsOf(stocked)).toEqual({ quarantined: 7 });
    expect(await moveBatch(shop.deps, ADMIN, aside)).toEqual({ ok: true, value: { moved: 2, left: 0 } });
    expect(await entriesOf(aside.moveId)).toEqual(["quarantine 2", "quarantine 5"]);
  });

  test("a batch that is not on sale is not put aside", async () => {
    const stocked = await shop.stock({ cards: 1 });
    const batchId = await batchOf(stocked);
    await shop.rows("UPDATE batch SET status = 'draft' WHERE id = $1", [batchId]);
    expect(await moveBatch(shop.deps, ADMIN, intend(batchId, "quarantine"))).toEqual({
      ok: false,
      error: "not_on_sale",
    });
    await shop.rows("UPDATE batch SET status = 'published' WHERE id = $1", [batchId]);
  });
});
