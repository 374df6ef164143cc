import { listenOnLoopback } from "./loopback-server";
import type { SentNotice } from "./notices";
import { isRefusal, type StripeRefund, type StripeSession } from "./stripe-desk";
import { type Mischief, type StripeFakeOptions, type StripePayOptions, StripeServer } from "./stripe-server";

export interface StripeFake {
  /** The address for the settings. */
  readonly url: string;
  readonly sent: readonly SentNotice[];
  /** "POST /v1/refunds", in order. */
  readonly asked: readonly string[];
  /** Every session that the shop made for an attempt. */
  sessions(outTradeNo: string): readonly StripeSession[];
  /** A buyer pays; resolves when the shop was told as often as asked. False: nobody can pay it any more. */
  pay(outTradeNo: string, options?: StripePayOptions): Promise<boolean>;
  /** The end of a bank debit. */
  settle(outTradeNo: string, outcome: "succeeded" | "failed"): Promise<void>;
  /** Somebody gives money back in the dashboard; the shop is told. */
  refundAtDesk(outTradeNo: string, amount: number): Promise<void>;
  /** From now on refunds take days; then this says how one ended. */
  refundsArePending(): void;
  settleRefund(outTradeNo: string, refundNo: string, outcome: "succeeded" | "failed"): Promise<void>;
  dispute(outTradeNo: string, outcome?: "won" | "lost"): Promise<void>;
  notifyTo(url: string): void;
  /** A day passes: Stripe forgets its idempotency keys. */
  forgetKeys(): void;
  misbehave(mischief: Mischief): void;
  stop(): Promise<void>;
}

/** Starts a Stripe on 127.0.0.1: Checkout, refunds, disputes, the balance, signed webhooks. It shares no code with the shop. */
export async function startStripeFake(options: StripeFakeOptions): Promise<StripeFake> {
  const stripe = new StripeServer(options);
  const server = await listenOnLoopback(options.port ?? 0, (asked) => stripe.handle(asked));
  stripe.origin = server.origin;
  const all = (outTradeNo: string) => stripe.desk.newest().filter(({ reference }) => reference === outTradeNo);
  const known = (outTradeNo: string): StripeSession => {
    const [session] = all(outTradeNo);
    if (!session) throw new Error(`the shop never asked for ${outTradeNo}`);
    return session;
  };
  const refundOf = ({ intent }: StripeSession, refundNo: string): StripeRefund => {
    const refund = intent?.refunds.find(({ metadata }) => metadata.refund_no === refundNo);
    if (!refund) throw new Error(`no refund ${refundNo}`);
    return refund;
  };
  return {
    url: server.origin,
    sent: stripe.events.notices.sent,
    asked: stripe.asked,
    sessions: all,
    pay: (outTradeNo, how = {}) => stripe.pay(known(outTradeNo), how),
    settle: (outTradeNo, outcome) => stripe.settle(known(outTradeNo), outcome),
    async refundAtDesk(outTradeNo, amount) {
      const session = known(outTradeNo);
      if (!session.intent) throw new Error("nobody paid it");
      const refund = stripe.desk.refund({ intent: session.intent }, { amount, metadata: {}, status: "succeeded" });
      if (isRefusal(refund)) throw new Error(refund.message);
      await stripe.tellRefund(session, refund);
    },
    refundsArePending: () => {
      stripe.refundStatus = "pending";
    },
    async settleRefund(outTradeNo, refundNo, outcome) {
      const refund = refundOf(known(outTradeNo), refundNo);
      refund.status = outcome;
      const type = outcome === "failed" ? "refund.failed" : "refund.updated";
      await stripe.tellRefund(known(outTradeNo), refund, type);
    },
    dispute: (outTradeNo, outcome) => stripe.dispute(known(outTradeNo), outcome ?? null),
    notifyTo: (url) => {
      stripe.events.notifyUrl = url;
    },
    forgetKeys: () => stripe.forgetKeys(),
    misbehave: (mischief) => {
      stripe.mischief = mischief;
    },
    async stop() {
      stripe.events.notices.stop();
      await server.stop();
    },
  };
}
