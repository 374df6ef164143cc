import { isUtf8 } from "node:buffer";
import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { parseJson } from "../json-members";
import type { NoticeRefusal, NoticeSigner, Notification, Pair, RawHttp } from "../port";
import { isSignedByRsa } from "../rsa";
import { isCertificateUrl } from "./certificate";
import { PAYPAL_ID, REFUND_NO, readAmount, readTransmission, signedText, timeOf } from "./codec";
import { Capture, captureOf, numberOf, Order, paymentOf, Refund, refundState, unitOf } from "./objects";
import type { PaypalConfig } from "./settings";

type Account = Pick<PaypalConfig, "clientId" | "webhookId" | "endpoint" | "environment">;

/** PayPal repeats a notice for three days, and nobody says whether it signs anew; an old one is the same payment once more. */
const OLDEST_MS = 4 * 24 * 3_600_000;

const Event = z.looseObject({
  id: z.string().min(1).max(255),
  event_type: z.string().max(128),
  resource: z.looseObject({}),
});
type Event = z.infer<typeof Event>;

const Dispute = z.looseObject({
  dispute_id: z.string().regex(/^[A-Za-z0-9-]{1,255}$/),
  status: z.string().max(64).nullish(),
  dispute_amount: z.looseObject({ currency_code: z.string().max(8), value: z.string().max(32) }).nullish(),
  dispute_outcome: z.looseObject({ outcome_code: z.string().max(64).nullish() }).nullish(),
  disputed_transactions: z
    .array(
      z.looseObject({ seller_transaction_id: z.string().max(255).nullish(), custom: z.string().max(255).nullish() }),
    )
    .max(100)
    .nullish(),
});

/** What can be said of a notice before anything is fetched for it: null, and it is none. */
export const transmissionOf = (raw: RawHttp) =>
  raw.method === "POST" && raw.query.length === 0 && raw.body.byteLength <= limits.notificationBodyBytesMax
    ? readTransmission(raw.headers)
    : null;

/**
 * Reads one webhook: what it tells only when the holder of PayPal's certificate signed exactly these bytes for our webhook.
 * Without that certificate it is `unknown_key`, and PayPal tells it again. An approved order is money that waits to be taken,
 * so it makes us ask, and asking takes it.
 */
export function readNotification(
  raw: RawHttp,
  config: Account,
  { now, signer }: { readonly now: number; readonly signer: NoticeSigner | null | undefined },
): Result<Notification, NoticeRefusal> {
  const transmission = transmissionOf(raw);
  if (!transmission) return err("malformed");
  // Nobody need look for a changed key because somebody named one of his own.
  if (!isCertificateUrl(transmission.certificateUrl, config)) return err("bad_signature");
  if (!signer || now < signer.validFrom || now > signer.validTo) return err("unknown_key");
  if (!isSignedByRsa(signedText(transmission, config.webhookId, raw.body), transmission.signature, signer.key)) {
    return err("bad_signature");
  }
  const age = now - timeOf(transmission.time);
  if (age > OLDEST_MS || age < -limits.signedTimeSkewMs) return err("stale");
  const event = Event.safeParse(isUtf8(raw.body) ? parseJson(Buffer.from(raw.body).toString("utf8")) : undefined);
  return event.success ? readEvent(event.data, config) : err("malformed");
}

function readEvent(event: Event, config: Account): Result<Notification, NoticeRefusal> {
  switch (event.event_type) {
    case "CHECKOUT.ORDER.APPROVED":
      return readApproved(event);
    case "PAYMENT.CAPTURE.COMPLETED":
      return readCaptured(event, config);
    case "PAYMENT.CAPTURE.PENDING":
      return ok({ kind: "nothing", what: "pending" });
    case "PAYMENT.CAPTURE.DENIED":
    case "PAYMENT.CAPTURE.DECLINED":
      return ok({ kind: "nothing", what: "failed" });
    case "PAYMENT.CAPTURE.REFUNDED":
    case "PAYMENT.CAPTURE.REVERSED":
      return readRefund(event, config);
    case "CUSTOMER.DISPUTE.CREATED":
    case "CUSTOMER.DISPUTE.RESOLVED":
      return readDispute(event, config);
    default:
      return ok({ kind: "nothing", what: "other" });
  }
}

