// Over 300 lines: one shop for every remedy, because each file of tests costs seconds before its first one.
import { findFinding } from "@/lib/features/reconciliation/find-finding";
import type { FindingKind } from "@/lib/features/reconciliation/kinds";
import { type FoundDifference, renewFindings } from "@/lib/features/reconciliation/renew-findings";
import { applyRemedy, decideRemedy } from "@/lib/flows/apply-remedy";
import { expireOrders } from "@/lib/flows/expire-orders";
import { previewRemedy } from "@/lib/flows/preview-remedy";
import { remedyByPolicy } from "@/lib/flows/remedy-by-policy";
import { saveRemedyPolicy, stopRemedies } from "@/lib/flows/save-remedy-policy";
import { settlePayment } from "@/lib/flows/settle-payment";
import { takeFindings } from "@/lib/flows/work-on-findings";
import { newId } from "@/lib/kernel/id";
import { ok } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { inTransaction } from "@/lib/platform/db";
import { proven } from "@/tests/support/proven";
import { type RefundDesk, refundDesk } from "@/tests/support/refund-desk";
import { sealAll } from "@/tests/support/sealed";
import { describe, expect, test } from "@/tests/support/test";
import { choosing, offer } from "../../support/previews";

const ADMIN = proven({ kind: "admin", userId: newId() });
const SECOND = proven({ kind: "admin", userId: newId() });
const MERCHANT = proven({ kind: "merchant", userId: newId(), merchantId: newId() });

const desk = refundDesk();
/** The desk is opened before the first test; its shop is read then. */
const shop = new Proxy({} as RefundDesk["shop"], { get: (_, name) => Reflect.get(desk.shop, name) });

/** A difference as a run finds it, whose cause the test has made. */
async function found(kind: FindingKind, difference: Partial<FoundDifference>): Promise<string> {
  const subject = difference.subject ?? difference.orderId ?? newId();
  const whole = { look: "", detail: {}, ...difference, kind, subject };
  await inTransaction(shop.deps.db, async (tx) => ok(await renewFindings(tx, [whole])));
  return findingOf(kind, subject);
}

async function findingOf(kind: string, subject: string): Promise<string> {
  const [row] = await shop.rows<{ id: string }>("SELECT id FROM finding WHERE kind = $1 AND subject = $2", [
    kind,
    subject,
  ]);
  return row?.id as string;
}

const statusOf = async (id: string) =>
  (await shop.rows<{ status: string }>("SELECT status FROM finding WHERE id = $1", [id]))[0]?.status;
const remediedOf = (id: string) =>
  shop.rows<{ kind: string }>("SELECT kind FROM finding_event WHERE finding_id = $1 AND kind = 'remedied'", [id]);
const auditedOf = (id: string) =>
  shop.rows<{ action: string }>("SELECT action FROM audit_event WHERE subject_id = $1 ORDER BY id", [id]);

type Input = Readonly<Record<string, string>>;

/** What the form would send after a look. */
async function look(findingId: string, remedy: string, input: Input = {}, viewer: Viewer = ADMIN) {
  const preview = await previewRemedy(shop.deps, viewer, { findingId, remedy, input });
  if (!preview.ok) throw new Error(`no preview: ${preview.error}`);
  const { actId, seen } = preview.value;
  return { preview: preview.value, cmd: { findingId, remedy, input, actId, seen, reason: "as agreed" } };
}
type Command = Awaited<ReturnType<typeof look>>["cmd"];

const apply = (cmd: Command, viewer: Viewer = ADMIN) => applyRemedy(shop.deps, shop.urls.audit, { viewer, cmd });
const decide = (cmd: Command, viewer: Viewer, isConfirmed = true) =>
  decideRemedy(shop.deps, shop.urls.audit, { viewer, actId: cmd.actId, isConfirmed });

/** Applied, and then once more by the same form: one effect, one line in the history, one in the audit. */
async function twice(cmd: Command, outcome: string): Promise<void> {
  expect(await apply(cmd)).toEqual({ ok: true, value: { state: "done", outcome } });
  expect(await apply(cmd)).toEqual({ ok: true, value: { state: "done", outcome } });
  expect(await remediedOf(cmd.findingId)).toHaveLength(1);
  expect((await auditedOf(cmd.findingId)).filter(({ action }) => action === "finding.remedied")).toHaveLength(1);
}

/** An order that is paid and, by somebody's hand in the database, forgotten: neither delivered nor owed. */
async function forgotten() {
  const { order, stocked } = await desk.owed();
  await shop.rows("DELETE FROM finding WHERE order_id = $1", [order.id]);
  await shop.rows("UPDATE orders SET owed_at = NULL, exception = 'paid_late' WHERE id = $1", [order.id]);
  await shop.rows(
    `INSERT INTO order_event (order_id, from_status, to_status, from_exception, to_exception, reason, at)
     VALUES ($1, 'paid', 'paid', 'owed', 'paid_late', 'by_hand', now())`,
    [order.id],
  );
  const orderId = order.id;
  return { order, stocked, findingId: await found("paid_without_card", { orderId }) };
}

