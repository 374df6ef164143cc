import { randomBytes, randomInt } from "node:crypto";
import { shanghaiInstant } from "./wechat-signing";

export type RefundStatus = "PROCESSING" | "SUCCESS" | "CLOSED" | "ABNORMAL";

export interface WechatRefund {
  readonly number: string;
  readonly id: string;
  readonly fen: number;
  readonly at: number;
  status: RefundStatus;
}

export interface WechatOrder {
  /** The very bytes of the request: a repeat must be the same. */
  readonly body: string;
  readonly outTradeNo: string;
  readonly description: string;
  readonly fen: number;
  readonly notifyUrl: string;
  readonly expiresAt: number;
  readonly type: "NATIVE" | "MWEB";
  readonly code: string;
  state: "NOTPAY" | "SUCCESS" | "REFUND" | "CLOSED";
  transactionId: string | null;
  paidAt: number | null;
  readonly refunds: WechatRefund[];
}

export interface Answer {
  readonly status: number;
  readonly fields: object | null;
}
export const refuse = (status: number, code: string, message: string): Answer => ({
  status,
  fields: { code, message },
});
const NO_ORDER = refuse(404, "ORDER_NOT_EXIST", "订单不存在");

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

/** The books of the gateway: pure of network and signatures, with the traps of the original. */
export class WechatDesk {
  readonly orders = new Map<string, WechatOrder>();
  readonly now: () => number;
  readonly #merchant: { readonly mchid: string; readonly appid: string };
  readonly #origin: () => string;

  constructor(options: { now: () => number; origin: () => string; mchid: string; appid: string }) {
    this.now = options.now;
    this.#origin = options.origin;
    this.#merchant = options;
  }

  /** Makes a payment; the same number again must be the same bytes. */
  open(product: "native" | "h5", body: string, content: Record<string, unknown>): Answer {
    const [amount, outTradeNo] = [recordOf(content.amount), textOf(content.out_trade_no)];
    const isOurs = content.mchid === this.#merchant.mchid && content.appid === this.#merchant.appid;
    if (!isOurs) return refuse(400, "APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配");
    if (!/^[0-9A-Za-z_\-|*]{6,32}$/.test(outTradeNo)) return refuse(400, "PARAM_ERROR", "商户订单号格式错误");
    if (!Number.isInteger(amount.total) || Number(amount.total) <= 0) return refuse(400, "PARAM_ERROR", "金额错误");
    if (product === "h5" && !recordOf(content.scene_info).payer_client_ip) return refuse(400, "PARAM_ERROR", "缺少IP");
    const expiresAt = Date.parse(textOf(content.time_expire));
    const known = this.orders.get(outTradeNo);
    if (known && known.body !== body) return refuse(400, "INVALID_REQUEST", "请求重入时，参数与首次请求时不一致");
    if (!known && !(expiresAt > this.now())) return refuse(400, "PARAM_ERROR", "time_expire时间过期");
    if (known?.state === "SUCCESS" || known?.state === "REFUND") return refuse(400, "ORDERPAID", "订单已支付");
    if (known?.state === "CLOSED") return refuse(400, "ORDER_CLOSED", "订单已关闭");
    const order: WechatOrder = known ?? {
      body,
      outTradeNo,
      description: textOf(content.description),
      fen: Number(amount.total),
      notifyUrl: textOf(content.notify_url),
      expiresAt,
      type: product === "h5" ? "MWEB" : "NATIVE",
      code: randomBytes(5).toString("hex"),
      state: "NOTPAY",
      transactionId: null,
      paidAt: null,
      refunds: [],
    };
    this.orders.set(outTradeNo, order);
    const native = { code_url: `weixin://wxpay/bizpayurl?pr=${order.code}` };
    return { status: 200, fields: product === "h5" ? { h5_url: `${this.#origin()}/cashier/${order.code}` } : native };
  }

  pay(order: WechatOrder): boolean {
    // Past its deadline it cannot be paid, and is not closed either.
    if (order.state !== "NOTPAY" || this.now() >= order.expiresAt) return false;
    order.state = "SUCCESS";
    order.transactionId = `4200${randomInt(1e11, 9e11)}${randomInt(1e11, 9e11)}`;
    order.paidAt = this.now();
    return true;
  }

