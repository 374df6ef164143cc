import { randomBytes } from "node:crypto";

export type Fields = ReadonlyMap<string, string>;
type Metadata = Readonly<Record<string, string>>;

export interface StripeRefund {
  readonly id: string;
  readonly amount: number;
  readonly created: number;
  readonly metadata: Metadata;
  status: "pending" | "succeeded" | "failed";
}

export interface StripeDispute {
  readonly id: string;
  readonly created: number;
  status: "needs_response" | "won" | "lost";
}

/** The money of one session: the intent and its charge, which exist only once somebody tried to pay. */
export interface StripeIntent {
  readonly id: string;
  readonly chargeId: string;
  readonly created: number;
  readonly method: string;
  readonly amount: number;
  status: "processing" | "succeeded" | "requires_payment_method";
  readonly refunds: StripeRefund[];
  dispute: StripeDispute | null;
}

export interface StripeSession {
  readonly id: string;
  readonly created: number;
  readonly expiresAt: number;
  readonly reference: string;
  readonly amount: number;
  readonly currency: string;
  readonly name: string;
  readonly successUrl: string;
  readonly metadata: Metadata;
  readonly intentMetadata: Metadata;
  readonly methods: readonly string[];
  isExpired: boolean;
  intent: StripeIntent | null;
}

/** What the interface says no with: the status and the `error` of its JSON. */
export interface Refusal {
  readonly status: number;
  readonly type: string;
  readonly code?: string;
  readonly message: string;
}

export const refuse = (message: string, code?: string, status = 400): Refusal => ({
  status,
  type: "invalid_request_error",
  ...(code === undefined ? {} : { code }),
  message,
});
export const isRefusal = (answer: object): answer is Refusal => "message" in answer;

const HALF_HOUR = 1_800;
const DAY = 86_400;

export const idOf = (prefix: string): string =>
  `${prefix}_${randomBytes(18).toString("base64url").replace(/[-_]/g, "0")}`;

function membersOf(fields: Fields, name: string): Metadata {
  const members = [...fields].filter(([field]) => field.startsWith(`${name}[`) && field.endsWith("]"));
  return Object.fromEntries(members.map(([field, value]) => [field.slice(name.length + 1, -1), value]));
}

/** The books of one account: pure of network and signatures. Times are Unix seconds. */
export class StripeDesk {
  readonly sessions = new Map<string, StripeSession>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get seconds(): number {
    return Math.floor(this.#now() / 1_000);
  }

  /** Newest first, as every list of the original. */
  newest(): StripeSession[] {
    return [...this.sessions.values()].reverse();
  }

  intents(): { session: StripeSession; intent: StripeIntent }[] {
    return this.newest().flatMap((session) => (session.intent ? [{ session, intent: session.intent }] : []));
  }

  findIntent(id: string): { session: StripeSession; intent: StripeIntent } | undefined {
    return this.intents().find(({ intent }) => intent.id === id);
  }

  statusOf(session: StripeSession): "open" | "complete" | "expired" {
    if (session.intent) return "complete";
    return session.isExpired || this.seconds >= session.expiresAt ? "expired" : "open";
  }

  create(fields: Fields, isLive: boolean): StripeSession | Refusal {
    const [created, price] = [this.seconds, "line_items[0][price_data]"];
    const text = (name: string) => fields.get(name) ?? "";
    const expiresAt = Number(fields.get("expires_at") ?? created + DAY);
    if (text("mode") !== "payment") return refuse("You must provide mode.", "parameter_missing");
    if (!/^https?:/.test(text("success_url"))) return refuse("Not a valid URL", "url_invalid");
    const amount = Number(text(`${price}[unit_amount]`));
    if (!Number.isSafeInteger(amount) || amount < 1) return refuse("Invalid integer", "parameter_invalid_integer");
    if (amount < 50)
      return refuse("The Checkout Session's total amount due must add up to at least 50", "amount_too_small");
    if (expiresAt < created + HALF_HOUR || expiresAt > created + DAY) {
      return refuse(
        "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.",
      );
    }
    if (
      text("payment_method_types[0]") === "wechat_pay" &&
      text("payment_method_options[wechat_pay][client]") !== "web"
    ) {
      return refuse("You must provide payment_method_options[wechat_pay][client].", "parameter_missing");
    }
    const session: StripeSession = {
      id: idOf(isLive ? "cs_live" : "cs_test"),
      created,
      expiresAt,
      reference: text("client_reference_id"),
      amount,
      currency: text(`${price}[currency]`),
      name: text(`${price}[product_data][name]`),
      successUrl: text("success_url"),
      metadata: membersOf(fields, "metadata"),
      intentMetadata: membersOf(fields, "payment_intent_data[metadata]"),
      methods: fields.has("payment_method_types[0]") ? [text("payment_method_types[0]")] : ["card"],
      isExpired: false,
      intent: null,
    };
    this.sessions.set(session.id, session);
    return session;
  }

  expire(session: StripeSession): Refusal | null {
    if (this.statusOf(session) !== "open") {
      return refuse(
        `This Session is not in an expireable state. Only Sessions with a status of "open" can be expired.`,
      );
    }
    session.isExpired = true;
    return null;
  }

  /** A buyer pays, or (a bank debit) promises to. Null: nobody can pay this session any more. */
  pay(session: StripeSession, { method = "card", amount = session.amount } = {}): StripeIntent | null {
    if (this.statusOf(session) !== "open") return null;
    const isSlow = method === "sepa_debit";
    session.intent = {
      id: idOf("pi"),
      chargeId: idOf("ch"),
      created: this.seconds,
      method,
      amount,
      status: isSlow ? "processing" : "succeeded",
      refunds: [],
      dispute: null,
    };
    return session.intent;
  }

  refund(
    { intent }: { intent: StripeIntent },
    { amount, metadata, status }: { amount: number; metadata: Metadata; status: StripeRefund["status"] },
  ): StripeRefund | Refusal {
    const left = intent.amount - refundedOf(intent);
    if (intent.status !== "succeeded") return refuse("This PaymentIntent does not have a successful charge to refund.");
    if (intent.dispute && intent.dispute.status !== "won")
      return refuse("Charge has been charged back", "charge_disputed");
    if (left === 0) return refuse("Charge has already been refunded.", "charge_already_refunded");
    if (!Number.isSafeInteger(amount) || amount < 1)
      return refuse("Invalid positive integer", "parameter_invalid_integer");
    if (amount > left) return refuse(`Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`);
    const refund: StripeRefund = { id: idOf("re"), amount, created: this.seconds, metadata, status };
    intent.refunds.unshift(refund);
    return refund;
  }

  createRefund(
    fields: Fields,
    status: StripeRefund["status"],
  ): { session: StripeSession; refund: StripeRefund } | Refusal {
    const found = this.findIntent(fields.get("payment_intent") ?? "");
    if (!found) return refuse("No such payment_intent", "resource_missing", 404);
    const amount = Number(fields.get("amount") ?? found.intent.amount);
    const refund = this.refund(found, { amount, metadata: membersOf(fields, "metadata"), status });
    return isRefusal(refund) ? refund : { session: found.session, refund };
  }
}

export const refundedOf = (intent: StripeIntent): number =>
  intent.refunds.reduce((sum, { amount, status }) => (status === "failed" ? sum : sum + amount), 0);
