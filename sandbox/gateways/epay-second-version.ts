import { type Fields, toFen, toYuan } from "../signing";
import { rowOf } from "./epay-desk";
import type { EpayHouse } from "./epay-house";
import { json, redirect } from "./epay-replies";
import { isRsaSigned, rsaSign } from "./epay-signing";
import type { Reply } from "./loopback-server";

const SKEW_SECONDS = 300;

/** The routes of the second version: requests and answers signed by RSA, refusals not at all. */
export class EpaySecondVersion {
  readonly #server: EpayHouse;

  constructor(server: EpayHouse) {
    this.#server = server;
  }

  answer(path: string, fields: Fields): Reply {
    const { rsa, pid } = this.#server.options;
    if (!rsa || fields.pid !== pid) return refuse("商户不存在");
    if (Math.abs(this.#server.desk.now() / 1000 - Number(fields.timestamp)) > SKEW_SECONDS)
      return refuse("时间戳(timestamp)字段不正确");
    if (!isRsaSigned(fields, rsa.merchantPublic)) return refuse("签名校验失败");
    if (path === "/api/pay/submit") return this.#submit(fields);
    const said = this.#said(path, fields);
    return typeof said === "string" ? refuse(said) : this.#signed(said);
  }

  #signed(said: Record<string, unknown>): Reply {
    const { mischief, desk, options } = this.#server;
    const at = Math.floor(desk.now() / 1000) - (mischief === "stale" ? SKEW_SECONDS + 5 : 0);
    const dropsEmpty = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null && value !== ""));
    const answer: Record<string, unknown> = { code: 0, ...dropsEmpty, timestamp: String(at) };
    if (mischief === "unsigned" || !options.rsa) return json(answer);
    const signed = { ...answer, sign: rsaSign(answer, options.rsa.platformPrivate), sign_type: "RSA" };
    return json(mischief === "edited" ? { ...signed, status: 1, money: "0.01" } : signed);
  }

  /** The members of an answer, or the words of a refusal. */
  #said(path: string, fields: Fields): Record<string, unknown> | string {
    const { desk, options } = this.#server;
    switch (path) {
      case "/api/merchant/info":
        return { pid: options.pid, status: 1, money: "0.00" };
      case "/api/merchant/orders":
        return this.#orders(fields);
      case "/api/pay/create":
        return this.#create(fields);
      case "/api/pay/refundquery":
        return this.#refundQuery(fields.out_refund_no ?? "");
    }
    const trade = desk.find(fields);
    if (!trade) return "订单号不存在";
    if (path === "/api/pay/query") {
      const row = {
        ...rowOf(trade, options.pid),
        refundmoney: trade.refunds.length > 0 ? toYuan(trade.refunds.reduce((sum, { fen }) => sum + fen, 0n)) : null,
      };
      return this.#server.mischief === "other_order" ? { ...row, out_trade_no: "K0" } : row;
    }
    if (path === "/api/pay/refund") return this.#refund(fields);
    if (path !== "/api/pay/close") return "No Act!";
    if (trade.status !== 0) return "该订单状态不支持关闭！";
    if (!options.canClose) return "当前支付通道不支持关闭订单";
    desk.purge(trade);
    return { msg: "订单关闭成功" };
  }

  /** The buyer brings the request himself. */
  #submit(fields: Fields): Reply {
    const trade = this.#server.desk.open(fields);
    return typeof trade === "string" ? refuse(trade) : redirect(this.#server.cashierUrl(trade));
  }

  #create(fields: Fields): Record<string, unknown> | string {
    if (!fields.type) return "支付方式(type)不能为空";
    if (!fields.clientip) return "用户IP地址(clientip)不能为空";
    const trade = this.#server.desk.open(fields);
    if (typeof trade === "string") return trade;
    return { trade_no: trade.tradeNo, pay_type: "jump", pay_info: this.#server.cashierUrl(trade) };
  }

  #orders({ offset = "0", limit = "10" }: Fields): Record<string, unknown> {
    this.#server.beforePage(Number(offset));
    const rows = this.#server.desk.page(Number(offset), Number(limit));
    return { data: rows.map((row) => rowOf(row, this.#server.options.pid)) };
  }

  #refund(fields: Fields): Record<string, unknown> | string {
    const { desk, mischief, options } = this.#server;
    const trade = desk.find(fields);
    if (!trade) return "当前订单不存在！";
    const outRefundNo = fields.out_refund_no ?? "";
    const said = { trade_no: trade.tradeNo, uid: options.pid, out_refund_no: outRefundNo };
    if (mischief === "claims_refunds") return { ...said, refund_no: "R0", money: fields.money };
    const refund = desk.refund(trade, { fen: toFen(fields.money ?? "0"), outRefundNo });
    if (typeof refund === "string") return refund;
    return mischief === "fails_refunds_that_went"
      ? "退款失败：timeout"
      : { ...said, refund_no: refund.refundNo, money: toYuan(refund.fen) };
  }

  #refundQuery(outRefundNo: string): Record<string, unknown> | string {
    const found = this.#server.desk.findRefund(outRefundNo);
    if (!found) return "退款记录不存在";
    const { trade, refund } = found;
    return {
      refund_no: refund.refundNo,
      out_refund_no: refund.outRefundNo,
      trade_no: trade.tradeNo,
      out_trade_no: trade.outTradeNo,
      uid: this.#server.options.pid,
      money: toYuan(refund.fen),
      reducemoney: toYuan(refund.fen),
      status: 1,
      addtime: this.#server.shanghaiNow(),
    };
  }
}

const refuse = (msg: string): Reply => json({ code: -1, msg });
