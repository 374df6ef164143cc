// Over 300 lines: the whole of what the shop asks of a gateway reads best as one list.

import type { KeyObject } from "node:crypto";
import type { Currency, Money } from "@/lib/kernel/money";
import type { Result } from "@/lib/kernel/result";
import type { Transport } from "./transport";

/** Every kind of gateway this shop can talk to; the word stands in the notification path and in the account's row. */
export const GATEWAY_KINDS = [
  "epay",
  "vmq",
  "codepay",
  "alipay",
  "wechat",
  "epusdt",
  "tokenpay",
  "stripe",
  "manual",
  "paypal",
  "balance",
] as const;
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

/**
 * How the buyer gets to pay. `on_request`: the gateway must be asked first, which happens after the order is committed and when
 * the buyer comes to pay (`openPayment`); what it answers is one of the others.
 */
export type Presentation =
  | { readonly kind: "redirect"; readonly url: string }
  /** A form that the buyer's browser posts to the gateway. */
  | { readonly kind: "form"; readonly url: string; readonly fields: readonly Pair[] }
  /** A text to be shown as a QR code; `url` opens the same in an app on the buyer's own phone, where there is such an address. */
  | { readonly kind: "qrcode"; readonly text: string; readonly url?: string }
  /** Exactly this amount to this address of a chain: another amount is another buyer's. */
  | {
      readonly kind: "address";
      readonly text: string;
      readonly network: string;
      readonly payable: string;
      readonly payableCurrency: string;
      readonly url?: string;
    }
  /** A transfer by hand: the order's amount to this account, with the reference that tells whose it is. A person confirms it. */
  | {
      readonly kind: "transfer";
      readonly payee: string;
      readonly account: string;
      readonly bank?: string;
      readonly reference: string;
      /** What the merchant wants the buyer to know. */
      readonly text?: string;
    }
  /** Out of the buyer's own balance in this shop. */
  | { readonly kind: "balance" }
  | { readonly kind: "on_request" };

/** A payment that is about to be asked of a gateway; everything but the deadline is frozen with the attempt. */
export interface OpenInput extends CreateInput {
  /** Unix milliseconds: when our own deadline is. The gateway must stop taking money then, if it can. */
  readonly expiresAt: number;
  /** The buyer's address, for gateways that want it; absent when nobody knows. */
  readonly clientIp?: string | undefined;
  readonly device?: "desktop" | "mobile" | "wechat" | "alipay" | undefined;
}

/** What the gateway made of it. Asked again for the same attempt it must be the same payment, never a second one. */
export interface OpenedPayment {
  readonly presentation: Exclude<Presentation, { kind: "on_request" }>;
  /** The gateway's number of the payment (a session, an order there), when it has one before anybody paid. */
  readonly gatewayTradeNo: string | null;
  /** Unix milliseconds after which the gateway takes no money; null when it did not say. */
  readonly closesAt: number | null;
  /** Unix milliseconds after which the presentation opens nothing any more, though the payment stays; then it is asked for again. */
  readonly staleAt?: number;
}

/** `refused`: the gateway said no, with its own code; asking the same again will not help. `unknown`: ask again. */
export type OpenAnswer =
  | { readonly state: "opened"; readonly opened: OpenedPayment }
  | { readonly state: "refused"; readonly code: string }
  | { readonly state: "unknown"; readonly reason: UnknownReason };

/**
 * Money that the gateway itself vouched for: by a signature that was checked, or by its answer to our question. Notices,
 * queries and, later, statement rows all become this one value, so that one flow judges them all.
 */
export interface VerifiedPayment {
  /** The account at the gateway (EPay: pid), already compared with ours. */
  readonly accountRef: string;
  readonly outTradeNo: string;
  readonly gatewayTradeNo: string;
  /** What it was for, as the gateway states it: this is compared with the order. */
  readonly amount: Money;
  /** What was really paid, where the gateway asks each buyer for an amount of its own; absent: `amount`. */
  readonly paid?: Money;
  readonly method: string | null;
  /** What it was read from, for the inbox: never the key. */
  readonly evidence: readonly Pair[];
}

/** Money that the gateway gave back, or says that it is giving back. At least one number of ours or of its own is there. */
export interface VerifiedRefund {
  readonly accountRef: string;
  readonly outTradeNo: string | null;
  readonly gatewayTradeNo: string | null;
  /** Our number of the refund; null when it was begun at the gateway's own desk. */
  readonly refundNo: string | null;
  readonly gatewayRefundNo: string | null;
  /** What was given back by this refund; null when the gateway does not say. */
  readonly amount: Money | null;
  readonly state: "succeeded" | "processing" | "failed";
  readonly evidence: readonly Pair[];
}

/** A buyer who asks his bank for the money. */
export interface VerifiedDispute {
  readonly accountRef: string;
  readonly outTradeNo: string | null;
  readonly gatewayTradeNo: string | null;
  readonly disputeNo: string;
  readonly amount: Money | null;
  readonly state: "opened" | "won" | "lost";
  readonly evidence: readonly Pair[];
}

