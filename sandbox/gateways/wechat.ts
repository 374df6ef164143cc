import { listenOnLoopback } from "./loopback-server";
import type { SentNotice } from "./notices";
import type { RefundStatus, WechatOrder } from "./wechat-desk";
import { type Mischief, type PayOptions, type WechatFakeOptions, WechatServer } from "./wechat-server";

export interface WechatFake {
  /** The address for the settings. */
  readonly url: string;
  readonly sent: readonly SentNotice[];
  /** Every call, in order. */
  readonly asked: readonly string[];
  order(outTradeNo: string): WechatOrder | undefined;
  /** Where a browser pays what a code stands for. */
  cashierOf(outTradeNo: string): string;
  /** A buyer pays; resolves when the shop was told as often as asked. False: nobody can pay it any more. */
  pay(outTradeNo: string, options?: PayOptions): Promise<boolean>;
  /** What becomes of a refund that was asked for; the shop is told. */
  settleRefund(outTradeNo: string, number: string, status: RefundStatus): Promise<void>;
  /** A notice with a signature that must be refused. */
  probe(outTradeNo: string): Promise<SentNotice>;
  misbehave(mischief: Mischief): void;
  stop(): Promise<void>;
}

/** Starts a gateway that speaks WeChat Pay's API v3 on 127.0.0.1. It shares no code with the shop. */
export async function startWechatFake(options: WechatFakeOptions): Promise<WechatFake> {
  const desk = new WechatServer(options);
  const server = await listenOnLoopback(options.port ?? 0, (asked) => desk.handle(asked));
  desk.origin = server.origin;
  const known = (outTradeNo: string): WechatOrder => {
    const order = desk.desk.orders.get(outTradeNo);
    if (!order) throw new Error(`the shop never asked for ${outTradeNo}`);
    return order;
  };
  return {
    url: server.origin,
    sent: desk.notices.sent,
    asked: desk.asked,
    order: (outTradeNo) => desk.desk.orders.get(outTradeNo),
    cashierOf: (outTradeNo) => `${server.origin}/cashier/${known(outTradeNo).code}`,
    pay: (outTradeNo, pay = {}) => desk.pay(known(outTradeNo), pay),
    async settleRefund(outTradeNo, number, status) {
      const order = known(outTradeNo);
      const refund = order.refunds.find((one) => one.number === number);
      if (!refund) throw new Error(`the shop never asked for the refund ${number}`);
      refund.status = status;
      await desk.tellRefund(order, refund);
    },
    probe: (outTradeNo) => desk.probe(known(outTradeNo)),
    misbehave: (mischief) => {
      desk.mischief = mischief;
    },
    async stop() {
      desk.notices.stop();
      await server.stop();
    },
  };
}
