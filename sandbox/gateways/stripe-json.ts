import {
  refundedOf,
  type StripeDesk,
  type StripeDispute,
  type StripeIntent,
  type StripeRefund,
  type StripeSession,
} from "./stripe-desk";

type Json = Readonly<Record<string, unknown>>;

/** Stripe's objects as it writes them; the fields that matter here, and enough of the others to look like them. */
export class StripeJson {
  readonly #desk: StripeDesk;
  readonly #options: { readonly isLive: boolean; readonly origin: () => string };

  constructor(desk: StripeDesk, options: { readonly isLive: boolean; readonly origin: () => string }) {
    this.#desk = desk;
    this.#options = options;
  }

  session(session: StripeSession, expand: readonly string[] = []): Json {
    const { intent } = session;
    const status = this.#desk.statusOf(session);
    return {
      id: session.id,
      object: "checkout.session",
      adaptive_pricing: { enabled: false },
      amount_subtotal: session.amount,
      amount_total: session.amount,
      client_reference_id: session.reference || null,
      created: session.created,
      currency: session.currency,
      customer: null,
      customer_details: intent ? { email: "buyer@example.com", name: "测试 Buyer", phone: null } : null,
      expires_at: session.expiresAt,
      livemode: this.#options.isLive,
      metadata: session.metadata,
      mode: "payment",
      payment_intent:
        intent && (expand.includes("payment_intent.latest_charge") ? this.intent(session, intent, true) : intent.id),
      payment_method_types: session.methods,
      payment_status: intent?.status === "succeeded" ? "paid" : "unpaid",
      presentment_details: null,
      status,
      success_url: session.successUrl,
      url: status === "open" ? `${this.#options.origin()}/c/pay/${session.id}` : null,
    };
  }

  intent(session: StripeSession, intent: StripeIntent, isExpanded: boolean): Json {
    return {
      id: intent.id,
      object: "payment_intent",
      amount: session.amount,
      amount_received: intent.status === "succeeded" ? intent.amount : 0,
      client_secret: `${intent.id}_secret_0`,
      created: intent.created,
      currency: session.currency,
      latest_charge: isExpanded ? this.charge(session, intent) : intent.chargeId,
      livemode: this.#options.isLive,
      metadata: session.intentMetadata,
      status: intent.status,
    };
  }

  /** Without its refunds: since 2022 they are there only when asked for. */
  charge(session: StripeSession, intent: StripeIntent): Json {
    const refunded = refundedOf(intent);
    return {
      id: intent.chargeId,
      object: "charge",
      amount: intent.amount,
      amount_captured: intent.amount,
      amount_refunded: refunded,
      created: intent.created,
      currency: session.currency,
      disputed: intent.dispute !== null,
      livemode: this.#options.isLive,
      metadata: session.intentMetadata,
      paid: intent.status === "succeeded",
      payment_intent: intent.id,
      payment_method_details: { type: intent.method, [intent.method]: {} },
      refunded: refunded === intent.amount,
      status: intent.status === "succeeded" ? "succeeded" : "pending",
    };
  }

  refund({ currency, intent }: StripeSession, refund: StripeRefund): Json {
    return {
      id: refund.id,
      object: "refund",
      amount: refund.amount,
      balance_transaction: `txn_${refund.id}`,
      charge: intent?.chargeId ?? null,
      created: refund.created,
      currency,
      metadata: refund.metadata,
      payment_intent: intent?.id ?? null,
      reason: null,
      status: refund.status,
      ...(refund.status === "failed" ? { failure_reason: "expired_or_canceled_card" } : {}),
    };
  }

  dispute({ currency, intent }: StripeSession, dispute: StripeDispute): Json {
    return {
      id: dispute.id,
      object: "dispute",
      amount: intent?.amount ?? 0,
      charge: intent?.chargeId ?? null,
      created: dispute.created,
      currency,
      livemode: this.#options.isLive,
      metadata: {},
      payment_intent: intent?.id ?? null,
      reason: "fraudulent",
      status: dispute.status,
    };
  }

  /** Every movement of the balance, newest first: 2.9 % and thirty of each payment are Stripe's. */
  transactions(isExpanded: boolean): Json[] {
    const rows = this.#desk.intents().flatMap(({ session, intent }) => {
      const charge = isExpanded ? this.charge(session, intent) : intent.chargeId;
      const paid = this.#transaction({
        session,
        source: charge,
        id: intent.chargeId,
        type: "charge",
        at: intent.created,
      });
      const back = intent.refunds
        .filter(({ status }) => status !== "failed")
        .map((refund) =>
          this.#transaction({
            session,
            source: isExpanded ? this.refund(session, refund) : refund.id,
            id: refund.id,
            type: "refund",
            at: refund.created,
            amount: -refund.amount,
          }),
        );
      return intent.status === "succeeded" ? [...back, paid] : [];
    });
    return rows.sort((left, right) => Number(right.created) - Number(left.created));
  }

  #transaction(row: {
    session: StripeSession;
    source: unknown;
    id: string;
    type: string;
    at: number;
    amount?: number;
  }): Json {
    const amount = row.amount ?? row.session.intent?.amount ?? 0;
    const fee = row.type === "charge" ? Math.round(amount * 0.029) + 30 : 0;
    return {
      id: `txn_${row.id}`,
      object: "balance_transaction",
      amount,
      available_on: row.at + 172_800,
      created: row.at,
      currency: row.session.currency,
      exchange_rate: null,
      fee,
      net: amount - fee,
      reporting_category: row.type,
      source: row.source,
      status: "pending",
      type: row.type,
    };
  }
}