/** Who a notice claims to be signed by, proved to be the gateway: what `prepareNotification` found, for `readNotification`. */
export interface NoticeSigner {
  readonly key: KeyObject;
  /** Unix milliseconds between which the key is good. */
  readonly validFrom: number;
  readonly validTo: number;
}

/**
 * What a rightly signed notification says.
 * - paid: judged like every other payment
 * - refund, dispute: about money that was paid before; never a payment
 * - ask: something happened that this text does not tell in full (no amount); the gateway is asked before it is answered
 * - nothing: no money moved, and none will be moved by this text; it is taken, so that it is not told again
 */
export type Notification =
  | { readonly kind: "paid"; readonly payment: VerifiedPayment }
  | { readonly kind: "refund"; readonly refund: VerifiedRefund }
  | { readonly kind: "dispute"; readonly dispute: VerifiedDispute }
  | { readonly kind: "ask"; readonly outTradeNo: string }
  | { readonly kind: "nothing"; readonly what: "pending" | "expired" | "closed" | "failed" | "other" };

/**
 * - malformed: not a notice of this gateway (verb, encoding, repeated or missing field, field out of its grammar)
 * - bad_signature: not written by the holder of our key
 * - stale: rightly signed, but not now: more than five minutes old or in the future
 * - unknown_key: signed by a key that this account does not know; somebody must look whether the gateway changed its key
 * - other_account: rightly signed, but for another merchant, or from the gateway's test world
 * - probe: the gateway tests whether we check signatures
 * - not_success: rightly signed, but nobody paid, in a protocol whose notices only ever tell of payments
 * - bad_amount: rightly signed and paid, but the amount is not an amount; somebody must look
 */
export type NoticeRefusal =
  | "malformed"
  | "bad_signature"
  | "stale"
  | "unknown_key"
  | "other_account"
  | "probe"
  | "not_success"
  | "bad_amount";

/** Why an answer says nothing about the payment. None of these means "not paid". */
export type UnknownReason =
  | "unreachable"
  | "timed_out"
  | "redirected"
  | "reply_too_large"
  | "http_status"
  | "unreadable"
  /** The reply is not signed by the gateway, or not rightly. */
  | "bad_signature"
  /** Rightly signed, but not now: one of the two clocks is wrong, or somebody shows an old reply. */
  | "stale"
  /** Nobody was asked: by the numbers that we have, this gateway answers no question. */
  | "not_askable"
  /** The gateway says itself that it does not know, or has too much to do. */
  | "gateway_busy"
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
  /** Paid, and given back in part or whole. */
  | { readonly state: "refunded"; readonly payment: VerifiedPayment }
  | { readonly state: "pending" }
  | { readonly state: "not_found" }
  /** Nobody paid, and the gateway takes no money for it any more. */
  | { readonly state: "closed" }
  | { readonly state: "unknown"; readonly reason: UnknownReason };

/** A payment of ours by every number that we have of it. */
export interface PaymentRef {
  readonly outTradeNo: string;
  /** The gateway's number, when we have heard it. */
  readonly gatewayTradeNo: string | null;
  /** What the attempt was opened for, when the caller knows: some gateways say "paid" and not how much, after they settled exactly this. */
  readonly openedAmount?: Money | undefined;
}

/**
 * - closed: nobody can pay it any more
 * - already_paid: ask, and settle
 * - not_created: the gateway has no such payment yet; the buyer may still begin one
 * - unsupported: this gateway closes nothing; a late payment is judged when it comes
 */
export type CloseAnswer =
  | { readonly state: "closed" | "already_paid" | "not_created" | "unsupported" }
  | { readonly state: "unknown"; readonly reason: UnknownReason };

export interface RefundInput extends PaymentRef {
  /** Ours, and the same one whenever the same refund is asked again. */
  readonly refundNo: string;
  readonly amount: Money;
  /** What was paid. */
  readonly total: Money;
}

/**
 * What became of a refund. `failed` only where the gateway says that no money moved and none will; anything else that is not a
 * clear yes is `unknown`: asked again with the same number.
 */
export type RefundAnswer =
  | { readonly state: "succeeded" | "processing"; readonly gatewayRefundNo: string | null; readonly amount: Money }
  | { readonly state: "failed"; readonly code: string }
  | { readonly state: "not_found" }
  | { readonly state: "unknown"; readonly reason: UnknownReason };

/** What this account's gateway can give back, and how it is asked. */
export interface Refunds {
  readonly isPartialPossible: boolean;
  /** Whether a second request with the same number is the same refund. Otherwise one is under way at a time, and asked about before and after. */
  readonly isIdempotent: boolean;
  refund(input: RefundInput, transport: Transport): Promise<RefundAnswer>;
  queryRefund(input: RefundInput, transport: Transport): Promise<RefundAnswer>;
}

