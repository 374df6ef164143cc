import { randomInt } from "node:crypto";
import { escapedAsStored, type Fields, shanghaiTime, toFen, toYuan } from "../signing";

export interface EpayRefund {
  readonly outRefundNo: string;
  readonly refundNo: string;
  readonly fen: bigint;
}

export interface EpayTrade {
  readonly tradeNo: string;
  readonly outTradeNo: string;
  readonly type: string;
  readonly name: string;
  readonly fen: bigint;
  readonly notifyUrl: string;
  readonly returnUrl: string;
  readonly addedAt: number;
  paidAt: number | null;
  /** 0 waiting, 1 paid, 2 given back, in part or whole. */
  status: 0 | 1 | 2;
  readonly refunds: EpayRefund[];
}

export const refundedOf = ({ refunds }: EpayTrade): bigint => refunds.reduce((sum, { fen }) => sum + fen, 0n);

/** The books of an EPay server: pure of network and signatures, with the traps of the original. */
export class EpayDesk {
  readonly #byTradeNo = new Map<string, EpayTrade>();
  readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  /** By the server's number, or by the shop's. */
  find({ trade_no: tradeNo, out_trade_no: outTradeNo }: Fields): EpayTrade | undefined {
    if (tradeNo) return this.#byTradeNo.get(tradeNo);
    return [...this.#byTradeNo.values()].find((trade) => trade.outTradeNo === outTradeNo);
  }

  /** Newest first. */
  page(offset: number, limit: number): EpayTrade[] {
    return [...this.#byTradeNo.values()].reverse().slice(offset, offset + Math.min(limit, 50));
  }

  /** The trade of a request; a text is a refusal. The same number with other fields is refused, as is a paid one. */
  open(fields: Fields): EpayTrade | string {
    const given = (name: string) => fields[name] ?? "";
    if (!/^[a-zA-Z0-9._\-|]+$/.test(given("out_trade_no"))) return "订单号(out_trade_no)格式不正确";
    if (!/^\d{1,8}(\.\d{1,2})?$/.test(given("money")) || toFen(given("money")) <= 0n) return "金额不合法";
    if (given("name") === "") return "商品名称(name)不能为空";
    const wanted = {
      name: escapedAsStored(given("name")).slice(0, 64),
      fen: toFen(given("money")),
      notifyUrl: escapedAsStored(given("notify_url")),
      returnUrl: escapedAsStored(given("return_url")),
    };
    const known = this.find({ out_trade_no: given("out_trade_no") });
    if (!known) return this.#add(given("out_trade_no"), given("type"), wanted);
    if (known.status > 0) return "该订单已完成支付，请勿重复发起支付";
    const isSame = (Object.keys(wanted) as (keyof typeof wanted)[]).every((name) => known[name] === wanted[name]);
    return isSame ? known : "该订单支付参数有变化，请更换订单号重新发起支付";
  }

  #add(
    outTradeNo: string,
    type: string,
    wanted: Pick<EpayTrade, "name" | "fen" | "notifyUrl" | "returnUrl">,
  ): EpayTrade {
    const addedAt = this.now();
    let tradeNo = "";
    do tradeNo = shanghaiTime(addedAt).replace(/\D/g, "") + String(randomInt(100_000)).padStart(5, "0");
    while (this.#byTradeNo.has(tradeNo));
    const trade: EpayTrade = { ...wanted, tradeNo, outTradeNo, type, addedAt, paidAt: null, status: 0, refunds: [] };
    this.#byTradeNo.set(tradeNo, trade);
    return trade;
  }

  /** The shop's unpaid rows disappear after two days. */
  purge(trade: EpayTrade): void {
    this.#byTradeNo.delete(trade.tradeNo);
  }

  pay(trade: EpayTrade): boolean {
    if (trade.status > 0) return false;
    trade.status = 1;
    trade.paidAt = this.now();
    return true;
  }

  /** Gives money back; a text is a refusal. With a number that is known it is the first refund again, whatever the amount. */
  refund(trade: EpayTrade, { fen, outRefundNo }: { fen: bigint; outRefundNo: string }): EpayRefund | string {
    const known =
      outRefundNo.length > 5 ? trade.refunds.find((refund) => refund.outRefundNo === outRefundNo) : undefined;
    if (known) return known;
    if (trade.status === 0) return "该订单状态不支持退款！";
    if (refundedOf(trade) >= trade.fen) return "该订单已全额退款！";
    if (fen <= 0n || fen > trade.fen - refundedOf(trade)) return "退款金额不能超过该订单剩余可退款金额！";
    const refundNo = `R${trade.tradeNo}${trade.refunds.length}`;
    const refund = { outRefundNo: outRefundNo || refundNo, refundNo, fen };
    trade.refunds.push(refund);
    trade.status = 2;
    return refund;
  }

  findRefund(outRefundNo: string): { trade: EpayTrade; refund: EpayRefund } | null {
    for (const trade of this.#byTradeNo.values()) {
      const refund = trade.refunds.find((one) => one.outRefundNo === outRefundNo);
      if (refund) return { trade, refund };
    }
    return null;
  }
}

/** A row as `order` and `orders` print it: numbers, texts and nulls mixed. */
export const rowOf = (trade: EpayTrade, pid: string): Record<string, unknown> => ({
  trade_no: trade.tradeNo,
  out_trade_no: trade.outTradeNo,
  api_trade_no: trade.paidAt === null ? null : `UP${trade.tradeNo}`,
  type: trade.type || null,
  pid: /^[1-9]\d{0,14}$/.test(pid) ? Number(pid) : pid,
  addtime: shanghaiTime(trade.addedAt),
  endtime: trade.paidAt === null ? null : shanghaiTime(trade.paidAt),
  name: trade.name,
  money: toYuan(trade.fen),
  param: null,
  buyer: null,
  status: trade.status,
});
