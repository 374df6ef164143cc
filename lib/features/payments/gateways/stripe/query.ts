import { assert } from "@/lib/kernel/assert";
import { err, ok, type Result } from "@/lib/kernel/result";
import { closedBy, unknown } from "../answers";
import type { CloseAnswer, PaymentRef, QueryAnswer, UnknownReason, VerifiedPayment } from "../port";
import type { Transport } from "../transport";
import { callStripe, type StripeReply } from "./call";
import { INTENT_ID, OUT_TRADE_NO, SESSION_ID } from "./codec";
import { chargeOf, Intent, listOf, numberOf, paymentOfIntent, paymentOfSession, Session } from "./objects";
import { findInList } from "./search";
import type { StripeConfig } from "./settings";

/** A session lives a day at most; an hour more for clocks. */
const SESSION_SECONDS_MAX = 25 * 3_600;

/**
 * Asks about one attempt by the best number there is: its session, its payment intent, or else a search for our own
 * number among the intents. The search lags by up to a minute, and intents exist only once somebody tried to pay: what it
 * does not find is `not_found`, which is asked again.
 */
export async function queryPayment(
  { outTradeNo, gatewayTradeNo }: PaymentRef,
  config: StripeConfig,
  transport: Transport,
): Promise<QueryAnswer> {
  assert(OUT_TRADE_NO.test(outTradeNo), "out_trade_no is ours");
  const id = gatewayTradeNo ?? "";
  if (SESSION_ID.test(id)) {
    const reply = await get(`/v1/checkout/sessions/${id}`, ["payment_intent.latest_charge"], { config, transport });
    return reply.ok ? readSession(reply.value, outTradeNo, config) : unknown(reply.error);
  }
  if (INTENT_ID.test(id)) {
    const reply = await get(`/v1/payment_intents/${id}`, ["latest_charge"], { config, transport });
    return reply.ok ? readIntent(reply.value, outTradeNo, config) : unknown(reply.error);
  }
  return searchIntent(outTradeNo, config, transport);
}

interface Way {
  readonly config: StripeConfig;
  readonly transport: Transport;
}

/** One object by an id that Stripe gave us; that it knows it no more means that the key is another account's. */
async function get(path: string, expand: readonly string[], way: Way): Promise<Result<unknown, UnknownReason>> {
  const fields = expand.map((name, index) => [`expand[${index}]`, name] as const);
  const reply = await callStripe({ method: "GET", path, fields }, way.config, way.transport);
  if (!reply.ok) return reply;
  if (reply.value.kind === "done") return ok(reply.value.object);
  return err(reply.value.status === 404 ? "other_account" : "unreadable");
}

/** Judges the text about one session. Pure, and a value for every object. */
export function readSession(object: unknown, outTradeNo: string, config: Pick<StripeConfig, "isLive">): QueryAnswer {
  const parsed = Session.safeParse(object);
  if (!parsed.success) return unknown("unreadable");
  const session = parsed.data;
  if (session.livemode !== config.isLive) return unknown("other_account");
  if (numberOf(session) !== outTradeNo) return unknown("other_order");
  if (session.payment_status === "paid") {
    return paid(paymentOfSession(session, outTradeNo, { config }), session.payment_intent);
  }
  if (session.payment_status !== "unpaid") return unknown("unreadable");
  if (session.status === "expired") return { state: "closed" };
  if (session.status === "open") return { state: "pending" };
  return session.status === "complete" ? readUnpaid(session.payment_intent) : unknown("unreadable");
}

/** Completed by the buyer, and the money is on its way, or the bank said no: a completed session is not paid a second time. */
function readUnpaid(intent: unknown): QueryAnswer {
  const status = Intent.safeParse(intent).data?.status;
  return status === "requires_payment_method" || status === "canceled" ? { state: "closed" } : { state: "pending" };
}

