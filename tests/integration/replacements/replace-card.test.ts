import { findOrderPage } from "@/lib/features/merchants/order-page";
import { findBuyersReplacements, findWarranties, listReplacements } from "@/lib/features/replacements/queries";
import { ReplacementListQuery } from "@/lib/features/replacements/schema";
import { drainOutbox } from "@/lib/flows/drain-outbox";
import { driveRefunds } from "@/lib/flows/drive-refunds";
import { fillOwedOrders } from "@/lib/flows/fill-owed-orders";
import { moveBatch } from "@/lib/flows/move-cards";
import { cancelReplacement, type ReplaceCard, replaceCard } from "@/lib/flows/replace-card";
import { requestRefund } from "@/lib/flows/request-refund";
import { revealOrder } from "@/lib/flows/reveal-order";
import { newId } from "@/lib/kernel/id";
import type { Viewer } from "@/lib/kernel/viewer";
import { expectInvariants } from "@/tests/support/invariants";
import { proven } from "@/tests/support/proven";
import { openRefundDesk, type RefundDesk } from "@/tests/support/refund-desk";
import { type Stocked, tally } from "@/tests/support/shop";
import { describe, expect, test } from "@/tests/support/test";

const ADMIN = proven({ kind: "admin", userId: newId() });
const CHECK = "23514";

