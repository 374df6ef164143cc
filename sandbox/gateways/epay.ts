import type { EpayTrade } from "./epay-desk";
import type { EpayFakeOptions, EpayMischief } from "./epay-house";
import { EpayServer } from "./epay-server";
import { listenOnLoopback } from "./loopback-server";
import type { SentNotice } from "./notices";

export interface EpayFake {
  readonly url: string;
  readonly sent: readonly SentNotice[];
  /** Every question of the shop, in order. */
  readonly asked: readonly string[];
  trade(outTradeNo: string): EpayTrade | undefined;
  /** A buyer pays; resolves when the shop was told as often as asked (default once). False: it is paid already. */
  pay(outTradeNo: string, options?: { readonly tellings?: number; readonly yuan?: string }): Promise<boolean>;
  /** Money given back at the server's own desk. */
  refundAtDesk(outTradeNo: string, yuan: string): void;
  /** Orders of other buyers, in the list. */
  fill(count: number): void;
  purge(outTradeNo: string): void;
  beforePage(hook: (offset: number) => void): void;
  misbehave(mischief: EpayMischief): void;
  stop(): Promise<void>;
}

let filled = 0;

/** Starts a server of the EPay family on 127.0.0.1: both versions, and the dialects. It shares no code with the shop. */
export async function startEpayFake(options: EpayFakeOptions): Promise<EpayFake> {
  const epay = new EpayServer(options);
  const server = await listenOnLoopback(options.port ?? 0, (asked) => epay.handle(asked));
  epay.origin = server.origin;
  const known = (outTradeNo: string): EpayTrade => {
    const trade = epay.desk.find({ out_trade_no: outTradeNo });
    if (!trade) throw new Error(`the shop never asked for ${outTradeNo}`);
    return trade;
  };
  return {
    url: server.origin,
    sent: epay.notices.sent,
    asked: epay.asked,
    trade: (outTradeNo) => epay.desk.find({ out_trade_no: outTradeNo }),
    pay: (outTradeNo, { tellings = 1, yuan } = {}) => epay.pay(known(outTradeNo), tellings, yuan),
    refundAtDesk(outTradeNo, yuan) {
      const [whole = "0", part = ""] = yuan.split(".");
      const refund = epay.desk.refund(known(outTradeNo), { fen: BigInt(whole + part.padEnd(2, "0")), outRefundNo: "" });
      if (typeof refund === "string") throw new Error(refund);
    },
    fill(count) {
      for (let added = 0; added < count; added++)
        epay.desk.open({ out_trade_no: `F${++filled}`, money: "1.00", name: "x", notify_url: "", return_url: "" });
    },
    purge: (outTradeNo) => epay.desk.purge(known(outTradeNo)),
    beforePage(hook) {
      epay.beforePage = hook;
    },
    misbehave(mischief) {
      epay.mischief = mischief;
    },
    async stop() {
      epay.notices.stop();
      await server.stop();
    },
  };
}