/** Judges the text about one payment intent. Pure, and a value for every object. */
export function readIntent(object: unknown, outTradeNo: string, config: Pick<StripeConfig, "isLive">): QueryAnswer {
  const parsed = Intent.safeParse(object);
  if (!parsed.success) return unknown("unreadable");
  const intent = parsed.data;
  if (intent.livemode !== config.isLive) return unknown("other_account");
  if (intent.metadata.out_trade_no !== outTradeNo) return unknown("other_order");
  if (intent.status === "succeeded") return paid(paymentOfIntent(intent, outTradeNo, config), intent);
  // Not "closed": the session that it belongs to may let the buyer try again.
  return { state: "pending" };
}

function paid(payment: Result<VerifiedPayment, "malformed" | "bad_amount">, intent: unknown): QueryAnswer {
  if (!payment.ok) return unknown(payment.error === "bad_amount" ? "bad_amount" : "unreadable");
  const isRefunded = (chargeOf(intent)?.amount_refunded ?? 0) > 0;
  return { state: isRefunded ? "refunded" : "paid", payment: payment.value };
}

async function searchIntent(outTradeNo: string, config: StripeConfig, transport: Transport): Promise<QueryAnswer> {
  const reply = await callStripe(
    {
      method: "GET",
      path: "/v1/payment_intents/search",
      fields: [
        ["query", `metadata['out_trade_no']:'${outTradeNo}'`],
        ["limit", "20"],
        ["expand[0]", "data.latest_charge"],
      ],
    },
    config,
    transport,
  );
  if (!reply.ok) return unknown(reply.error);
  return readSearch(reply.value, outTradeNo, config);
}

/** Of several intents of one attempt the paid one counts; a second paid one tells of itself by its own notice. */
export function readSearch(reply: StripeReply, outTradeNo: string, config: Pick<StripeConfig, "isLive">): QueryAnswer {
  if (reply.kind === "refused") return unknown("unreadable");
  const found = listOf(Intent).safeParse(reply.object);
  if (!found.success) return unknown("unreadable");
  const intents = found.data.data.filter((intent) => intent.metadata.out_trade_no === outTradeNo);
  const best = intents.find((intent) => intent.status === "succeeded") ?? intents[0];
  return best ? readIntent(best, outTradeNo, config) : { state: "not_found" };
}

/** The open session of an attempt whose opening we never heard the end of, or null when there is none. */
export function findOpenSession(
  outTradeNo: string,
  config: StripeConfig,
  transport: Transport,
): Promise<Result<Session | null, UnknownReason>> {
  const since = Math.floor(transport.now() / 1_000) - SESSION_SECONDS_MAX;
  return findInList(
    {
      path: "/v1/checkout/sessions",
      fields: [
        ["status", "open"],
        ["created[gte]", String(since)],
      ],
      row: Session,
      isIt: (session) => numberOf(session) === outTradeNo,
    },
    { config, transport },
  );
}

/**
 * Expires the session, so that nobody can pay it. Stripe does that to open sessions only, so a no is followed by a question:
 * a buyer who has completed it and whose bank is still thinking cannot be stopped any more.
 */
export async function closePayment(
  payment: PaymentRef,
  config: StripeConfig,
  transport: Transport,
): Promise<CloseAnswer> {
  const id = payment.gatewayTradeNo ?? "";
  if (INTENT_ID.test(id)) return closedBy(await queryPayment(payment, config, transport));
  if (!SESSION_ID.test(id)) {
    const open = await findOpenSession(payment.outTradeNo, config, transport);
    if (!open.ok) return unknown(open.error);
    if (open.value) return closePayment({ ...payment, gatewayTradeNo: open.value.id }, config, transport);
    return closedBy(await queryPayment(payment, config, transport));
  }
  const reply = await callStripe({ method: "POST", path: `/v1/checkout/sessions/${id}/expire` }, config, transport);
  if (!reply.ok) return unknown(reply.error);
  const object = reply.value.kind === "done" ? reply.value.object : null;
  if (object && readSession(object, payment.outTradeNo, config).state === "closed") return { state: "closed" };
  return closedBy(await queryPayment(payment, config, transport));
}
