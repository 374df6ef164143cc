import { randomInt } from "node:crypto";
import { type Fields, fromShanghaiTime, shanghaiTime, toFen, toYuan } from "./alipay-signing";

export interface AlipayRefund {
  readonly number: string;
  readonly fen: bigint;
  readonly at: number;
}

/** What the shop asked for; a trade only once somebody scanned it or came to the cashier. */
export interface AlipayTrade {
  readonly outTradeNo: string;
  readonly product: string;
  readonly fen: bigint;
  readonly subject: string;
  readonly notifyUrl: string;
  readonly returnUrl: string;
  readonly expiresAt: number;
  readonly code: string;
  /** Null: a code that nobody has scanned. */
  tradeNo: string | null;
  status: "WAIT_BUYER_PAY" | "TRADE_SUCCESS" | "TRADE_FINISHED" | "TRADE_CLOSED";
  createdAt: number;
  paidAt: number | null;
  readonly refunds: AlipayRefund[];
}

export interface Addresses {
  readonly notifyUrl: string;
  readonly returnUrl: string;
}

export type Answer = Readonly<Record<string, string>>;

const yes = (fields: Answer): Answer => ({ code: "10000", msg: "Success", ...fields });
export const refuse = (subCode: string, subMessage = subCode, code = "40004"): Answer => ({
  code,
  msg: code === "40004" ? "Business Failed" : "Service Currently Unavailable",
  sub_code: subCode,
  sub_msg: subMessage,
});
const notExist = refuse("ACQ.TRADE_NOT_EXIST", "交易不存在");

export const refundedOf = (trade: AlipayTrade): bigint => trade.refunds.reduce((sum, { fen }) => sum + fen, 0n);

/** The books of the gateway: pure of network and signatures, with the traps of the original. */
export class AlipayDesk {
  readonly trades = new Map<string, AlipayTrade>();
  readonly now: () => number;

  readonly #origin: () => string;

  constructor({ now, origin }: { now: () => number; origin: () => string }) {
    this.now = now;
    this.#origin = origin;
  }

  /** Answers one method of the interface.  */
  handle(method: string, content: Fields, addresses: Addresses): Answer {
    switch (method) {
      case "alipay.trade.precreate":
        return this.#precreate(content, addresses);
      case "alipay.trade.query":
        return this.#query(content);
      case "alipay.trade.close":
        return this.#close(content);
      case "alipay.trade.refund":
        return this.#refund(content);
      case "alipay.trade.fastpay.refund.query":
        return this.#refundQuery(content);
      default:
        return refuse("isv.invalid-method", "不存在的方法名", "40002");
    }
  }

