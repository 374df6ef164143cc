import { placesOfLine, placesOfLines } from "@/lib/features/inventory/pools";
import type { StockPlace } from "@/lib/features/inventory/start-hints";
import { countAvailable, lockReserved, lockStock, releaseCards, takeCards } from "@/lib/features/inventory/store";
import { appendEntry } from "@/lib/features/ledger/append";
import { judgePayment, type PaymentVerdict } from "@/lib/features/orders/rules";
import {
  changeOrder,
  type LockedOrder,
  lockOrder,
  type OrderLine,
  postEvent,
  readLines,
} from "@/lib/features/orders/store";
import { findAttempt, findPayment, insertPayment, judgeEvent, recordEvent } from "@/lib/features/payments/inbox";
import { noteTestPaid } from "@/lib/features/payments/test-payments";
import { findChosen, takeChosen } from "@/lib/features/previews/store";
import { openFinding, resolveFinding } from "@/lib/features/reconciliation/findings";
import { assert } from "@/lib/kernel/assert";
import { limits } from "@/lib/kernel/limits";
import { ok, type Result } from "@/lib/kernel/result";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { isPassing } from "@/lib/platform/outage";
import { fillOwedOrder } from "./fill-owed-orders";
import type { SettleRow } from "./hot/settle-statement";
import { countBound, deliverReserved, dropExpiredCards, serveOwedOrders } from "./offer-cards";

/** What became of one verified payment. */
export type SettleOutcome =
  | "settled"
  | "owed"
  | "repeat"
  | Exclude<PaymentVerdict, "settled">
  | "unknown_order"
  | "test_paid"
  | "trade_reused"
  | "refunded";

const FINDING_OF = {
  double: "double_payment",
  underpaid: "amount_mismatch",
  overpaid: "amount_mismatch",
  wrong_currency: "currency_mismatch",
} as const;

/**
 * Takes up to the line's quantity, from its pools in order. A card that a count sees and no lock gets is in the hands of somebody who may let go of
 * it: worth a short wait, before a buyer who has paid hears that the stock is gone.
 */
async function takeLine(tx: Tx, order: LockedOrder, line: OrderLine): Promise<string[]> {
  const taken: string[] = [];
  const places = await placesOfLine(tx, line);
  for (let tries = 1; ; tries++) {
    for (const place of places) {
      const quantity = line.quantity - taken.length;
      if (quantity === 0) return taken;
      taken.push(...(await takeCards(tx, { place, orderId: order.id, quantity, status: "reserved" })));
    }
    if (taken.length === line.quantity || tries === limits.loneRetries) return taken;
    if (!(await isAnyAvailable(tx, places))) return taken;
    await new Promise((wake) => setTimeout(wake, limits.loneWaitMs));
  }
}

async function isAnyAvailable(tx: Tx, places: readonly StockPlace[]): Promise<boolean> {
  for (const place of places) if ((await countAvailable(tx, place, 1)) > 0) return true;
  return false;
}

/** Takes what there is of the cards that a paid order lacks: after a lapsed reservation, an expired card, or by *claim on payment*. */
async function claimAll(tx: Tx, order: LockedOrder, lines: readonly OrderLine[]): Promise<string[]> {
  const cardIds: string[] = [];
  for (const line of lines) {
    const quantity = line.quantity - (await countBound(tx, order, line.variantId));
    if (quantity === 0) continue;
    // Who chose his card gets it, while nobody else has it, and no other.
    const taken =
      order.stockPolicy === "pick" ? await takeChosen(tx, order.id) : await takeLine(tx, order, { ...line, quantity });
    // Also when it is not all: of its other lines the order keeps what there is, so that no new buyer overtakes it there.
    cardIds.push(...taken);
  }
  if (cardIds.length > 0) {
    await appendEntry(tx, { kind: "bind", merchantId: order.merchantId, orderId: order.id, cardIds });
  }
  return cardIds;
}

/**
 * Paid in full while an earlier payment of it is disputed: nothing is handed out until the dispute is won. It gives up what it held
 * and waits as an owed one, served when it may have its cards.
 */