const NOTHING: Notification = { kind: "nothing", what: "other" };
const evidenceOf = ({ id, event_type: type }: Event): Pair[] => [
  ["event", id],
  ["event_type", type],
];

function readApproved(event: Event): Result<Notification, NoticeRefusal> {
  const order = Order.safeParse(event.resource);
  if (!order.success) return err("malformed");
  const outTradeNo = numberOf(unitOf(order.data) ?? {});
  return ok(outTradeNo === null ? NOTHING : { kind: "ask", outTradeNo });
}

function readCaptured(event: Event, config: Account): Result<Notification, NoticeRefusal> {
  const capture = Capture.safeParse(event.resource);
  if (!capture.success) return err("malformed");
  const outTradeNo = numberOf(capture.data);
  if (outTradeNo === null) return ok(NOTHING);
  if (capture.data.status !== "COMPLETED") return ok({ kind: "ask", outTradeNo });
  const payment = paymentOf(capture.data, outTradeNo, { config, evidence: evidenceOf(event) });
  return payment.ok ? ok({ kind: "paid", payment: payment.value }) : payment;
}

/** Refunded by us or at PayPal's desk; reversed by PayPal, without anybody's wish. */
function readRefund(event: Event, config: Account): Result<Notification, NoticeRefusal> {
  const refund = Refund.safeParse(event.resource);
  if (!refund.success) return err("malformed");
  const { id, amount, status, invoice_id: invoice } = refund.data;
  const isReversal = event.event_type === "PAYMENT.CAPTURE.REVERSED";
  const outTradeNo = numberOf(refund.data);
  // A reversal may come with the capture itself in place of a refund.
  const capture = captureOf(refund.data);
  if (capture === null && outTradeNo === null) return ok(NOTHING);
  return ok({
    kind: "refund",
    refund: {
      accountRef: config.clientId,
      outTradeNo,
      gatewayTradeNo: capture ?? (isReversal ? id : null),
      refundNo: !isReversal && REFUND_NO.test(invoice ?? "") ? (invoice ?? null) : null,
      gatewayRefundNo: id,
      amount: readAmount(amount),
      state: isReversal ? "succeeded" : refundState(status),
      evidence: [
        ...evidenceOf(event),
        ["refund", id],
        ["capture", capture ?? ""],
        ["currency_code", amount?.currency_code ?? ""],
        ["value", amount?.value ?? ""],
        ["status", status ?? ""],
      ],
    },
  });
}

function readDispute(event: Event, config: Account): Result<Notification, NoticeRefusal> {
  const dispute = Dispute.safeParse(event.resource);
  if (!dispute.success) return err("malformed");
  const { dispute_id: disputeNo, dispute_amount: amount, dispute_outcome: outcome, status } = dispute.data;
  const [about] = dispute.data.disputed_transactions ?? [];
  const capture = about?.seller_transaction_id ?? "";
  const outTradeNo = numberOf({ custom_id: about?.custom });
  if (!PAYPAL_ID.test(capture) && outTradeNo === null) return ok(NOTHING);
  const code = outcome?.outcome_code ?? "";
  return ok({
    kind: "dispute",
    dispute: {
      accountRef: config.clientId,
      outTradeNo,
      gatewayTradeNo: PAYPAL_ID.test(capture) ? capture : null,
      disputeNo,
      amount: readAmount(amount),
      state: event.event_type === "CUSTOMER.DISPUTE.CREATED" ? "opened" : outcomeOf(code),
      evidence: [
        ...evidenceOf(event),
        ["dispute", disputeNo],
        ["capture", capture],
        ["status", status ?? ""],
        ["outcome_code", code],
      ],
    },
  });
}

/** Kept: the seller was right, the buyer gave up, or PayPal paid the buyer itself. Whatever else has cost the money. */
const outcomeOf = (code: string): "won" | "lost" =>
  ["RESOLVED_SELLER_FAVOUR", "RESOLVED_WITH_PAYOUT", "CANCELED_BY_BUYER", "DENIED"].includes(code) ? "won" : "lost";