/**
 * - no_bill: the gateway has none for that day: nobody paid, or it is not made so far (Chinese gateways make it the next morning)
 * - refused: the gateway will not give it, and asking again will not help
 * - corrupt: what came is not what the gateway announced
 */
export type BillRefusal = "no_bill" | "refused" | "corrupt" | UnknownReason;

/** What a statement is asked for, in Unix milliseconds: from its beginning, up to and without its end. */
export interface StatementWindow {
  readonly from: number;
  readonly to: number;
  /** The cursor of the last page that was kept, to go on behind it. */
  readonly after?: string | null | undefined;
}

/** One page of a statement as the gateway wrote it. */
export interface StatementPage {
  readonly text: string;
  readonly rows: number;
  /** Where the next page begins; good for as long as the window is the same. */
  readonly cursor: string | null;
  readonly isLast: boolean;
}

/** Why settings cannot be used at all: the field's name in snake case and what is wrong with it; each has a sentence in the messages. */
export type SettingsProblem =
  | "unreadable"
  | `${string}_${"missing" | "malformed" | "insecure" | "too_short" | "published"}`;

/** One field of a gateway's settings, as its form asks for it. Labels are in the messages, by gateway and name. */
export interface SettingsField {
  readonly name: string;
  /** `secret` and `secret_text` are written and never read back; `list` is one text per line. */
  readonly input: "text" | "url" | "text_area" | "list" | "choice" | "switch" | "secret" | "secret_text";
  readonly isRequired: boolean;
  readonly choices?: readonly string[];
  /** Shown only while another field has one of these values. */
  readonly only?: { readonly field: string; readonly values: readonly string[] };
}

/** What is usable but deserves a look. */
export type CheckFinding =
  | "key_weak"
  | "key_published"
  | "notify_url_not_reachable"
  | "clock_skewed"
  | "credentials_refused"
  | "gateway_silent";

/** A request that our own end must read as a rightly signed notice. */
export interface TestNotice {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: readonly Pair[];
  readonly body: string;
  /** The number it names, which no attempt can have. */
  readonly outTradeNo: string;
}

/** Settings that have passed their checks, bound to the arithmetic of their gateway. */
export interface GatewayAccount {
  readonly kind: GatewayKind;
  readonly accountRef: string;
  /** What the buyer may choose from; empty: the gateway asks. */
  readonly methods: readonly string[];
  /** Builds the way to pay out of frozen fields alone: no network, no clock, no randomness. */
  createPayment(input: CreateInput): Result<Presentation, CreateRefusal>;
  /** Asks the gateway for the way to pay; there when `createPayment` says `on_request`. Never throws for what the gateway or the network does. */
  openPayment?(input: OpenInput, transport: Transport): Promise<OpenAnswer>;
  /**
   * Fetches what a notice names and cannot be read without, from the gateway's own hosts alone and kept between notices; there where
   * a notice is signed by a certificate that it does not carry. Null: nothing was to be had. Never throws.
   */
  prepareNotification?(raw: RawHttp, transport: Transport): Promise<NoticeSigner | null>;
  /** Reads one notification; `now` in unix milliseconds. Pure, and a value for every input, however hostile. */
  readNotification(raw: RawHttp, now: number, signer?: NoticeSigner | null): Result<Notification, NoticeRefusal>;
  /** Asks the gateway about one attempt. Never throws for what the gateway or the network does. */
  queryPayment(payment: PaymentRef, transport: Transport): Promise<QueryAnswer>;
  /** Asks that nobody may pay it any more. Absent: this gateway closes nothing. */
  closePayment?(payment: PaymentRef, transport: Transport): Promise<CloseAnswer>;
  /** Absent: money is given back by hand. */
  readonly refunds?: Refunds;
  /**
   * The gateway's own statement of one day ("2026-11-20", as its clock counts days): the bytes of the file, whatever its format.
   * Absent: there is none to be had, or it is not a file.
   */
  fetchBill?(day: string, transport: Transport): Promise<Result<Buffer, BillRefusal>>;
  /**
   * The same where it is no file but pages, in order; ends with the last page, or with the reason why there are no more.
   * Absent: the gateway has no such list.
   */
  statementPages?(
    window: StatementWindow,
    transport: Transport,
  ): AsyncGenerator<Result<StatementPage, UnknownReason>, void>;
  /** Looks for weak settings and asks the gateway one harmless question. */
  selfCheck(input: { readonly notifyUrl: string; readonly transport: Transport }): Promise<readonly CheckFinding[]>;
  /** A rightly signed notice for an order that cannot exist; absent where only the gateway itself can sign one. */
  testNotice?(notifyUrl: string, now: number): TestNotice;
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
  /** What its settings consist of, in the order of the form. */
  readonly fields: readonly SettingsField[];
  /** What an order must be priced in. */
  readonly currencies: readonly Currency[];
  /** Accepts what the account's row holds once decrypted, or what a form sent; a secret may be a text or a Secret. */
  openAccount(settings: unknown): Result<GatewayAccount, readonly SettingsProblem[]>;
}