async function withhold(tx: Tx, order: LockedOrder): Promise<"owed"> {
  const lines = await readLines(tx, order.id);
  if (order.cardIds.length > 0) {
    const { id: orderId, merchantId, cardIds } = order;
    await lockStock(
      tx,
      lines.map((line) => line.variantId),
    );
    const released = await releaseCards(tx, { orderId, cardIds });
    assert(released === cardIds.length, "what an unpaid order holds is reserved for it");
    await appendEntry(tx, { kind: "release", merchantId, orderId, reference: "disputed", cardIds });
  }
  await owe(tx, order, { cardIds: [], reason: "disputed" });
  if (order.cardIds.length > 0) for (const place of await placesOfLines(tx, lines)) await serveOwedOrders(tx, place);
  return "owed";
}

/** The order waits for cards, a finding names it, and its buyer is told. */
async function owe(tx: Tx, order: LockedOrder, { cardIds, reason }: { cardIds: readonly string[]; reason: string }) {
  await changeOrder(tx, order, { cardIds, owedAt: new Date(await databaseNow(tx)) }, { reason });
  const chosen = order.stockPolicy === "pick" ? await findChosen(tx, order.id) : null;
  const detail = chosen && { detail: { chosen: chosen.preview } };
  await openFinding(tx, { kind: "owed_order", subject: order.id, orderId: order.id, ...detail });
  await postEvent(tx, "order.owed", order.id);
}

/** Without stock the order is owed: it keeps what there was, a finding names it, and the next cards are its own. */
async function deliverOrOwe(tx: Tx, order: LockedOrder, paymentId: string): Promise<"settled" | "owed"> {
  assert([0, order.quantity].includes(order.cardIds.length), "an unpaid order holds all of its cards or none");
  if (order.disputedAt) return withhold(tx, order);
  const held = await dropExpiredCards(tx, order);
  if (held.cardIds.length > 0) {
    const reserved = await lockReserved(tx, { orderId: order.id, cardIds: held.cardIds });
    assert(reserved === held.cardIds.length, "what an unpaid order holds is reserved for it");
  }
  if (held.cardIds.length === order.quantity) {
    await deliverReserved(tx, held, paymentId);
    return "settled";
  }
  const lines = await readLines(tx, order.id);
  await lockStock(
    tx,
    lines.map((line) => line.variantId),
  );
  const cardIds = [...held.cardIds, ...(await claimAll(tx, held, lines))];
  if (cardIds.length === order.quantity) {
    const saved = await changeOrder(tx, held, { cardIds }, { reason: "cards_bound" });
    await deliverReserved(tx, saved, paymentId);
    return "settled";
  }
  await owe(tx, held, { cardIds, reason: REASON_OF[order.stockPolicy] ?? "no_stock" });
  return "owed";
}

const REASON_OF: Partial<Record<LockedOrder["stockPolicy"], string>> = {
  promise: "promised",
  pick: "chosen_card_gone",
};

async function databaseNow(tx: Tx): Promise<number> {
  const [row] = await tx.$queryRaw<[{ at: Date }]>`SELECT clock_timestamp() AS at`;
  return row.at.getTime();
}

/** Applies a payment that is recorded for the first time. */
async function apply(
  tx: Tx,
  order: LockedOrder,
  row: SettleRow,
): Promise<Exclude<SettleOutcome, "repeat" | "unknown_order" | "test_paid" | "trade_reused" | "refunded">> {
  const amountMinor = BigInt(row.amount_minor);
  const verdict = judgePayment(
    { ...order, isSettled: order.settledPaymentId !== null },
    { amountMinor, currency: row.currency },
  );
  // Money of another currency is no part of the order's sum, whatever else is to be said of it.
  const counted = row.currency === order.currency ? amountMinor : 0n;
  const money = { paidMinor: order.paidMinor + counted, paymentCount: order.paymentCount + 1 };
  if (verdict !== "settled") {
    await changeOrder(tx, order, money, { reason: `payment_${verdict}` });
    await openFinding(tx, {
      kind: FINDING_OF[verdict],
      subject: row.payment_id,
      orderId: order.id,
      eventId: row.event_id,
      detail: { amountMinor: row.amount_minor, currency: row.currency, verdict },
    });
    return verdict;
  }
  const isLate = order.status !== "pending" || order.isPastDeadline;
  const paid = await changeOrder(
    tx,
    order,
    { ...money, status: "paid", settledPaymentId: row.payment_id, isLate },
    { reason: "payment_settled" },
  );
  return deliverOrOwe(tx, paid, row.payment_id);
}

