import type { Money } from "@/lib/kernel/money";
import type { Result } from "@/lib/kernel/result";
import type { Transport } from "./transport";

/** Every kind of gateway this shop can talk to; the word stands in the notification path and in the account's row. */
export const GATEWAY_KINDS = ["epay"] as const;
export type GatewayKind = (typeof GATEWAY_KINDS)[number];

/** One name and value as they arrived, decoded once; a list, because a repeated name must stay visible. */
export type Pair = readonly [name: string, value: string];

/** A request as it came over the wire. The body stays bytes: a signature covers bytes, not somebody's idea of them. */
export interface RawHttp {
  readonly method: string;
  readonly query: readonly Pair[];
  /** Names in lower case. */
  readonly headers: readonly Pair[];
  readonly body: Uint8Array;
}

/** What the gateway hears from us. Sent only after commit. */
export interface HttpReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Everything frozen with the attempt, so that the same attempt always builds the same address, byte for byte. */
export interface CreateInput {
  readonly outTradeNo: string;
  readonly amount: Money;
  /** The order's public number, the only thing of the order that a gateway ever sees. */
  readonly orderNumber: string;
  /** Without a query: gateways escape what is in it, and sign only their own pairs. */
  readonly notifyUrl: string;
  readonly returnUrl: string;
  /** One of `account.methods`, or absent: the gateway then asks the buyer. */
  readonly method?: string | undefined;
}

export type CreateRefusal = "currency_unsupported" | "amount_out_of_range" | "method_unsupported";

/** How the buyer gets to pay. A gateway that shows a code or an address adds its own variant here. */
export type Presentation = { readonly kind: "redirect"; readonly url: string };

/**
 * Money that the gateway itself vouched for: by a signature that was checked, or by its answer to our question. Notices,
 * queries and, later, statement rows all become this one value, so that one flow judges them all.
 */
export interface VerifiedPayment {
  /** The account at the gateway (EPay: pid), already compared with ours. */
  readonly accountRef: string;
  readonly outTradeNo: string;
  readonly gatewayTradeNo: string;
  readonly amount: Money;
  readonly method: string | null;
  /** What it was read from, for the inbox: never the key. */
  readonly evidence: readonly Pair[];
}

/**
 * - malformed: not a notice of this gateway (verb, encoding, repeated or missing field, field out of its grammar)
 * - bad_signature: not written by the holder of our key
 * - other_account: rightly signed, but for another merchant
 * - not_success: rightly signed, but nobody paid
 * - bad_amount: rightly signed and paid, but the amount is not an amount; somebody must look
 */
export type NoticeRefusal = "malformed" | "bad_signature" | "other_account" | "not_success" | "bad_amount";

/** Why an answer says nothing about the payment. None of these means "not paid". */
export type UnknownReason =
  | "unreachable"
  | "timed_out"
  | "redirected"
  | "reply_too_large"
  | "http_status"
  | "unreadable"
  | "credentials_refused"
  | "other_order"
  | "other_account"
  | "bad_amount"
  | "held";

/**
 * What the gateway says about one attempt. `unknown` is neither paid nor failed: ask again. `not_found` means that the
 * buyer has not opened the cashier so far, and may still do so.
 */
export type QueryAnswer =
  | { readonly state: "paid"; readonly payment: VerifiedPayment }
  | { readonly state: "refunded"; readonly payment: VerifiedPayment }
  | { readonly state: "pending" }
  | { readonly state: "not_found" }
  | { readonly state: "unknown"; readonly reason: UnknownReason };

/** Why settings cannot be used at all; each has a sentence in the messages. */
export type SettingsProblem =
  | "unreadable"
  | "base_url_malformed"
  | "base_url_insecure"
  | "pid_malformed"
  | "key_too_short"
  | "key_malformed"
  | "types_malformed";

/** What is usable but deserves a look. */
export type CheckFinding =
  | "key_weak"
  | "key_published"
  | "notify_url_not_reachable"
  | "credentials_refused"
  | "gateway_silent";

/** Settings that have passed their checks, bound to the arithmetic of their gateway. */
export interface GatewayAccount {
  readonly kind: GatewayKind;
  readonly accountRef: string;
  /** What the buyer may choose from; empty: the gateway asks. */
  readonly methods: readonly string[];
  /** Builds the way to pay out of frozen fields alone: no network, no clock, no randomness. */
  createPayment(input: CreateInput): Result<Presentation, CreateRefusal>;
  /** Reads one notification. Pure, and a value for every input, however hostile. */
  readNotification(raw: RawHttp): Result<VerifiedPayment, NoticeRefusal>;
  /** Asks the gateway about one attempt. Never throws for what the gateway or the network does. */
  queryPayment(outTradeNo: string, transport: Transport): Promise<QueryAnswer>;
  /** Looks for weak settings and asks the gateway one harmless question. */
  selfCheck(input: { readonly notifyUrl: string; readonly transport: Transport }): Promise<readonly CheckFinding[]>;
  /** The address of a rightly signed notice for an order that cannot exist: our own end must read it and refuse the order. */
  testNotice(notifyUrl: string): string;
  /** "Recorded, stop telling us": only after commit. */
  readonly accepted: HttpReply;
  /** "Not taken". One constant answer, so that it tells a forger nothing. */
  readonly refused: HttpReply;
  /** "Tell us again later": order unknown so far, or the shop is in trouble. */
  readonly deferred: HttpReply;
}

/** One protocol. Everything that differs between two merchants is in the account. */
export interface PaymentGateway {
  readonly kind: GatewayKind;
  /** Accepts what the account's row holds once decrypted, or what a form sent; the key may be a text or a Secret. */
  openAccount(settings: unknown): Result<GatewayAccount, readonly SettingsProblem[]>;
}
