import type { Notifier } from "./notifier";
import { toFen, toYuan } from "./signing";
import type { Request, Trade, Trades } from "./trades";

/** The ways a buyer, and fate, can treat a payment. */
export const WAYS = ["pay", "twice", "late", "under", "over", "silent"] as const;
export type Way = (typeof WAYS)[number];
export const isWay = (text: string): text is Way => (WAYS as readonly string[]).includes(text);

export const TYPES = ["alipay", "wxpay", "qqpay", "bank", "jdpay", "paypal"] as const;
export const isType = (text: string | undefined): boolean => (TYPES as readonly (string | undefined)[]).includes(text);
const LATE_SECONDS_MAX = 7 * 24 * 3600;
const EXTRA_TRADES_MAX = 10;

export interface PayInput {
  readonly way: Way;
  readonly type?: string | undefined;
  /** For `late`. */
  readonly seconds?: number | undefined;
}

/** What the wrong amounts are: one fen beside the right one, the smallest mistake there is. */
export const wrongAmounts = ({ money }: Request): { under: string | null; over: string } => {
  const fen = toFen(money);
  return { under: fen > 1n ? toYuan(fen - 1n) : null, over: toYuan(fen + 1n) };
};

/** Lets an unpaid trade be paid in one of the ways; a paid one stays as it is. Resolves when the shop was told, if it is told at once. */
export async function pay(desk: { trades: Trades; notifier: Notifier }, trade: Trade, input: PayInput): Promise<void> {
  if (trade.paid) return;
  const { tradeNo, request } = trade;
  const type = trade.type || input.type || "alipay";
  if (input.way === "late") {
    const seconds = Math.min(Math.max(0, Math.trunc(input.seconds ?? 60)) || 0, LATE_SECONDS_MAX);
    desk.trades.record({ event: "delayed", tradeNo, dueAt: Date.now() + seconds * 1000, type });
    return desk.notifier.plan(trade);
  }
  const { under, over } = wrongAmounts(request);
  const money = input.way === "under" ? (under ?? request.money) : input.way === "over" ? over : request.money;
  const isSilent = input.way === "silent";
  desk.trades.record({ event: "paid", tradeNo, at: Date.now(), money, type, isSilent });
  if (!isSilent) {
    desk.notifier.send(trade);
    await desk.notifier.settled(trade);
  }
  if (input.way === "twice") await payOnceMore(desk, trade);
}

/** The same order under a second trade number, as when a buyer pays in two windows. */
export async function payOnceMore(desk: { trades: Trades; notifier: Notifier }, first: Trade): Promise<void> {
  if (desk.trades.of(first.request.outTradeNo).length >= EXTRA_TRADES_MAX || desk.trades.isFull) return;
  const second = desk.trades.create(first.request);
  await pay(desk, second, { way: "pay", type: first.type });
}

/** Sends the notice again, as the merchant's panel of the original can. */
export async function notifyAgain(desk: { trades: Trades; notifier: Notifier }, trade: Trade): Promise<void> {
  if (!trade.paid) return;
  desk.trades.record({ event: "asked_again", tradeNo: trade.tradeNo, at: Date.now() });
  desk.notifier.send(trade);
  await desk.notifier.settled(trade);
}
