import { assert } from "@/lib/kernel/assert";
import { err, ok, type Result } from "@/lib/kernel/result";
import { unknown } from "../answers";
import type { PaymentRef, RefundAnswer, RefundInput, Refunds, UnknownReason } from "../port";
import type { Transport } from "../transport";
import { toStripeUnits } from "./amounts";
import { callStripe } from "./call";
import { INTENT_ID, OUT_TRADE_NO, REFUND_NO } from "./codec";
import { refundState } from "./notice";
import { amountOf, Refund } from "./objects";
import { queryPayment } from "./query";
import { findInList } from "./search";
import type { StripeConfig } from "./settings";

/** Stripe's refunds: many partial ones of a payment, each of which is one refund however often it is asked for. */
export const stripeRefunds = (config: StripeConfig): Refunds => ({
  isPartialPossible: true,
  isIdempotent: true,
  refund: (input, transport) => refund(input, config, transport),
  queryRefund: (input, transport) => queryRefund(input, config, transport),
});

/**
 * Gives money back once per number of ours. Stripe keeps an Idempotency-Key for a day only, so the number is also written
 * into the refund and looked for first: a request that is repeated next week finds the refund of last week.
 */
async function refund(input: RefundInput, config: StripeConfig, transport: Transport): Promise<RefundAnswer> {
  assert(REFUND_NO.test(input.refundNo) && OUT_TRADE_NO.test(input.outTradeNo), "the numbers are ours");
  const units = toStripeUnits(input.amount);
  assert(units !== null && units > 0n, "the amount is one that Stripe was paid in");
  const intent = await intentOf(input, config, transport);
  if (!intent.ok) return unknown(intent.error);
  const before = await findRefund(intent.value, input, { config, transport });
  if (!before.ok) return unknown(before.error);
  if (before.value) return readRefund(before.value, input, intent.value);
  const reply = await callStripe(
    {
      method: "POST",
      path: "/v1/refunds",
      fields: [
        ["payment_intent", intent.value],
        ["amount", String(units)],
        ["metadata[refund_no]", input.refundNo],
        ["metadata[out_trade_no]", input.outTradeNo],
      ],
      idempotencyKey: input.refundNo,
    },
    config,
    transport,
  );
  if (!reply.ok) return unknown(reply.error);
  if (reply.value.kind === "done") return readRefund(reply.value.object, input, intent.value);
  // The number was used for something else, which may have moved money.
  return reply.value.code === "idempotency_error"
    ? unknown("other_order")
    : { state: "failed", code: reply.value.code };
}

/** Asks what became of a refund, by our number in it. */
async function queryRefund(input: RefundInput, config: StripeConfig, transport: Transport): Promise<RefundAnswer> {
  const intent = await intentOf(input, config, transport);
  if (!intent.ok) return unknown(intent.error);
  const found = await findRefund(intent.value, input, { config, transport });
  if (!found.ok) return unknown(found.error);
  return found.value ? readRefund(found.value, input, intent.value) : { state: "not_found" };
}

/** The number that a refund names the payment by. */
async function intentOf(
  payment: PaymentRef,
  config: StripeConfig,
  transport: Transport,
): Promise<Result<string, UnknownReason>> {
  if (INTENT_ID.test(payment.gatewayTradeNo ?? "")) return ok(payment.gatewayTradeNo ?? "");
  const answer = await queryPayment(payment, config, transport);
  if (answer.state === "unknown") return err(answer.reason);
  return answer.state === "paid" || answer.state === "refunded"
    ? ok(answer.payment.gatewayTradeNo)
    : err("other_order");
}

const findRefund = (
  intent: string,
  { refundNo }: Pick<RefundInput, "refundNo">,
  way: { readonly config: StripeConfig; readonly transport: Transport },
): Promise<Result<Refund | null, UnknownReason>> =>
  findInList(
    {
      path: "/v1/refunds",
      fields: [["payment_intent", intent]],
      row: Refund,
      isIt: (refund) => refund.metadata.refund_no === refundNo,
    },
    way,
  );

/** Judges one refund: of this payment, under this number, of this amount. */
export function readRefund(
  object: unknown,
  input: Pick<RefundInput, "refundNo" | "amount">,
  intent: string,
): RefundAnswer {
  const parsed = Refund.safeParse(object);
  if (!parsed.success) return unknown("unreadable");
  const { id, amount: units, currency, status, failure_reason: why, metadata, payment_intent: of } = parsed.data;
  if (metadata.refund_no !== input.refundNo || of?.id !== intent) return unknown("other_order");
  const amount = amountOf(units, currency);
  if (!amount) return unknown("bad_amount");
  if (amount.currency !== input.amount.currency || amount.amountMinor !== input.amount.amountMinor) {
    return unknown("bad_amount");
  }
  const state = refundState(status);
  if (state === "failed") return { state, code: /^[a-z_]{1,64}$/.test(why ?? "") ? (why ?? "") : (status ?? "failed") };
  return { state, gatewayRefundNo: id, amount };
}