  /** Notes what the shop wants paid; the same number with another amount is refused, one that was paid likewise. */
  register(content: Fields, addresses: Addresses): { trade: AlipayTrade } | { refusal: Answer } {
    const given = (name: string) => content[name] ?? "";
    const refused = (subCode: string, subMessage: string) => ({ refusal: refuse(`ACQ.${subCode}`, subMessage) });
    const fen = toFen(given("total_amount"));
    const expiresAt = fromShanghaiTime(given("time_expire"));
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(given("out_trade_no"))) return refused("INVALID_PARAMETER", "商户订单号不合法");
    if (fen === null || fen <= 0n) return refused("INVALID_PARAMETER", "金额不合法");
    if (!/^[^/=&@]{1,256}$/.test(given("subject"))) return refused("INVALID_PARAMETER", "标题不合法");
    if (!(expiresAt > this.now())) return refused("INVALID_PARAMETER", "超时时间不合法");
    const known = this.trades.get(given("out_trade_no"));
    if (known?.paidAt != null) return refused("TRADE_HAS_SUCCESS", "交易已被支付");
    if (known?.status === "TRADE_CLOSED") return refused("TRADE_HAS_CLOSE", "交易已经关闭");
    if (known && known.fen !== fen) return refused("CONTEXT_INCONSISTENT", "交易信息被篡改");
    if (known) return { trade: known };
    const trade: AlipayTrade = {
      outTradeNo: given("out_trade_no"),
      product: given("product_code"),
      fen,
      subject: given("subject"),
      ...addresses,
      expiresAt,
      code: `bax${randomInt(1e11, 9e11)}`,
      tradeNo: null,
      status: "WAIT_BUYER_PAY",
      createdAt: this.now(),
      paidAt: null,
      refunds: [],
    };
    this.trades.set(trade.outTradeNo, trade);
    return { trade };
  }

  /** Somebody scanned the code or came to the cashier: from now on there is a trade. */
  begin(trade: AlipayTrade): boolean {
    this.#expire(trade);
    if (trade.status !== "WAIT_BUYER_PAY") return false;
    trade.tradeNo ??= `${shanghaiTime(this.now()).slice(0, 10).replaceAll("-", "")}22001${randomInt(1e11, 9e11)}00001`;
    return true;
  }

  pay(trade: AlipayTrade, status: "TRADE_SUCCESS" | "TRADE_FINISHED"): boolean {
    if (!this.begin(trade)) return false;
    trade.status = status;
    trade.paidAt = this.now();
    return true;
  }

  /** Gives money back, once per number; all of it closes the trade. */
  giveBack(trade: AlipayTrade, number: string, fen: bigint): "given" | "known" | "refused" | "discordant" {
    const known = trade.refunds.find((refund) => refund.number === number);
    if (known) return known.fen === fen ? "known" : "discordant";
    if (trade.paidAt === null || trade.status !== "TRADE_SUCCESS") return "refused";
    if (fen <= 0n || refundedOf(trade) + fen > trade.fen) return "refused";
    trade.refunds.push({ number, fen, at: this.now() });
    if (refundedOf(trade) === trade.fen) trade.status = "TRADE_CLOSED";
    return "given";
  }

  #expire(trade: AlipayTrade): void {
    if (trade.status === "WAIT_BUYER_PAY" && this.now() >= trade.expiresAt) trade.status = "TRADE_CLOSED";
  }

  #find(content: Fields): AlipayTrade | null {
    const trade = this.trades.get(content.out_trade_no ?? "");
    if (!trade || trade.tradeNo === null) return null;
    this.#expire(trade);
    return trade;
  }

  #precreate(content: Fields, addresses: Addresses): Answer {
    const registered = this.register(content, addresses);
    if ("refusal" in registered) return registered.refusal;
    const { outTradeNo, code } = registered.trade;
    return yes({ out_trade_no: outTradeNo, qr_code: `${this.#origin()}/${code}` });
  }

  #query(content: Fields): Answer {
    const trade = this.#find(content);
    if (!trade) return notExist;
    return yes({
      buyer_logon_id: "138******00",
      buyer_pay_amount: "0.00",
      invoice_amount: "0.00",
      out_trade_no: trade.outTradeNo,
      point_amount: "0.00",
      receipt_amount: "0.00",
      ...(trade.paidAt === null ? {} : { send_pay_date: shanghaiTime(trade.paidAt) }),
      total_amount: toYuan(trade.fen),
      trade_no: trade.tradeNo ?? "",
      trade_status: trade.status,
    });
  }

  #close(content: Fields): Answer {
    const trade = this.#find(content);
    if (!trade) return notExist;
    if (trade.status !== "WAIT_BUYER_PAY") return refuse("ACQ.TRADE_STATUS_ERROR", "交易状态不合法");
    trade.status = "TRADE_CLOSED";
    return yes({ out_trade_no: trade.outTradeNo, trade_no: trade.tradeNo ?? "" });
  }

  #refund(content: Fields): Answer {
    const trade = this.#find(content);
    const fen = toFen(content.refund_amount ?? "");
    if (!trade) return notExist;
    if (fen === null) return refuse("ACQ.INVALID_PARAMETER", "退款金额不合法");
    // Without a number of its own a refund is the whole trade's.
    const outcome = this.giveBack(trade, content.out_request_no || trade.outTradeNo, fen);
    if (outcome === "discordant") return refuse("ACQ.DISCORDANT_REPEAT_REQUEST", "请求信息不一致");
    if (outcome === "refused") return refuse("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限或交易不可退");
    return yes({
      buyer_logon_id: "138******00",
      fund_change: outcome === "given" ? "Y" : "N",
      out_trade_no: trade.outTradeNo,
      // The sum of all refunds, not this one.
      refund_fee: toYuan(refundedOf(trade)),
      send_back_fee: "0.00",
      trade_no: trade.tradeNo ?? "",
    });
  }

  #refundQuery(content: Fields): Answer {
    const trade = this.#find(content);
    if (!trade) return notExist;
    const refund = trade.refunds.find(({ number }) => number === content.out_request_no);
    // A refund that never was is answered with success, and without a refund.
    if (!refund) return yes({});
    return yes({
      out_request_no: refund.number,
      out_trade_no: trade.outTradeNo,
      refund_amount: toYuan(refund.fen),
      refund_status: "REFUND_SUCCESS",
      total_amount: toYuan(trade.fen),
      trade_no: trade.tradeNo ?? "",
    });
  }
}
