import { expireOrders } from "@/lib/flows/expire-orders";
import { endOfFetches, fetchStatements } from "@/lib/flows/fetch-statements";
import { requestRefund } from "@/lib/flows/request-refund";
import { settlePayment } from "@/lib/flows/settle-payment";
import { newId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { choosing, offer } from "@/tests/support/previews";
import { ADMIN } from "@/tests/support/refund-desk";
import { type Case, type Made, many } from "./remedied-case";
import { type Input, LISTING, type RemediedShop } from "./remedied-shop";

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

/** Every remedy of every difference of money, and of the gateways' books. */
export const MONEY_CASES: readonly Case[] = [
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