/** Money under a number that nobody knows. */
async function stray(amountMinor = 1000n) {
  const outTradeNo = `X${newId()}`;
  await settlePayment(shop.deps, desk.paper.pay(outTradeNo, { trade: outTradeNo, amountMinor }), {
    accountId: "paper",
    source: "notice",
  });
  const [row] = await shop.rows<{ id: string }>(
    "SELECT f.id FROM finding f JOIN payment_event e ON e.id = f.event_id WHERE f.kind = 'unknown_order' AND e.out_trade_no = $1",
    [outTradeNo],
  );
  return row?.id as string;
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
    const stocked = await shop.stock({ cards: 3, stockPolicy: "claim_on_payment" });
    const [choice] = await offer(shop, stocked, 1);
    const place = (chosen = choosing(choice)) => shop.place(stocked.variantId, { accountId: "paper", ...chosen });
    const order = await place();
    await shop.lapse(order.id, 40);
    await expireOrders(shop.deps);
    const { totalMinor: amountMinor } = order;
    for (const paid of [await place(), order]) await desk.pay(paid, desk.paper, { amountMinor });
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
      { what: "cards_transferred", values: { count: 2, from_pool: "Kept", to_pool: "Main" } },
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

describe("whoever asks, and however often", () => {
  test("two admins who press at once have one effect, and the second is told", async () => {
    const { variantId } = await shop.stock({ cards: 1 });
    const order = await shop.place(variantId, { accountId: "paper" });
    const findingId = await stray();
    const input = { orderNumber: order.number };
    const [one, two] = [
      await look(findingId, "record_payment", input),
      await look(findingId, "record_payment", input, SECOND),
    ];
    const answers = await Promise.all([apply(one.cmd), apply(two.cmd, SECOND)]);
    expect(answers.filter(({ ok: isDone }) => isDone)).toHaveLength(1);
    const told = answers.flatMap((answer) => (answer.ok ? [] : [answer.error]));
    expect(["under_way", "already_closed", "order_changed", "recorded_already"]).toContain(told[0]);
    expect(await desk.paymentsOf(order)).toHaveLength(1);
    expect(await remediedOf(findingId)).toHaveLength(1);
  });

  test("what was looked at and has changed meanwhile is not done", async () => {
    const { order } = await desk.paid();
    await desk.pay(order, desk.paper, { trade: `second-${order.number}` });
    const findingId = await findingOf("double_payment", (await desk.paymentsOf(order))[1]?.id ?? "");
    const { cmd } = await look(findingId, "refund_source");
    await desk.pay(order, desk.paper, { trade: `third-${order.number}` });
    expect(await apply(cmd)).toEqual({ ok: false, error: "order_changed" });
    expect(await desk.refundsOf(order)).toEqual([]);
    expect(await remediedOf(findingId)).toEqual([]);
  });

  test("nobody but an admin looks, and money moves only for one who has just shown who he is", async () => {
    const { order } = await desk.paid();
    await desk.pay(order, desk.paper, { trade: `second-${order.number}` });
    const findingId = await findingOf("double_payment", (await desk.paymentsOf(order))[1]?.id ?? "");
    const { cmd } = await look(findingId, "refund_source");
    const asked = { findingId, remedy: "refund_source", input: {} };
    expect(await previewRemedy(shop.deps, MERCHANT, asked)).toEqual({ ok: false, error: "not_found" });
    expect(await apply(cmd, MERCHANT)).toEqual({ ok: false, error: "not_allowed" });
    const { stepUp: _, ...unproven } = ADMIN;
    expect(await apply(cmd, unproven)).toEqual({ ok: false, error: "step_up" });
    expect(await previewRemedy(shop.deps, ADMIN, { ...asked, remedy: "reseal" })).toEqual({
      ok: false,
      error: "not_for_this",
    });
    expect(await desk.refundsOf(order)).toEqual([]);
  });

  test("one who was killed before or after his deed is followed by the same form, and nothing is done twice", async () => {
    const { order } = await desk.paid();
    await desk.pay(order, desk.paper, { trade: `second-${order.number}` });
    const findingId = await findingOf("double_payment", (await desk.paymentsOf(order))[1]?.id ?? "");
    const { cmd } = await look(findingId, "refund_source");
    await apply(cmd);
    // As if the process had died between the refund and the word that it is done.
    await shop.rows("ALTER TABLE remedy_act DISABLE TRIGGER remedy_act_edges");
    await shop.rows(
      "UPDATE remedy_act SET state = 'begun', outcome = NULL, finished_at = NULL, leased_until = now() - interval '1 second' WHERE id = $1",
      [cmd.actId],
    );
    await shop.rows("ALTER TABLE remedy_act ENABLE TRIGGER remedy_act_edges");
    expect(await apply(cmd)).toEqual({ ok: true, value: { state: "done", outcome: "refund_asked" } });
    expect(await desk.refundsOf(order)).toHaveLength(1);
    // The same id with other words is another intention.
    expect(await apply({ ...cmd, remedy: "refund_balance" })).toEqual({ ok: false, error: "request_conflict" });
  });
});

describe("much money", () => {
  test("needs a second name, of somebody else, and moves once; refused, it does not move", async () => {
    const { variantId } = await shop.stock({ cards: 1, priceMinor: 200_000n });
    const order = await shop.place(variantId, { accountId: "paper" });
    const findingId = await stray(200_000n);
    const { preview, cmd } = await look(findingId, "record_payment", { orderNumber: order.number });
    expect(preview.needsTwoNames).toBe(true);
    expect(await apply(cmd)).toEqual({ ok: true, value: { state: "waiting", outcome: "proposed" } });
    expect(await desk.stateOf(order)).toBe("pending none");
    expect(await decide(cmd, ADMIN)).toEqual({ ok: false, error: "own_proposal" });
    const again = await look(findingId, "record_payment", { orderNumber: order.number }, SECOND);
    expect(await apply(again.cmd, SECOND)).toEqual({ ok: false, error: "under_way" });
    expect(await decide(cmd, SECOND, false)).toMatchObject({ ok: true, value: { outcome: "refused" } });
    expect(await decide(cmd, SECOND)).toEqual({ ok: false, error: "act_over" });
    expect(await desk.stateOf(order)).toBe("pending none");
    const anew = await look(findingId, "record_payment", { orderNumber: order.number });
    await apply(anew.cmd);
    const both = await Promise.all([
      decide(anew.cmd, SECOND),
      decide(anew.cmd, proven({ ...SECOND, userId: newId() })),
    ]);
    expect(both.filter((answer) => answer.ok)).toHaveLength(1);
    expect(await desk.stateOf(order)).toBe("delivered none");
    expect(await findFinding(shop.deps.db, ADMIN, findingId)).toMatchObject({ status: "resolved" });
    await expect(
      shop.rows("UPDATE remedy_act SET decided_by = proposed_by WHERE id = $1", [anew.cmd.actId]),
    ).rejects.toThrow();
  });

  test("a proposal whose order has changed meanwhile is not carried out", async () => {
    const { variantId } = await shop.stock({ cards: 1, priceMinor: 200_000n });
    const order = await shop.place(variantId, { accountId: "paper" });
    const findingId = await stray(200_000n);
    const { cmd } = await look(findingId, "record_payment", { orderNumber: order.number });
    await apply(cmd);
    await desk.pay(order, desk.paper, { amountMinor: 200_000n });
    expect(await decide(cmd, SECOND)).toEqual({ ok: false, error: "order_changed" });
    expect(await desk.paymentsOf(order)).toHaveLength(1);
  });
});

describe("by itself", () => {
  const save = (isOn: boolean, dailyMax: number, seen: string, viewer: Viewer = ADMIN) =>
    saveRemedyPolicy(shop.deps, viewer, { remedy: "deliver", isOn, dailyMax, seen });
  const run = () => remedyByPolicy(shop.deps, shop.urls.audit);

  test("nothing is done until an admin turns it on; then so many in a day, and none behind the stop button", async () => {
    const [one, two] = [await forgotten(), await forgotten()];
    for (const { stocked } of [one, two]) await shop.restock(stocked, 1);
    expect(await run()).toBe(0);
    expect(await save(true, 1, "off|20", MERCHANT)).toEqual({ ok: false, error: "not_allowed" });
    expect(await save(true, 1, "on|3")).toEqual({ ok: false, error: "conflict" });
    expect((await save(true, 1, "off|20")).ok).toBe(true);
    expect(
      await saveRemedyPolicy(shop.deps, ADMIN, { remedy: "refund_source", isOn: true, dailyMax: 1, seen: "off|20" }),
    ).toEqual({
      ok: false,
      error: "not_found",
    });
    // Two processes at once count together.
    await Promise.all([run(), run()]);
    expect(await run()).toBe(0);
    const states = [await desk.stateOf(one.order), await desk.stateOf(two.order)];
    expect(states.filter((state) => state?.startsWith("delivered"))).toHaveLength(1);
    expect((await save(true, 5, "on|1")).ok).toBe(true);
    expect((await stopRemedies(shop.deps, SECOND)).ok).toBe(true);
    expect(await run()).toBe(0);
    expect((await save(true, 5, "off|5")).ok).toBe(true);
    await takeBoth([one.findingId, two.findingId]);
    expect(await run()).toBe(0);
    await shop.rows("UPDATE finding SET status = 'open', owner_id = NULL WHERE status = 'in_work'");
    expect(await run()).toBe(1);
    await stopRemedies(shop.deps, ADMIN);
    expect(await statusOf(one.findingId)).toBe("resolved");
    expect(await statusOf(two.findingId)).toBe("resolved");
  });

  /** In somebody's hands, as far as they are open. */
  async function takeBoth(ids: readonly string[]): Promise<void> {
    await shop.rows(
      "INSERT INTO app_user (id, email, password_hash, role) VALUES ($1, 'busy@example.com', '', 'admin') ON CONFLICT DO NOTHING",
      [ADMIN.userId],
    );
    await takeFindings(shop.deps, ADMIN, ids);
  }
});
