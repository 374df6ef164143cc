import type { AlipayTrade } from "./alipay-desk";
import { type AlipayFakeOptions, AlipayServer, type Mischief, type PayOptions } from "./alipay-server";
import { toFen } from "./alipay-signing";
import { listenOnLoopback } from "./loopback-server";
import type { SentNotice } from "./notices";

export interface AlipayFake {
  readonly url: string;
  /** The address for the settings. */
  readonly endpoint: string;
  readonly sent: readonly SentNotice[];
  /** Every method that was asked, in order. */
  readonly asked: readonly string[];
  trade(outTradeNo: string): AlipayTrade | undefined;
  /** A buyer scans the code and thinks about it. */
  scan(outTradeNo: string): void;
  /** A buyer pays; resolves when the shop was told as often as asked. False: nobody can pay it any more. */
  pay(outTradeNo: string, options?: PayOptions): Promise<boolean>;
  /** Somebody gives money back at Alipay's own desk; the shop is told. */
  refundAtDesk(outTradeNo: string, number: string, yuan: string): Promise<void>;
  misbehave(mischief: Mischief): void;
  stop(): Promise<void>;
}

/** Starts a gateway that speaks Alipay's `gateway.do` on 127.0.0.1. It shares no code with the shop. */
export async function startAlipayFake(options: AlipayFakeOptions): Promise<AlipayFake> {
  const desk = new AlipayServer(options);
  const server = await listenOnLoopback(options.port ?? 0, (asked) => desk.handle(asked));
  desk.origin = server.origin;
  const known = (outTradeNo: string): AlipayTrade => {
    const trade = desk.desk.trades.get(outTradeNo);
    if (!trade) throw new Error(`the shop never asked for ${outTradeNo}`);
    return trade;
  };
  return {
    url: desk.origin,
    endpoint: `${desk.origin}/gateway.do`,
    sent: desk.notices.sent,
    asked: desk.asked,
    trade: (outTradeNo) => desk.desk.trades.get(outTradeNo),
    scan: (outTradeNo) => void desk.desk.begin(known(outTradeNo)),
    pay: (outTradeNo, pay = {}) => desk.pay(known(outTradeNo), pay),
    async refundAtDesk(outTradeNo, number, yuan) {
      if (desk.desk.giveBack(known(outTradeNo), number, toFen(yuan) ?? 0n) !== "given")
        throw new Error("not given back");
      await desk.tellRefund(known(outTradeNo), number);
    },
    misbehave: (mischief) => {
      desk.mischief = mischief;
    },
    async stop() {
      desk.notices.stop();
      await server.stop();
    },
  };
}
