import { listenOnLoopback } from "./loopback-server";
import type { SentNotice } from "./notices";
import { isRefusal, type PaypalAmount, type PaypalOrder } from "./paypal-desk";
import { type Mischief, type PaypalFakeOptions, PaypalServer } from "./paypal-server";

export interface PaypalFake {
  /** The address for the settings. */
  readonly url: string;
  readonly sent: readonly SentNotice[];
  /** "POST /v2/checkout/orders", in order. */
  readonly asked: readonly string[];
  /** Every order that the shop made for an attempt. */
  orders(outTradeNo: string): readonly PaypalOrder[];
  /** A buyer approves; resolves when the shop was told, if it is. False: nobody can approve it any more. */
  approve(outTradeNo: string, isTold?: boolean): Promise<boolean>;
  /** From now on captures are reviewed, or become what is said. */
  capturesAre(status: "COMPLETED" | "PENDING" | "DECLINED"): void;
  /** How a review ended. */
  settle(outTradeNo: string, status: "COMPLETED" | "DECLINED"): Promise<void>;
  cardsDecline(isDeclining: boolean): void;
  takesInstead(amount: PaypalAmount | null): void;
  refundsArePending(): void;
  /** How the refunds of a payment ended. */
  settleRefunds(outTradeNo: string, status: "COMPLETED" | "FAILED"): Promise<void>;
  refundAtDesk(outTradeNo: string, value: string): Promise<void>;
  dispute(outTradeNo: string, outcome?: string): Promise<void>;
  /** Whether webhooks are sent at all. */
  tells(isTelling: boolean): void;
  notifyTo(url: string): void;
  forgetTokens(): void;
  forgetRequests(): void;
  misbehave(mischief: Mischief): void;
  stop(): Promise<void>;
}

/** Starts a PayPal on 127.0.0.1: Orders v2, refunds, disputes, reporting, signed webhooks. It shares no code with the shop. */
export async function startPaypalFake(options: PaypalFakeOptions): Promise<PaypalFake> {
  const paypal = new PaypalServer(options);
  const { desk, events } = paypal;
  const server = await listenOnLoopback(options.port ?? 0, (asked) => paypal.handle(asked));
  paypal.origin = server.origin;
  const all = (outTradeNo: string) => [...desk.orders.values()].filter(({ invoiceId }) => invoiceId === outTradeNo);
  const known = (outTradeNo: string): PaypalOrder => {
    const order = all(outTradeNo).at(-1);
    if (!order) throw new Error(`the shop never asked for ${outTradeNo}`);
    return order;
  };
  const captured = (outTradeNo: string) => {
    const order = known(outTradeNo);
    if (!order.capture) throw new Error("nobody took its money");
    return { order, capture: order.capture };
  };
  return {
    url: server.origin,
    sent: events.notices.sent,
    asked: paypal.asked,
    orders: all,
    approve: (outTradeNo, isTold = true) => paypal.approve(known(outTradeNo), isTold),
    capturesAre: (status) => {
      desk.captureStatus = status;
    },
    async settle(outTradeNo, status) {
      const { order, capture } = captured(outTradeNo);
      capture.status = status;
      await paypal.tellCapture(order);
    },
    cardsDecline: (isDeclining) => {
      desk.isDeclining = isDeclining;
    },
    takesInstead: (amount) => {
      paypal.otherAmount = amount;
    },
    refundsArePending: () => {
      desk.refundStatus = "PENDING";
    },
    async settleRefunds(outTradeNo, status) {
      const { order, capture } = captured(outTradeNo);
      for (const refund of capture.refunds) refund.status = status;
      await paypal.tellRefunds(order);
    },
    async refundAtDesk(outTradeNo, value) {
      const { order, capture } = captured(outTradeNo);
      const refund = desk.refund(capture, { amount: { ...order.amount, value } });
      if (isRefusal(refund)) throw new Error(refund.issue);
      await paypal.tellRefunds(order);
    },
    dispute: (outTradeNo, outcome) => paypal.dispute(captured(outTradeNo).order, outcome ?? null),
    tells: (isTelling) => {
      paypal.isTelling = isTelling;
    },
    notifyTo: (url) => {
      events.notifyUrl = url;
    },
    forgetTokens: () => paypal.forgetTokens(),
    forgetRequests: () => paypal.forgetRequests(),
    misbehave: (mischief) => {
      paypal.mischief = mischief;
    },
    async stop() {
      events.notices.stop();
      await server.stop();
    },
  };
}
