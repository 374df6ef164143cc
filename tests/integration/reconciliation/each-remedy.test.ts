import { findFinding } from "@/lib/features/reconciliation/find-finding";
import { expireOrders } from "@/lib/flows/expire-orders";
import { previewRemedy } from "@/lib/flows/preview-remedy";
import { remediesFor } from "@/lib/flows/remedies/registry";
import { newId } from "@/lib/kernel/id";
import { sealAll } from "@/tests/support/sealed";
import { describe, expect, test } from "@/tests/support/test";
import { choosing, offer } from "../../support/previews";
import { ADMIN, remedyDesk } from "./remedy-desk";

const { desk, shop, found, findingOf, statusOf, look, apply, twice, forgotten, stray } = remedyDesk();

/** An order that was paid late, when the card that it chose was somebody else's. */
async function chosenAndGone() {
  const stocked = await shop.stock({ cards: 3, stockPolicy: "claim_on_payment" });
  const [choice] = await offer(shop, stocked, 1);
  const place = () => shop.place(stocked.variantId, { accountId: "paper", ...choosing(choice) });
  const order = await place();
  await shop.lapse(order.id, 40);
  await expireOrders(shop.deps);
  const { totalMinor: amountMinor } = order;
  for (const paid of [await place(), order]) await desk.pay(paid, desk.paper, { amountMinor });
  return order;
}

