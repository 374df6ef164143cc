import { isUtf8 } from "node:buffer";
import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { parseJson } from "../json-members";
import type { NoticeRefusal, Notification, Pair, RawHttp } from "../port";
import { isSignedNow } from "../signed-time";
import { INTENT_ID, isSignedByStripe, OUT_TRADE_NO, REFUND_NO, readSignatureHeader } from "./codec";
import { amountOf, numberOf, paymentOfSession, Ref, Refund, Session } from "./objects";
import { accountRefOf, type StripeConfig } from "./settings";

type Account = Pick<StripeConfig, "webhookSecrets" | "isLive">;

const Event = z.looseObject({
  id: z.string().min(1).max(255),
  object: z.literal("event"),
  type: z.string().max(128),
  created: z.int(),
  livemode: z.boolean(),
  account: z.string().nullish(),
  data: z.looseObject({ object: z.looseObject({}) }),
});
type Event = z.infer<typeof Event>;

const Charge = z.looseObject({ object: z.literal("charge"), metadata: z.record(z.string(), z.unknown()).nullish() });
const Dispute = z.looseObject({
  id: z.string().min(1).max(255),
  object: z.literal("dispute"),
  amount: z.int(),
  currency: z.string().max(64),
  status: z.string().max(64),
  payment_intent: Ref,
});

/**
 * Reads one webhook: what it tells only when one of our secrets signed exactly these bytes, now, in our world. Stripe sends
 * events unordered and repeatedly, so nothing here depends on an earlier one; the types that move no money are `nothing`.
 */
export function readNotification(raw: RawHttp, config: Account, now: number): Result<Notification, NoticeRefusal> {
  const [header, ...others] = raw.headers.filter(([name]) => name === "stripe-signature").map(([, value]) => value);
  if (raw.method !== "POST" || raw.query.length > 0 || header === undefined || others.length > 0)
    return err("malformed");
  const signature = readSignatureHeader(header);
  if (!signature || raw.body.byteLength > limits.notificationBodyBytesMax) return err("malformed");
  if (!isSignedByStripe(signature, raw.body, config.webhookSecrets)) return err("bad_signature");
  if (!isSignedNow(signature.timestamp, now)) return err("stale");
  const event = Event.safeParse(isUtf8(raw.body) ? parseJson(Buffer.from(raw.body).toString("utf8")) : undefined);
  if (!event.success) return err("malformed");
  // An event of a connected account is about money that is not ours.
  if (event.data.livemode !== config.isLive || event.data.account != null) return err("other_account");
  return readEvent(event.data, config);
}

function readEvent(event: Event, config: Account): Result<Notification, NoticeRefusal> {
  switch (event.type) {
    case "checkout.session.completed":
    case "checkout.session.async_payment_succeeded":
      return readPaid(event, config);
    case "checkout.session.async_payment_failed":
      return ok({ kind: "nothing", what: "failed" });
    case "checkout.session.expired":
      return ok({ kind: "nothing", what: "expired" });
    case "charge.refunded":
      return readRefundedCharge(event);
    case "refund.created":
    case "refund.updated":
    case "refund.failed":
    case "charge.refund.updated":
      return readRefund(event, config);
    case "charge.dispute.created":
    case "charge.dispute.closed":
      return readDispute(event, config);
    default:
      return ok({ kind: "nothing", what: "other" });
  }
}

const evidenceOf = ({ id, type, created }: Event): Pair[] => [
  ["event", id],
  ["type", type],
  ["created", String(created)],
];

/** A completed session is not a paid one: bank debits and vouchers complete first and are paid days later, or never. */
function readPaid(event: Event, config: Account): Result<Notification, NoticeRefusal> {
  const session = Session.safeParse(event.data.object);
  if (!session.success) return err("malformed");
  const outTradeNo = numberOf(session.data);
  if (outTradeNo === null) return ok({ kind: "nothing", what: "other" });
  if ((session.data.livemode ?? event.livemode) !== config.isLive) return err("other_account");
  if (session.data.payment_status !== "paid") {
    if (event.type === "checkout.session.async_payment_succeeded") return ok({ kind: "ask", outTradeNo });
    return ok({ kind: "nothing", what: session.data.payment_status === "unpaid" ? "pending" : "other" });
  }
  const payment = paymentOfSession(session.data, outTradeNo, { config, evidence: evidenceOf(event) });
  return payment.ok ? ok({ kind: "paid", payment: payment.value }) : payment;
}

/** Tells a sum of refunds and names none of them; the events of each refund come beside it, and asking tells the rest. */
function readRefundedCharge(event: Event): Result<Notification, NoticeRefusal> {
  const charge = Charge.safeParse(event.data.object);
  if (!charge.success) return err("malformed");
  const outTradeNo = charge.data.metadata?.out_trade_no;
  if (typeof outTradeNo !== "string" || !OUT_TRADE_NO.test(outTradeNo)) return ok({ kind: "nothing", what: "other" });
  return ok({ kind: "ask", outTradeNo });
}

/** Whether the money goes back; a word that Stripe learns later is not the end of it. */
export const refundState = (status: string | null | undefined): "succeeded" | "processing" | "failed" => {
  if (status === "succeeded") return "succeeded";
  return status === "failed" || status === "canceled" ? "failed" : "processing";
};

function readRefund(event: Event, config: Account): Result<Notification, NoticeRefusal> {
  const refund = Refund.safeParse(event.data.object);
  if (!refund.success) return err("malformed");
  const { id, amount, currency, status, payment_intent: intent, metadata } = refund.data;
  // Not of a payment that Checkout took.
  if (!intent || !INTENT_ID.test(intent.id)) return ok({ kind: "nothing", what: "other" });
  const [outTradeNo, refundNo] = [metadata.out_trade_no ?? "", metadata.refund_no ?? ""];
  return ok({
    kind: "refund",
    refund: {
      accountRef: accountRefOf(config),
      outTradeNo: OUT_TRADE_NO.test(outTradeNo) ? outTradeNo : null,
      gatewayTradeNo: intent.id,
      refundNo: REFUND_NO.test(refundNo) ? refundNo : null,
      gatewayRefundNo: id,
      amount: amountOf(amount, currency),
      state: refundState(status),
      evidence: [
        ...evidenceOf(event),
        ["refund", id],
        ["payment_intent", intent.id],
        ["amount", String(amount)],
        ["currency", currency],
        ["status", status ?? ""],
      ],
    },
  });
}

function readDispute(event: Event, config: Account): Result<Notification, NoticeRefusal> {
  const dispute = Dispute.safeParse(event.data.object);
  if (!dispute.success) return err("malformed");
  const { id, amount, currency, status, payment_intent: intent } = dispute.data;
  if (!intent || !INTENT_ID.test(intent.id)) return ok({ kind: "nothing", what: "other" });
  return ok({
    kind: "dispute",
    dispute: {
      accountRef: accountRefOf(config),
      outTradeNo: null,
      gatewayTradeNo: intent.id,
      disputeNo: id,
      amount: amountOf(amount, currency),
      state: event.type === "charge.dispute.created" ? "opened" : outcomeOf(status),
      evidence: [
        ...evidenceOf(event),
        ["dispute", id],
        ["payment_intent", intent.id],
        ["amount", String(amount)],
        ["currency", currency],
        ["status", status],
      ],
    },
  });
}

/** An inquiry that ends (`warning_closed`) took no money; whatever else is not won has cost it. */
const outcomeOf = (status: string): "won" | "lost" =>
  status === "won" || status === "warning_closed" ? "won" : "lost";