  query(outTradeNo: string, mchid: string | null): Answer {
    const order = this.orders.get(outTradeNo);
    if (mchid !== this.#merchant.mchid) return refuse(400, "PARAM_ERROR", "mchid错误");
    return order ? { status: 200, fields: this.transactionOf(order) } : NO_ORDER;
  }

  close(outTradeNo: string): Answer {
    const order = this.orders.get(outTradeNo);
    if (!order) return NO_ORDER;
    if (order.state === "CLOSED") return refuse(400, "ORDER_CLOSED", "订单已关闭");
    if (order.state !== "NOTPAY") return refuse(400, "ORDERPAID", "订单已支付");
    order.state = "CLOSED";
    return { status: 204, fields: null };
  }

  refund(content: Record<string, unknown>): Answer {
    const order = this.orders.get(textOf(content.out_trade_no));
    const [amount, number] = [recordOf(content.amount), textOf(content.out_refund_no)];
    if (!order || order.paidAt === null) return refuse(404, "RESOURCE_NOT_EXISTS", "订单不存在");
    if (amount.total !== order.fen) return refuse(400, "INVALID_REQUEST", "订单金额或退款金额与之前请求不一致");
    const known = order.refunds.find((refund) => refund.number === number);
    if (known && known.fen !== amount.refund) return refuse(400, "INVALID_REQUEST", "退款金额与之前请求不一致");
    if (!known) {
      const left = order.fen - order.refunds.reduce((sum, { fen, status }) => sum + (status === "CLOSED" ? 0 : fen), 0);
      const fen = Number(amount.refund);
      if (!Number.isInteger(fen) || fen <= 0 || fen > left)
        return refuse(403, "NOT_ENOUGH", "基本账户余额不足或退款金额超限");
      order.refunds.push({ number, id: `503${randomInt(1e11, 9e11)}`, fen, at: this.now(), status: "PROCESSING" });
      order.state = "REFUND";
    }
    const refund = order.refunds.find((one) => one.number === number);
    return refund ? { status: 200, fields: this.#refundOf(order, refund) } : NO_ORDER;
  }

  queryRefund(number: string): Answer {
    for (const order of this.orders.values()) {
      const refund = order.refunds.find((one) => one.number === number);
      if (refund) return { status: 200, fields: this.#refundOf(order, refund) };
    }
    return refuse(404, "RESOURCE_NOT_EXISTS", "退款单不存在");
  }

  /** What a question and a notice say of a payment; coupons make the buyer pay less than the order. */
  transactionOf(order: WechatOrder): object {
    const { mchid, appid } = this.#merchant;
    const isPaid = order.paidAt !== null;
    const payer = isPaid ? { payer: { openid: "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o" } } : { payer: {} };
    return {
      mchid,
      appid,
      out_trade_no: order.outTradeNo,
      ...(isPaid ? { transaction_id: order.transactionId, trade_type: order.type, bank_type: "OTHERS" } : {}),
      trade_state: order.state,
      trade_state_desc: order.state,
      attach: "",
      ...(order.paidAt !== null ? { success_time: shanghaiInstant(order.paidAt) } : {}),
      ...payer,
      amount: isPaid
        ? { total: order.fen, payer_total: Math.max(order.fen - 1, 0), currency: "CNY", payer_currency: "CNY" }
        : { total: order.fen, currency: "CNY" },
    };
  }

  #refundOf(order: WechatOrder, { number, id, fen, at, status }: WechatRefund): object {
    return {
      refund_id: id,
      out_refund_no: number,
      transaction_id: order.transactionId,
      out_trade_no: order.outTradeNo,
      channel: "ORIGINAL",
      user_received_account: "支付用户零钱",
      create_time: shanghaiInstant(at),
      status,
      amount: { total: order.fen, refund: fen, payer_total: order.fen, payer_refund: fen, currency: "CNY" },
    };
  }

  /** What a notice says of a refund: without a currency, and `refund_status` where a question says `status`. */
  refundNoticeOf(order: WechatOrder, { number, id, fen, at, status }: WechatRefund): object {
    return {
      mchid: this.#merchant.mchid,
      transaction_id: order.transactionId,
      out_trade_no: order.outTradeNo,
      refund_id: id,
      out_refund_no: number,
      refund_status: status,
      success_time: shanghaiInstant(at),
      user_received_account: "支付用户零钱",
      amount: { total: order.fen, refund: fen, payer_total: order.fen, payer_refund: fen },
    };
  }
}