/** The judgement itself, for a transaction that writes more than the payment: whoever vouched for it, or whose balance paid. */
export async function settleIn(tx: Tx, row: SettleRow): Promise<Result<SettleOutcome, never>> {
  const attempt = await findAttempt(tx, row);
  if (!attempt) {
    const isTest = await noteTestPaid(tx, row);
    const { id: eventId } = await recordEvent(tx, row, { orderId: null, verdict: "unknown_order" });
    await openFinding(tx, {
      kind: "unknown_order",
      subject: eventId,
      eventId,
      detail: { outTradeNo: row.out_trade_no },
    });
    if (!isTest) return ok("unknown_order");
    // It has no order and needs none: who asked for it sees it at its account.
    await resolveFinding(tx, { kind: "unknown_order", subject: eventId, resolution: "test_payment" });
    return ok("test_paid");
  }
  // The order first, then the payment: the same order of locks as the batched statement.
  const order = await lockOrder(tx, attempt.orderId);
  assert(order, "an attempt belongs to an order");
  const event = await recordEvent(tx, row, { orderId: order.id, verdict: null });
  const eventId = event.id;
  if (event.verdict === "refunded") return ok("refunded");
  if (!event.isNew) await resolveEarlier(tx, eventId);
  const known = await findPayment(tx, row);
  if (known && (known.orderId !== order.id || known.amountMinor.toString() !== row.amount_minor)) {
    await judgeEvent(tx, eventId, { orderId: order.id, verdict: "trade_reused" });
    await openFinding(tx, { kind: "trade_reused", subject: eventId, orderId: order.id, eventId });
    return ok("trade_reused");
  }
  if (known) {
    await judgeEvent(tx, eventId, { orderId: order.id, verdict: known.verdict });
    return ok("repeat");
  }
  const recorded = { ...row, event_id: eventId };
  const verdict = judgePayment(
    { ...order, isSettled: order.settledPaymentId !== null },
    { amountMinor: BigInt(row.amount_minor), currency: row.currency },
  );
  // Another process may have recorded the same trade number for another order a moment ago: the unique key decides.
  if (!(await insertPayment(tx, recorded, { orderId: order.id, attemptId: attempt.id, verdict })))
    return settleIn(tx, row);
  const outcome = await apply(tx, order, recorded);
  await judgeEvent(tx, eventId, { orderId: order.id, verdict });
  return ok(outcome);
}

/** An event that was told before may have been left with a question that this judgement answers. */
async function resolveEarlier(tx: Tx, eventId: string): Promise<void> {
  for (const kind of ["unknown_order", "unjudged_payment"] as const)
    await resolveFinding(tx, { kind, subject: eventId, resolution: "judged" });
}

/**
 * A payment that is on record already: whatever it still owes is driven again; it is never answered "done" before it is. In
 * a transaction of its own, because whoever serves owed orders takes the stock's lock first and then theirs.
 */
async function driveAgain(deps: Deps, row: SettleRow): Promise<void> {
  const attempt = await findAttempt(deps.db, row);
  if (attempt) await fillOwedOrder(deps, attempt.orderId);
}

/** Money that the shop could not judge, for a reason that asking again will not mend, is on record all the same and named. */
async function recordUnjudged(deps: Deps, row: SettleRow): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const attempt = await findAttempt(tx, row);
    const orderId = attempt?.orderId ?? null;
    const { id: eventId } = await recordEvent(tx, row, { orderId, verdict: null });
    await openFinding(tx, { kind: "unjudged_payment", subject: eventId, ...(orderId && { orderId }), eventId });
    return ok(null);
  });
}

/**
 * One verified payment in a transaction of its own, with a snapshot taken after the order's lock: late, double, wrong or
 * without stock, it is recorded first, judged in one place, and named by a finding when a person must act.
 */
export async function settleAlone(deps: Deps, row: SettleRow): Promise<SettleOutcome> {
  const result = await inTransaction(deps.db, (tx) => settleIn(tx, row)).catch(async (error: unknown) => {
    if (!isPassing(error)) await recordUnjudged(deps, row);
    throw error;
  });
  assert(result.ok);
  if (result.value === "repeat") await driveAgain(deps, row);
  deps.log.info("payment.judged", { accountId: row.account_id, eventId: row.event_id, outcome: result.value });
  return result.value;
}