describe("what may be done about a finding", () => {
  test("deliver: a paid order that was forgotten is delivered from the stock, and the finding is closed", async () => {
    const { order, stocked, findingId } = await forgotten();
    const before = await look(findingId, "deliver");
    expect(before.preview.changes.map(({ what }) => what)).toEqual(["put_down_as_owed", "cards_lacking"]);
    await shop.restock(stocked, 1);
    const { preview, cmd } = await look(findingId, "deliver");
    expect(preview.changes.map(({ what }) => what)).toEqual(["put_down_as_owed", "cards_bound", "order_delivered"]);
    await twice(cmd, "delivered");
    expect(await desk.stateOf(order)).toMatch(/^delivered /);
    expect(await statusOf(findingId)).toBe("resolved");
  });

  test("deliver: without stock the order is owed again, in line, and the finding stays open", async () => {
    const { order, findingId } = await forgotten();
    await twice((await look(findingId, "deliver")).cmd, "still_owed");
    expect(await desk.stateOf(order)).toBe("paid owed");
    expect(await statusOf(findingId)).toBe("open");
  });

  test("waive_choice: whose chosen card is gone waits for no stock, and is given another one with his word alone", async () => {
    const order = await chosenAndGone();
    const findingId = await findingOf("owed_order", order.id);
    const asked = (remedy: string) => previewRemedy(shop.deps, ADMIN, { findingId, remedy, input: {} });
    expect(await asked("deliver")).toEqual({ ok: false, error: "chosen_card_gone" });
    const { preview, cmd } = await look(findingId, "waive_choice");
    expect(preview.changes).toEqual([
      { what: "choice_waived", values: { chosen: "No. 1" } },
      { what: "any_card_in_line" },
    ]);
    await twice(cmd, "delivered");
    expect(await desk.stateOf(order)).toBe("delivered paid_late");
    expect(await statusOf(findingId)).toBe("resolved");
  });

  test("waive_choice is offered where a card was chosen, and nowhere else", async () => {
    const offered = async (orderId: string) => {
      const finding = await findFinding(shop.deps.db, ADMIN, await findingOf("owed_order", orderId));
      return finding ? remediesFor(finding) : [];
    };
    const { order: plain } = await desk.owed();
    expect(await offered(plain.id)).toEqual(["deliver", "fill_from_pool", "refund_source", "refund_balance"]);
    const chosen = await chosenAndGone();
    expect(await offered(chosen.id)).toContain("waive_choice");
    const asked = { findingId: await findingOf("owed_order", plain.id), remedy: "waive_choice", input: {} };
    expect(await previewRemedy(shop.deps, ADMIN, asked)).toEqual({ ok: false, error: "not_for_this" });
  });

  test("fill_from_pool: who waits is served from a pool that is never sold to them, behind who waits longer, and no card more goes", async () => {
    const stocked = await shop.stock({ cards: 1, stockPolicy: "claim_on_payment" });
    const place = () => shop.place(stocked.variantId, { accountId: "paper" });
    const [first, longer, order] = [await place(), await place(), await place()];
    await desk.pay(first);
    for (const late of [longer, order]) {
      await shop.lapse(late.id, 5);
      await desk.pay(late);
    }
    const findingId = await findingOf("owed_order", order.id);
    const { merchantId } = stocked;
    const pool = await shop.deps.db.stockPool.create({ data: { id: newId(), merchantId, slug: "kept", name: "Kept" } });
    const asked = { findingId, remedy: "fill_from_pool", input: { poolId: pool.id } };
    expect(await previewRemedy(shop.deps, ADMIN, asked)).toEqual({ ok: false, error: "no_stock" });
    await shop.restock({ ...stocked, poolId: pool.id }, 3);

    const { preview, cmd } = await look(findingId, "fill_from_pool", { poolId: pool.id });
    expect(preview.changes).toEqual([
      {
        what: "cards_transferred",
        values: { count: 2, from_pool: "Kept", from_slug: "kept", to_pool: "Main", to_slug: "main" },
      },
      { what: "cards_for_others", values: { count: 1 } },
      { what: "order_delivered", values: { email: expect.any(String) } },
    ]);
    await twice(cmd, "delivered");
    expect([await desk.stateOf(longer), await desk.stateOf(order)]).toEqual([
      "delivered paid_late",
      "delivered paid_late",
    ]);
    const left = await shop.rows("SELECT status FROM card WHERE pool_id = $1", [pool.id]);
    expect(left).toEqual([{ status: "available" }]);
    expect(await statusOf(findingId)).toBe("resolved");
  });

  test("release: what an order holds past its time goes back on sale", async () => {
    const stocked = await shop.stock({ cards: 2 });
    const order = await shop.place(stocked.variantId, { quantity: 2, accountId: "paper" });
    await shop.lapse(order.id, 600);
    const findingId = await found("reservation_lapsed", { orderId: order.id });
    const { preview, cmd } = await look(findingId, "release");
    expect(preview.changes).toContainEqual({ what: "cards_released", values: { count: 2 } });
    await twice(cmd, "released");
    expect(await desk.stateOf(order)).toBe("expired none");
    expect(await desk.cardsOf(order)).toEqual([]);
    expect(await statusOf(findingId)).toBe("resolved");
  });

  test("refund_source: a second payment goes back once, and the finding closes when the money is back", async () => {
    const { order } = await desk.paid();
    await desk.pay(order, desk.paper, { trade: `second-${order.number}` });
    const findingId = await findingOf("double_payment", (await desk.paymentsOf(order))[1]?.id ?? "");
    const { preview, cmd } = await look(findingId, "refund_source");
    expect(preview.changes[0]).toMatchObject({ what: "money_source", values: { amountMinor: "1000" } });
    await twice(cmd, "refund_asked");
    expect(await desk.refundsOf(order)).toHaveLength(1);
    await desk.drive();
    expect(await desk.refundsOf(order)).toMatchObject([{ status: "succeeded" }]);
    expect(await statusOf(findingId)).toBe("resolved");
    expect(await desk.stateOf(order)).toBe("delivered double_paid");
  });

  test("refund_balance: money that was not enough is in the buyer's balance at once, and the finding is closed", async () => {
    const { variantId } = await shop.stock({ cards: 1 });
    const order = await shop.place(variantId, { accountId: "paper" });
    await desk.pay(order, desk.paper, { amountMinor: 400n });
    const findingId = await findingOf("amount_mismatch", (await desk.paymentsOf(order))[0]?.id ?? "");
    await twice((await look(findingId, "refund_balance")).cmd, "refunded");
    const [wallet] = await shop.rows<{ minor: string }>(
      "SELECT balance_minor::text AS minor FROM wallet w JOIN orders o ON o.email = w.email WHERE o.id = $1",
      [order.id],
    );
    expect(wallet?.minor).toBe("400");
    expect(await statusOf(findingId)).toBe("resolved");
  });

  test("record_payment: money for an unknown number is put down to its order, which is delivered", async () => {
    const { variantId } = await shop.stock({ cards: 1 });
    const order = await shop.place(variantId, { accountId: "paper" });
    const findingId = await stray();
    const { preview, cmd } = await look(findingId, "record_payment", { orderNumber: order.number });
    expect(preview.changes.map(({ what }) => what)).toEqual(["payment_recorded", "payment_is_settled"]);
    await twice(cmd, "payment_settled");
    expect(await desk.stateOf(order)).toBe("delivered none");
    expect(await desk.paymentsOf(order)).toMatchObject([{ verdict: "settled" }]);
    expect(await statusOf(findingId)).toBe("resolved");
  });

  test("mark_not_ours: the money stays on record as it was told, and the finding is accepted with the reason", async () => {
    const findingId = await stray();
    await twice((await look(findingId, "mark_not_ours")).cmd, "not_ours");
    expect(await statusOf(findingId)).toBe("accepted");
  });

  test("rerun_job: a payment that was never judged is judged, and its order delivered", async () => {
    const { variantId } = await shop.stock({ cards: 1 });
    const order = await shop.place(variantId, { accountId: "paper" });
    const outTradeNo = await desk.outTradeNoOf(order);
    const eventId = newId();
    await shop.rows(
      `INSERT INTO payment_event (id, account_id, source, dedupe, out_trade_no, gateway_trade_number, amount_minor, currency, raw, received_at, order_id)
       VALUES ($1, 'paper', 'notice', sha256($3::text::bytea), $2, $3, 1000, 'CNY', '[]', now(), $4)`,
      [eventId, outTradeNo, `T${eventId}`, order.id],
    );
    const findingId = await found("unjudged_payment", { subject: eventId, eventId, orderId: order.id });
    await twice((await look(findingId, "rerun_job")).cmd, "settled");
    expect(await desk.stateOf(order)).toBe("delivered none");
    expect(await statusOf(findingId)).toBe("resolved");
  });

  test("replace_card and withdraw_card: a bad card is swapped by the flow of replacements; a card that is bought is not withdrawn", async () => {
    const { order } = await desk.paid();
    const [card] = await shop.rows<{ id: string }>("SELECT id FROM card WHERE order_id = $1", [order.id]);
    const findingId = await found("card_sold_twice", { subject: card?.id ?? "", orderId: order.id });
    const { preview, cmd } = await look(findingId, "replace_card", { position: "1", why: "used" });
    expect(preview.changes[0]).toMatchObject({ what: "card_replaced", values: { position: 1 } });
    await twice(cmd, "card_replaced");
    expect(await desk.cardsOf(order)).toEqual(["withdrawn", "delivered"]);
    const other = await desk.paid();
    const [bought] = await shop.rows<{ id: string }>("SELECT id FROM card WHERE order_id = $1", [other.order.id]);
    const [free] = await shop.rows<{ id: string }>(
      "SELECT id FROM card WHERE variant_id = $1 AND status = 'available'",
      [other.stocked.variantId],
    );
    const detail = { cards: [{ card_id: free?.id }] };
    const broken = await found("invariant_broken", { subject: "I1", orderId: other.order.id, detail });
    const asked = { findingId: broken, remedy: "withdraw_card", input: { cardId: bought?.id ?? "" } };
    expect(await previewRemedy(shop.deps, ADMIN, asked)).toEqual({ ok: false, error: "card_is_bought" });
    await twice((await look(broken, "withdraw_card", { cardId: free?.id ?? "" })).cmd, "card_withdrawn");
  });

  test("halt_product and resume_product: off sale with a reason, and back", async () => {
    const { productId } = await shop.stock({ cards: 1 });
    const findingId = await found("local_only", { productId });
    await twice((await look(findingId, "halt_product")).cmd, "halted");
    const { cmd } = await look(findingId, "resume_product");
    expect(await apply(cmd)).toEqual({ ok: true, value: { state: "done", outcome: "resumed" } });
    expect(await shop.deps.db.product.findUnique({ where: { id: productId } })).toMatchObject({ haltedAt: null });
  });

  test("rebuild_cache and reseal: a band that lies is true again, and what happened is in a block", async () => {
    const { variantId } = await shop.stock({ cards: 0 });
    await shop.rows(
      "INSERT INTO variant_stock (variant_id, band) VALUES ($1, 'in_stock') ON CONFLICT (variant_id) DO UPDATE SET band = 'in_stock'",
      [variantId],
    );
    const drift = await found("cache_drift", { subject: "stock_band" });
    await twice((await look(drift, "rebuild_cache")).cmd, "rebuilt");
    expect(await shop.deps.db.variantStock.findUnique({ where: { variantId } })).toMatchObject({ band: "sold_out" });
    await shop.stock({ cards: 1 });
    const gap = await found("ledger_gap", { subject: "tail" });
    await twice((await look(gap, "reseal")).cmd, "sealed");
    await sealAll(shop.deps);
    expect(await previewRemedy(shop.deps, ADMIN, { findingId: gap, remedy: "reseal", input: {} })).toMatchObject({
      ok: false,
    });
  });
});