describe("replacing a bad card", () => {
  let desk: RefundDesk;
  test.beforeAll(async ({ database }) => {
    desk = await openRefundDesk(database);
  });
  test.afterEach(({ database }) => expectInvariants(database));
  test.afterAll(() => desk.close());

  const ownerOf = ({ merchantId }: Stocked): Viewer => ({ kind: "merchant", userId: newId(), merchantId });
  const command = (orderId: string, changes: Partial<ReplaceCard> = {}): ReplaceCard => ({
    replacementId: newId(),
    orderId,
    position: 1,
    reason: "invalid",
    note: "",
    seen: 0,
    isGoodwill: false,
    ...changes,
  });
  const done = { ok: true, value: { status: "done" } };
  const waiting = { ok: true, value: { status: "waiting" } };
  const refused = (error: string) => ({ ok: false, error });
  const replace = (viewer: Viewer, replacement: ReplaceCard) => replaceCard(desk.shop.deps, viewer, replacement);
  const readCards = async (orderId: string) => {
    const shown = await revealOrder(desk.shop.deps, { orderId, actor: { kind: "buyer" } });
    if (!shown.ok) return null;
    return {
      secrets: shown.value.secrets.map(({ text }) => text.reveal()),
      replaced: shown.value.replaced.map(({ position, text }) => [position, text.reveal()]),
    };
  };
  const statesOf = async ({ variantId }: Stocked) =>
    tally(
      (await desk.shop.rows<{ status: string }>("SELECT status FROM card WHERE variant_id = $1", [variantId])).map(
        ({ status }) => status,
      ),
    );
  const refusal = (sql: string, values: readonly unknown[]) =>
    desk.shop.rows(sql, values).then(
      () => "allowed",
      (error: { code?: string }) => error.code ?? "failed",
    );

  test("the new card stands in the old one's place, the old one is void for ever, and the buyer sees both", async () => {
    const { order, stocked } = await desk.paid(undefined, { cards: 4, quantity: 3 });
    const before = await readCards(order.id);
    expect(await replace(ownerOf(stocked), command(order.id, { position: 2 }))).toEqual(done);
    const after = await readCards(order.id);
    expect(after?.secrets[0]).toBe(before?.secrets[0]);
    expect(after?.secrets[2]).toBe(before?.secrets[2]);
    expect(stocked.secrets).toContain(after?.secrets[1]);
    expect(before?.secrets).not.toContain(after?.secrets[1]);
    expect(after?.replaced).toEqual([[2, before?.secrets[1]]]);
    expect(await statesOf(stocked)).toEqual({ delivered: 3, withdrawn: 1 });
    const entries = await desk.shop.rows<{ kind: string }>(
      "SELECT kind FROM stock_entry WHERE order_id = $1 ORDER BY id",
      [order.id],
    );
    expect(entries.map(({ kind }) => kind)).toEqual(["reserve", "deliver", "withdraw", "replace"]);
    expect(
      await refusal(
        "UPDATE card SET status = 'available', order_id = NULL, delivered_at = NULL WHERE order_id = $1 AND status = 'withdrawn'",
        [order.id],
      ),
    ).toBe(CHECK);
    expect(
      (await findBuyersReplacements(desk.shop.deps, order.id)).map(({ position, status }) => [position, status]),
    ).toEqual([[2, "done"]]);
  });

  test("the buyer is told by mail, once for each replacement, and no card is in the row", async () => {
    const { order, stocked } = await desk.paid(undefined, { cards: 4, quantity: 2 });
    await replace(ADMIN, command(order.id, { position: 1 }));
    await replace(ADMIN, command(order.id, { position: 2, seen: 1 }));
    await drainOutbox(desk.shop.deps, async () => {});
    const mails = await desk.shop.rows<{ kind: string; row: string }>(
      "SELECT kind, to_jsonb(mail)::text AS row FROM mail WHERE order_id = $1 AND kind = 'card_replaced'",
      [order.id],
    );
    expect(mails.length).toBe(2);
    for (const { row } of mails) for (const secret of stocked.secrets) expect(row).not.toContain(secret);
  });

  test("the same form five times at once is one replacement; other words under its id are refused", async () => {
    const { order } = await desk.paid(undefined, { cards: 5 });
    const one = command(order.id);
    const heard = await Promise.all(
      [0, 1, 2, 3, 4].map((n) => replaceCard(n % 2 ? desk.other : desk.shop.deps, ADMIN, one)),
    );
    expect(heard).toEqual(heard.map(() => done));
    expect((await readCards(order.id))?.replaced.length).toBe(1);
    expect(await replace(ADMIN, { ...one, reason: "used" })).toEqual(refused("idempotency_conflict"));
  });

  test("of two people who replace one card at once, one does it and the other is told that something changed", async () => {
    const { order } = await desk.paid(undefined, { cards: 5 });
    const heard = await Promise.all([
      replaceCard(desk.shop.deps, ADMIN, command(order.id)),
      replaceCard(desk.other, ADMIN, command(order.id)),
    ]);
    expect(heard.map((one) => (one.ok ? one.value.status : one.error)).sort()).toEqual(["conflict", "done"]);
  });

  test("another merchant's order is not found, and nothing of it changes", async () => {
    const { order, stocked } = await desk.paid(undefined, { cards: 2 });
    const stranger: Viewer = { kind: "merchant", userId: newId(), merchantId: newId() };
    expect(await replace(stranger, command(order.id))).toEqual(refused("not_found"));
    const mine = command(order.id);
    await replace(ownerOf(stocked), mine);
    expect(await cancelReplacement(desk.shop.deps, stranger, mine)).toEqual(refused("not_found"));
    const seen = await listReplacements(desk.shop.deps, stranger, ReplacementListQuery.parse({}));
    expect(seen.rows).toEqual([]);
    expect(await findOrderPage(desk.shop.deps, stranger, order.id)).toBeNull();
  });

  test("without stock it waits, the order keeps its card, and a restock swaps it before any new buyer is offered one", async () => {
    const { order: first, stocked } = await desk.paid(undefined, { cards: 1 });
    expect(await replace(ADMIN, command(first.id))).toEqual(waiting);
    expect((await readCards(first.id))?.secrets.length).toBe(1);
    await desk.shop.restock(stocked, 1);
    expect((await readCards(first.id))?.replaced.length).toBe(1);
    const buying = desk.shop.place(stocked.variantId, { accountId: "paper" });
    expect(await buying.catch((error: Error) => error.message)).toBe("not placed: insufficient_stock");
  });

  test("a paid order that is owed a card is served before a replacement that was granted later", async () => {
    const { stocked, order: owed } = await desk.owed();
    const [bought] = await desk.shop.rows<{ id: string }>(
      "SELECT o.id FROM orders o JOIN order_line l ON l.order_id = o.id WHERE l.variant_id = $1 AND o.status = 'delivered'",
      [stocked.variantId],
    );
    expect(await replace(ADMIN, command(bought?.id as string))).toEqual(waiting);
    await desk.shop.restock(stocked, 1);
    expect(await desk.stateOf(owed)).toContain("delivered");
    expect((await readCards(bought?.id as string))?.replaced).toEqual([]);
    await desk.shop.restock(stocked, 1);
    expect((await readCards(bought?.id as string))?.replaced.length).toBe(1);
  });

  test("what comes back from quarantine serves a replacement that waits before any new buyer", async () => {
    const { order, stocked } = await desk.paid(undefined, { cards: 2 });
    const [batch] = await desk.shop.rows<{ id: string }>("SELECT id FROM batch WHERE variant_id = $1", [
      stocked.variantId,
    ]);
    const batchId = batch?.id as string;
    const reason = "looks bad";
    await moveBatch(desk.shop.deps, ADMIN, { moveId: newId(), batchId, kind: "quarantine", reason });
    expect(await replace(ADMIN, command(order.id))).toEqual(waiting);
    await moveBatch(desk.shop.deps, ADMIN, { moveId: newId(), batchId, kind: "restore", reason });
    expect(await statesOf(stocked)).toEqual({ delivered: 1, withdrawn: 1 });
  });

  test("one that waits can be taken back, and then nothing is swapped; one that is done cannot", async () => {
    const { order, stocked } = await desk.paid(undefined, { cards: 1 });
    const one = command(order.id);
    expect(await replace(ADMIN, one)).toEqual(waiting);
    expect(await cancelReplacement(desk.shop.deps, ADMIN, one)).toEqual({ ok: true, value: null });
    expect(await cancelReplacement(desk.shop.deps, ADMIN, one)).toEqual(refused("not_waiting"));
    await desk.shop.restock(stocked, 1);
    expect(await statesOf(stocked)).toEqual({ available: 1, delivered: 1 });
  });

  test("at most what the warranty promises, and only in its time; beyond it an admin goes, on record", async () => {
    const { order, stocked } = await desk.paid(undefined, { cards: 6, quantity: 2 });
    const owner = ownerOf(stocked);
    await desk.shop.rows("UPDATE variant SET warranty_hours = 24, warranty_count = 1 WHERE id = $1", [
      stocked.variantId,
    ]);
    expect(await replace(owner, command(order.id))).toEqual(done);
    expect(await replace(owner, command(order.id, { position: 2, seen: 1 }))).toEqual(refused("warranty_used_up"));
    await desk.shop.rows("UPDATE variant SET warranty_count = 2 WHERE id = $1", [stocked.variantId]);
    await desk.shop.rows("UPDATE orders SET delivered_at = delivered_at - interval '24 hours' WHERE id = $1", [
      order.id,
    ]);
    expect(await replace(owner, command(order.id, { position: 2, seen: 1 }))).toEqual(refused("warranty_over"));
    const goodwill = command(order.id, { position: 2, seen: 1, isGoodwill: true });
    expect(await replace(owner, goodwill)).toEqual(refused("warranty_over"));
    expect(await replace(ADMIN, goodwill)).toEqual(done);
    const [promise] = await findWarranties(desk.shop.deps, order.id);
    expect([promise?.hours, promise?.countMax, promise?.used, promise?.isOver]).toEqual([24, 2, 2, true]);
  });

  test("a batch's own warranty goes before its variant's", async () => {
    const { order, stocked } = await desk.paid(undefined, { cards: 3 });
    await desk.shop.rows("UPDATE variant SET warranty_hours = 1000 WHERE id = $1", [stocked.variantId]);
    await desk.shop.rows("UPDATE batch SET warranty_days = 1 WHERE variant_id = $1", [stocked.variantId]);
    expect((await findWarranties(desk.shop.deps, order.id))[0]?.hours).toBe(24);
    await desk.shop.rows("UPDATE batch SET warranty_days = 0 WHERE variant_id = $1", [stocked.variantId]);
    expect(await findWarranties(desk.shop.deps, order.id)).toEqual([]);
    expect(await replace(ownerOf(stocked), command(order.id))).toEqual(refused("warranty_over"));
  });

  test("a place that the order does not have, and an order that is not delivered, are refused", async () => {
    const { order, stocked } = await desk.paid(undefined, { cards: 2 });
    for (const position of [0, 2, 5000]) {
      expect(await replace(ADMIN, command(order.id, { position }))).toEqual(refused("no_such_card"));
    }
    const pending = await desk.shop.place(stocked.variantId, { accountId: "paper" });
    expect(await replace(ADMIN, command(pending.id))).toEqual(refused("not_delivered"));
  });

  test("an order whose money goes back is given no new card, and what it waited for is over", async () => {
    const { order, stocked } = await desk.paid(undefined, { cards: 1 });
    expect(await replace(ADMIN, command(order.id))).toEqual(waiting);
    const asked = await requestRefund(desk.shop.deps, ADMIN, await desk.command(order));
    expect(asked.ok).toBe(true);
    await desk.shop.restock(stocked, 1);
    await fillOwedOrders(desk.shop.deps);
    await desk.drive();
    await driveRefunds(desk.shop.deps);
    expect(await desk.stateOf(order)).toContain("refunded");
    expect(await statesOf(stocked)).toEqual({ available: 1, withdrawn: 1 });
    const [row] = await desk.shop.rows<{ status: string }>("SELECT status FROM replacement WHERE order_id = $1", [
      order.id,
    ]);
    expect(row?.status).toBe("cancelled");
  });

  test("an order of which a card was replaced is refunded whole: the new card is withdrawn, too", async () => {
    const { order, stocked } = await desk.paid(undefined, { cards: 3 });
    await replace(ADMIN, command(order.id));
    await requestRefund(desk.shop.deps, ADMIN, await desk.command(order));
    await desk.drive();
    expect(await desk.stateOf(order)).toContain("refunded");
    expect(await statesOf(stocked)).toEqual({ available: 1, withdrawn: 2 });
  });

  test("the database refuses other cards in a delivered order that no replacement speaks of", async () => {
    const { order, stocked } = await desk.paid(undefined, { cards: 3 });
    const swap =
      "UPDATE orders SET card_ids = ARRAY(SELECT id FROM card WHERE variant_id = $2 AND status = 'available' LIMIT 1) WHERE id = $1";
    expect(await refusal(swap, [order.id, stocked.variantId])).toBe(CHECK);
    await replace(ADMIN, command(order.id));
    expect(await refusal(swap, [order.id, stocked.variantId])).toBe(CHECK);
    expect(await refusal("UPDATE replacement SET reason = 'other' WHERE order_id = $1", [order.id])).toBe(CHECK);
    expect(await refusal("DELETE FROM replacement WHERE order_id = $1", [order.id])).toBe(CHECK);
  });
});
