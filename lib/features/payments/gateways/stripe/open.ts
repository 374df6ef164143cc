import { assert } from "@/lib/kernel/assert";
import { toDecimal } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import { unknown } from "../answers";
import { httpUrlOf } from "../http-url";
import { assertOwnFields } from "../own-fields";
import type { CreateInput, CreateRefusal, OpenAnswer, OpenInput, Pair, Presentation } from "../port";
import type { Transport } from "../transport";
import { toStripeAmount } from "./amounts";
import { callStripe } from "./call";
import { SESSION_ID } from "./codec";
import { amountOf, numberOf, Session } from "./objects";
import { findOpenSession } from "./query";
import type { StripeConfig } from "./settings";

/**
 * A session lives 30 minutes at least, and Stripe counts from when it was asked. So it is asked for 32 minutes past our own
 * deadline, which makes the request the same whenever it is made before that (`Idempotency-Key` wants it byte for byte),
 * and at our deadline the session is expired by a request of its own.
 */
const PAST_DEADLINE_MS = 32 * 60_000;
/** Beyond a day Stripe refuses; without a word a session lives for one. */
const LIVES_MS_MAX = 24 * 3_600_000 - 60_000;

/** Whether Stripe could be asked for this at all; the session itself is made when the buyer comes to pay. */
export function createPayment(
  { amount, method }: CreateInput,
  { methods }: Pick<StripeConfig, "methods">,
): Result<Presentation, CreateRefusal> {
  const asked = toStripeAmount(amount);
  if (!asked.ok) return asked;
  if (method !== undefined && !methods.includes(method)) return err("method_unsupported");
  return ok({ kind: "on_request" });
}

/**
 * Makes the Checkout Session of one attempt, or finds the one that was made before: the attempt's own number is the
 * Idempotency-Key. Nothing of a user is in it, and no currency conversion, so that what is paid is what was asked.
 */
export async function openPayment(input: OpenInput, config: StripeConfig, transport: Transport): Promise<OpenAnswer> {
  assertOwnFields(input);
  const created = createPayment(input, config);
  if (!created.ok) return { state: "refused", code: created.error };
  const reply = await callStripe(
    {
      method: "POST",
      path: "/v1/checkout/sessions",
      fields: sessionFields(input, transport.now()),
      idempotencyKey: input.outTradeNo,
    },
    config,
    transport,
  );
  if (!reply.ok) return unknown(reply.error);
  if (reply.value.kind === "done") return readOpened(reply.value.object, input, config);
  if (reply.value.code !== "idempotency_error") return { state: "refused", code: reply.value.code };
  // The number was used with another deadline: there is a session already, and it is the attempt's.
  const found = await findOpenSession(input.outTradeNo, config, transport);
  if (!found.ok) return unknown(found.error);
  return found.value ? readOpened(found.value, input, config) : { state: "refused", code: reply.value.code };
}

function sessionFields(input: OpenInput, now: number): Pair[] {
  const asked = toStripeAmount(input.amount);
  assert(asked.ok, "the amount was looked at before");
  const name = `Order ${input.orderNumber}`;
  const closesAt = input.expiresAt + PAST_DEADLINE_MS;
  const isShort = closesAt < now + LIVES_MS_MAX;
  return [
    ["mode", "payment"],
    ["client_reference_id", input.outTradeNo],
    ["metadata[out_trade_no]", input.outTradeNo],
    ["payment_intent_data[metadata][out_trade_no]", input.outTradeNo],
    ["payment_intent_data[description]", name],
    ["line_items[0][quantity]", "1"],
    ["line_items[0][price_data][currency]", asked.value.currency],
    ["line_items[0][price_data][unit_amount]", String(asked.value.units)],
    ["line_items[0][price_data][product_data][name]", name],
    ["adaptive_pricing[enabled]", "false"],
    ["success_url", input.returnUrl],
    ["cancel_url", input.returnUrl],
    ...(isShort ? [["expires_at", String(Math.ceil(closesAt / 1_000))] as const] : []),
    ...methodFields(input.method),
  ];
}

/** Without a method Stripe offers what the account has switched on. */
function methodFields(method: string | undefined): Pair[] {
  if (method === undefined) return [];
  const fields: Pair[] = [["payment_method_types[0]", method]];
  return method === "wechat_pay" ? [...fields, ["payment_method_options[wechat_pay][client]", "web"]] : fields;
}

/** Judges the session that came back: of this attempt, of this amount, in our world, with an address a browser may go to. */
export function readOpened(object: unknown, input: OpenInput, config: StripeConfig): OpenAnswer {
  const parsed = Session.safeParse(object);
  if (!parsed.success || !SESSION_ID.test(parsed.data.id)) return unknown("unreadable");
  const session = parsed.data;
  if (session.livemode !== config.isLive) return unknown("other_account");
  if (numberOf(session) !== input.outTradeNo) return unknown("other_order");
  const amount = amountOf(session.amount_total, session.currency);
  if (!amount || toDecimal(amount) !== toDecimal(input.amount) || amount.currency !== input.amount.currency) {
    return unknown("bad_amount");
  }
  // Merchants may put Stripe's page under a name of their own, so its host is not pinned.
  const url = httpUrlOf(session.url ?? "", config.endpoint);
  if (!url) return unknown("unreadable");
  return {
    state: "opened",
    opened: {
      presentation: { kind: "redirect", url },
      gatewayTradeNo: session.id,
      closesAt: session.expires_at == null ? null : session.expires_at * 1_000,
    },
  };
}
