// Over 300 lines: one table of all remedies, beside what makes each difference.
import { sealLedger } from "@/lib/features/ledger/seal";
import { resumeProduct } from "@/lib/features/merchants/save-product";
import type { FindingKind, RemedyName } from "@/lib/features/reconciliation/kinds";
import { expireOrders } from "@/lib/flows/expire-orders";
import { endOfFetches, fetchStatements } from "@/lib/flows/fetch-statements";
import { requestRefund } from "@/lib/flows/request-refund";
import { settlePayment } from "@/lib/flows/settle-payment";
import { newId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { choosing, offer } from "@/tests/support/previews";
import { ADMIN } from "@/tests/support/refund-desk";
import { type Input, LISTING, type RemediedShop } from "./remedied-shop";

/** A difference that was made, and how it should end. */
export interface Made {
  /** The order, or whatever else the finding is about. */
  readonly about: string;
  readonly input?: Input;
  readonly outcome: string;
  /** What goes on by itself behind the remedy, or what a person does beside it. */
  readonly after?: () => Promise<unknown>;
  /** A remedy that only keeps the harm small leaves the finding open until the cause is mended. */
  readonly mend?: () => Promise<unknown>;
  readonly ends?: "accepted";
}

export interface Case {
  readonly kind: FindingKind;
  readonly remedy: RemedyName;
  readonly what: string;
  readonly make: (shop: RemediedShop) => Promise<Made>;
}

const many = (kind: FindingKind, what: string, remedies: Partial<Record<RemedyName, Case["make"]>>): Case[] =>
  Object.entries(remedies).map(([remedy, make]) => ({ kind, what, remedy: remedy as RemedyName, make }));

/** What a remedy that gives money back is followed by: the gateway does as it was asked. */
const toSource = (s: RemediedShop, about: string, input?: Input): Made => ({
  ...{ about, outcome: "refund_asked", after: () => s.drive() },
  ...(input && { input }),
});
const toBalance = (about: string): Made => ({ about, outcome: "refunded" });

/** A debt of which nobody was told; with a card that came past the flow which serves debts first. */
async function owed(s: RemediedShop, { cards = 0 } = {}) {
  const { order, stocked } = await s.owed();
  if (cards > 0) {
    await s.hand(`UPDATE orders SET owed_at = NULL WHERE id = '${order.id}'`);
    await s.shop.restock(stocked, cards);
    await s.hand(`UPDATE orders SET owed_at = paid_at WHERE id = '${order.id}'`);
  }
  await s.shop.rows("DELETE FROM finding WHERE order_id = $1", [order.id]);
  return { order, stocked };
}

/** A payment of which a person was not told, because somebody deleted the finding. */
async function untold(
  s: RemediedShop,
  pays: (outTradeNo: string) => Parameters<typeof settlePayment>[1],
  isPaid = false,
) {
  const { variantId } = await s.shop.stock({ cards: 2 });
  const order = await s.shop.place(variantId, { accountId: "paper" });
  if (isPaid) await s.pay(order);
  await settlePayment(s.shop.deps, pays(await s.outTradeNoOf(order)), { accountId: "paper", source: "notice" });
  await s.shop.rows("DELETE FROM finding WHERE order_id = $1", [order.id]);
  const payment = (await s.paymentsOf(order)).at(-1);
  return { order, paymentId: payment?.id as string };
}
const second = (s: RemediedShop) => untold(s, (no) => s.paper.pay(no, { trade: `second-${no}` }), true);
const tooLittle = (s: RemediedShop) => untold(s, (no) => s.paper.pay(no, { amountMinor: 400n }));
const inDollars = (s: RemediedShop) => untold(s, (no) => ({ ...s.paper.pay(no), amount: money(1000n, "USD") }));

/** Money in the gateway's books for an order that nobody told us is paid. */
async function unheard(s: RemediedShop, isOurs: boolean) {
  const { variantId } = await s.shop.stock({ cards: 1 });
  const order = await s.shop.place(variantId, { accountId: "paper" });
  const trade = `stray-${newId()}`;
  const outTradeNo = isOurs ? await s.outTradeNoOf(order) : `THEIRS${newId().slice(-8)}`;
  await s.bookRow("payment", { gateway_trade_number: trade, out_trade_no: outTradeNo });
  return { order, trade };
}
async function heardOnce(s: RemediedShop) {
  const { order } = await s.paid();
  const trade = `twice-${newId()}`;
  await s.bookRow("payment", { gateway_trade_number: trade, out_trade_no: await s.outTradeNoOf(order) });
  return { order, trade };
}

/** A product is taken off sale while somebody looks; the rows are put right by hand, and it is put back. */
const halted = (s: RemediedShop, productId: string, about: string, mend: () => Promise<unknown>): Made => ({
  ...{ about, outcome: "halted" },
  mend: async () => [await mend(), await resumeProduct(s.shop.deps, ADMIN, productId)],
});

/** Money under a number that nobody knows, by a notice. */
async function stray(s: RemediedShop) {
  const outTradeNo = `X${newId()}`;
  await settlePayment(s.shop.deps, s.paper.pay(outTradeNo, { trade: outTradeNo }), {
    accountId: "paper",
    source: "notice",
  });
  const [row] = await s.shop.rows<{ id: string }>("SELECT id FROM payment_event WHERE out_trade_no = $1", [outTradeNo]);
  return row?.id as string;
}

async function failedRefund(s: RemediedShop) {
  const { order } = await s.paid();
  s.paper.refundFailure = "NOT_ENOUGH";
  await requestRefund(s.shop.deps, ADMIN, await s.command(order));
  await s.drive();
  s.paper.refundFailure = null;
  return order;
}

/** Puts one row aside and back, past everything that guards it. */
async function aside(s: RemediedShop, table: string, where: string): Promise<() => Promise<unknown>> {
  const kept = `kept_${newId().replaceAll("-", "")}`;
  await s.hand([
    `CREATE TABLE ${kept} AS SELECT * FROM ${table} WHERE ${where}`,
    `DELETE FROM ${table} WHERE ${where}`,
  ]);
  return () => s.hand([`INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM ${kept}`, `DROP TABLE ${kept}`]);
}

const cardOf = async (s: RemediedShop, order: { id: string }): Promise<string> => {
  const [card] = await s.shop.rows<{ id: string }>("SELECT id FROM card WHERE order_id = $1", [order.id]);
  return card?.id as string;
};

/** What the listing account says of a refund, as Stripe does. */
const listedRefund = (trade: string, refundNo: string, at: Date): string =>
  JSON.stringify({
    ...{
      id: `txn_${refundNo}`,
      object: "balance_transaction",
      type: "refund",
      reporting_category: "refund",
      status: "available",
    },
    ...{ amount: -1000, fee: 0, currency: "cny", created: Math.floor(at.getTime() / 1000) },
    source: {
      id: `re_${refundNo}`,
      object: "refund",
      amount: 1000,
      currency: "cny",
      payment_intent: trade,
      metadata: { refund_no: refundNo },
    },
  });

const fetched = async (s: RemediedShop) => [await fetchStatements(s.shop.deps), await endOfFetches(s.shop.deps)];

/** Every remedy of every kind that a run finds, and of those that flows meet and no other test sees to its end. */
export const CASES: readonly Case[] = [
  ...many("owed_order", "nobody was told of the debt", {
    async deliver(s) {
      const { order } = await owed(s, { cards: 1 });
      return { about: order.id, outcome: "delivered" };
    },
    async fill_from_pool(s) {
      const { order, stocked } = await owed(s);
      return { about: order.id, input: { poolId: await s.poolOf(stocked) }, outcome: "delivered" };
    },
    refund_source: async (s) => toSource(s, (await owed(s)).order.id),
    refund_balance: async (s) => toBalance((await owed(s)).order.id),
  }),
  ...many("owed_order", "the card that the buyer chose went to somebody else", {
    async waive_choice(s) {
      const stocked = await s.shop.stock({ cards: 2 });
      const [choice] = await offer(s.shop, stocked, 1);
      const place = () => s.shop.place(stocked.variantId, { accountId: "paper", ...choosing(choice) });
      const slow = await place();
      await s.shop.lapse(slow.id, 60);
      await expireOrders(s.shop.deps);
      for (const order of [await place(), slow]) await s.pay(order, s.paper, { amountMinor: order.totalMinor });
      await s.shop.rows("DELETE FROM finding WHERE order_id = $1", [slow.id]);
      return { about: slow.id, outcome: "delivered" };
    },
  }),
  ...many("paid_without_card", "paid, and forgotten", {
    async deliver(s) {
      const { order } = await s.forgotten({ cards: 1 });
      return { about: order.id, outcome: "delivered" };
    },
    async fill_from_pool(s) {
      const { order, stocked } = await s.forgotten();
      return { about: order.id, input: { poolId: await s.poolOf(stocked) }, outcome: "delivered" };
    },
    refund_source: async (s) => toSource(s, (await s.forgotten()).order.id),
    refund_balance: async (s) => toBalance((await s.forgotten()).order.id),
  }),
  ...many("double_payment", "paid twice, and nobody was told", {
    refund_source: async (s) => toSource(s, (await second(s)).paymentId),
    refund_balance: async (s) => toBalance((await second(s)).paymentId),
  }),
  ...many("amount_mismatch", "paid too little, and nobody was told", {
    refund_source: async (s) => toSource(s, (await tooLittle(s)).paymentId),
    refund_balance: async (s) => toBalance((await tooLittle(s)).paymentId),
  }),
  ...many("currency_mismatch", "paid in dollars, and nobody was told", {
    refund_source: async (s) => toSource(s, (await inDollars(s)).paymentId),
    refund_balance: async (s) => toBalance((await inDollars(s)).paymentId),
  }),
  ...many("refund_failed", "the gateway refused to give back", {
    refund_source: async (s) => toSource(s, (await failedRefund(s)).id),
    refund_balance: async (s) => toBalance((await failedRefund(s)).id),
  }),
  ...many("unknown_order", "a notice under a number that is nobody's", {
    async record_payment(s) {
      const { variantId } = await s.shop.stock({ cards: 1 });
      const order = await s.shop.place(variantId, { accountId: "paper" });
      return { about: await stray(s), input: { orderNumber: order.number }, outcome: "payment_settled" };
    },
    mark_not_ours: async (s) => ({ about: await stray(s), outcome: "not_ours", ends: "accepted" }),
  }),
  ...many("gateway_only", "money in the books for an order that looks unpaid", {
    async record_payment(s) {
      const { order, trade } = await unheard(s, true);
      return { about: trade, input: { orderNumber: order.number }, outcome: "payment_settled" };
    },
    mark_not_ours: async (s) => ({ about: (await unheard(s, true)).trade, outcome: "not_ours", ends: "accepted" }),
  }),
  ...many("gateway_only", "money in the books under a number that is not ours", {
    async record_payment(s) {
      const { order, trade } = await unheard(s, false);
      return { about: trade, input: { orderNumber: order.number }, outcome: "payment_settled" };
    },
  }),
  ...many("duplicate_payment", "paid twice, and heard of once", {
    async record_payment(s) {
      const { order, trade } = await heardOnce(s);
      const input = { orderNumber: order.number };
      // Now the shop knows that it was paid twice, which is another finding with a remedy of its own.
      const after = async () => {
        const [, paid] = await s.paymentsOf(order);
        await s.remedy(await s.only("double_payment", paid?.id as string), "refund_source");
        await s.drive();
      };
      return { about: trade, input, outcome: "payment_double", after };
    },
    mark_not_ours: async (s) => ({ about: (await heardOnce(s)).trade, outcome: "not_ours", ends: "accepted" }),
  }),
  ...many("refund_missing_local", "given back at the gateway's own desk", {
    async mark_not_ours(s) {
      const { order } = await s.paid();
      const trade = await s.tradeOf(order);
      const named = { gateway_trade_number: trade, part: "RX1", gateway_refund_number: "RX1", amount_minor: 300 };
      await s.bookRow("refund", named);
      return { about: trade, outcome: "not_ours", ends: "accepted" };
    },
  }),
  ...many("refund_missing_gateway", "the row came a day late", {
    async rerun_job(s) {
      const { order } = await s.paid(s.lister);
      await requestRefund(s.shop.deps, ADMIN, await s.command(order));
      await s.drive();
      const [refund] = await s.refundsOf(order);
      await s.hand([
        `UPDATE payment SET received_at = received_at - interval '3 days' WHERE order_id = '${order.id}'`,
        `UPDATE refund SET finished_at = finished_at - interval '50 hours' WHERE order_id = '${order.id}'`,
      ]);
      const at = new Date(Date.now() - 50 * 3_600_000);
      s.listed.push(listedRefund(await s.tradeOf(order), refund?.refund_no as string, at));
      return { about: order.id, outcome: "asked", after: () => fetched(s) };
    },
  }),
  ...many("bill_anomaly", "a row of the day after tomorrow", {
    async mark_not_ours(s) {
      const trade = `tomorrow-${newId()}`;
      const occurredAt = new Date(Date.now() + 2 * 86_400_000).toISOString();
      await s.bookRow("payment", { gateway_trade_number: trade, occurred_at: occurredAt });
      return { about: trade, outcome: "not_ours", ends: "accepted" };
    },
  }),
  ...many("statement_missing", "a day that the gateway did not give", {
    async rerun_job(s) {
      await s.shop.rows(
        "INSERT INTO statement_day (account_id, day, state, failure, next_try_at) VALUES ($1, '2026-01-02', 'failed', 'refused', NULL)",
        [LISTING],
      );
      return { about: "2026-01-02", outcome: "asked", after: () => fetched(s) };
    },
  }),
  ...many("local_only", "a payment that the books do not have", {
    async halt_product(s) {
      const { order, stocked } = await s.paid();
      const trade = await s.tradeOf(order);
      s.untold.add(trade);
      await s.hand(`DELETE FROM statement_row WHERE gateway_trade_number = '${trade}'`);
      return halted(s, stocked.productId, order.id, async () => s.untold.delete(trade));
    },
  }),
  ...many("card_without_payment", "the payment is gone", {
    async halt_product(s) {
      const { order, stocked } = await s.paid();
      const back = await aside(s, "payment", `order_id = '${order.id}'`);
      return halted(s, stocked.productId, order.id, back);
    },
  }),
  ...many("card_count_mismatch", "one of two cards is not the order's", {
    async halt_product(s) {
      const { order, stocked } = await s.paid(s.paper, { cards: 3, quantity: 2 });
      const cardId = await cardOf(s, order);
      const back = await aside(s, "card", `id = '${cardId}'`);
      return halted(s, stocked.productId, order.id, back);
    },
  }),
  ...many("card_sold_twice", "an order names a card that another buyer has", {
    async halt_product(s) {
      const { stocked, both, undo } = await sharedCard(s);
      return halted(s, stocked.productId, both[1].id, undo);
    },
    async replace_card(s) {
      const { order, stocked } = await s.paid(s.paper, { cards: 3 });
      const other = await s.shop.place(stocked.variantId, { accountId: "paper" });
      await s.pay(other);
      const cardId = await cardOf(s, other);
      const given = `card_ids = card_ids || '${cardId}'::uuid WHERE order_id = '${order.id}' AND kind IN ('deliver', 'claim')`;
      await s.hand(`UPDATE stock_entry SET ${given}`);
      const mend = () =>
        s.hand(
          `UPDATE stock_entry SET ${given.replace("card_ids ||", "array_remove(card_ids,").replace("::uuid", "::uuid)")}`,
        );
      return { about: cardId, input: { position: "1", why: "used" }, outcome: "card_replaced", mend };
    },
  }),
  ...many("reservation_lapsed", "cards held for an order that is over", {
    async release(s) {
      const stocked = await s.shop.stock({ cards: 2 });
      const order = await s.shop.place(stocked.variantId, { quantity: 2, accountId: "paper" });
      await s.shop.lapse(order.id, 3_600);
      return { about: order.id, outcome: "released" };
    },
  }),
  ...many("mail_missing", "a delivery that became no mail", {
    async rerun_job(s) {
      const { order } = await s.paid();
      await s.announce();
      await s.hand(`DELETE FROM mail WHERE order_id = '${order.id}' AND kind = 'order_delivered'`);
      return { about: order.id, outcome: "mail_queued" };
    },
  }),
  ...many("mail_missing", "a delivery that was never announced", {
    async rerun_job(s) {
      const { order } = await s.paid();
      await s.announce();
      await s.hand([
        `DELETE FROM mail WHERE order_id = '${order.id}' AND kind = 'order_delivered'`,
        `DELETE FROM outbox WHERE order_id = '${order.id}' AND kind = 'order.delivered'`,
      ]);
      return { about: order.id, outcome: "mail_queued" };
    },
  }),
  ...many("ledger_gap", "nothing was sealed for a while", {
    async reseal(s) {
      await sealLedger(s.shop.deps);
      await s.paid();
      await s.hand(
        "UPDATE stock_entry SET created_at = created_at - interval '1 hour' WHERE created_at > now() - interval '1 minute'",
      );
      return { about: "unsealed", outcome: "sealed", after: () => s.sealAll() };
    },
  }),
  ...many("price_anomaly", "a total that its lines do not add up to", {
    async halt_product(s) {
      const { order, stocked } = await s.paid();
      const by = (minor: number) =>
        s.hand(`UPDATE order_line SET unit_price_minor = unit_price_minor + ${minor} WHERE order_id = '${order.id}'`);
      await by(-1);
      return halted(s, stocked.productId, order.id, () => by(1));
    },
  }),
  ...many("stuck_import", "an import whose heart stands still", {
    async rerun_job(s) {
      const { variantId } = await s.shop.stock({ cards: 1 });
      const id = newId();
      await s.hand(
        `INSERT INTO batch (id, merchant_id, variant_id, pool_id, status, key_id, data_key, heartbeat_at)
         SELECT '${id}', merchant_id, variant_id, pool_id, 'importing', key_id, data_key, now() - interval '1 hour' FROM batch WHERE variant_id = '${variantId}'`,
      );
      return { about: id, outcome: "run" };
    },
  }),
  // The last, because others let the gateways finish what they were asked.
  ...many("refund_stuck", "no answer for an hour", {
    async rerun_job(s) {
      const { order } = await s.paid();
      s.paper.isRefundSlow = true;
      await requestRefund(s.shop.deps, ADMIN, await s.command(order));
      await s.drive();
      await s.hand(`UPDATE refund SET created_at = created_at - interval '1 hour' WHERE order_id = '${order.id}'`);
      s.paper.isRefundSlow = false;
      return { about: order.id, outcome: "asked", after: () => s.drive() };
    },
  }),
];

/** Two orders of one product, the second of which names the first one's card. */
async function sharedCard(s: RemediedShop) {
  const { order, stocked } = await s.paid(s.paper, { cards: 3 });
  const other = await s.shop.place(stocked.variantId, { accountId: "paper" });
  await s.pay(other);
  const [mine, theirs] = [await cardOf(s, order), await cardOf(s, other)];
  const name = (cardId: string) =>
    s.hand(`UPDATE orders SET card_ids = ARRAY['${cardId}'::uuid] WHERE id = '${other.id}'`);
  await name(mine);
  return { stocked, both: [order, other] as const, undo: () => name(theirs) };
}
