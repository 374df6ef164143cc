import { assert } from "@/lib/kernel/assert";
import { err, ok, type Result } from "@/lib/kernel/result";
import { unknown } from "../answers";
import type { RefundAnswer, RefundInput, Refunds, UnknownReason } from "../port";
import type { Transport } from "../transport";
import { callPaypal } from "./call";
import { OUT_TRADE_NO, PAYPAL_ID, REFUND_NO, readAmount, writeAmount } from "./codec";
import { numberOf, type Order, Refund, refundState, unitOf } from "./objects";
import { find } from "./query";
import type { PaypalConfig } from "./settings";

/** PayPal's refunds: of a capture, in parts, each of which is one refund however often it is asked for. */
export const paypalRefunds = (config: PaypalConfig): Refunds => ({
  isPartialPossible: true,
  isIdempotent: true,
  refund: (input, transport) => refund(input, config, transport),
  queryRefund: (input, transport) => queryRefund(input, config, transport),
});

/**
 * Gives money back once per number of ours. PayPal keeps request numbers for 45 days, so the number is also the refund's
 * invoice number and looked for in the order first; PayPal shows an order for a while only, and then the request number must do.
 */
async function refund(input: RefundInput, config: PaypalConfig, transport: Transport): Promise<RefundAnswer> {
  assert(REFUND_NO.test(input.refundNo) && OUT_TRADE_NO.test(input.outTradeNo), "the numbers are ours");
  const paid = await findPaid(input, config, transport);
  if (!paid.ok) return unknown(paid.error);
  const before = paid.value.order && refundIn(paid.value.order, input.refundNo);
  if (before) return readRefund(before, input);
  const reply = await callPaypal(
    {
      method: "POST",
      path: `/v2/payments/captures/${paid.value.captureId}/refund`,
      content: { amount: writeAmount(input.amount), invoice_id: input.refundNo },
      requestId: input.refundNo,
    },
    config,
    transport,
  );
  if (!reply.ok) return unknown(reply.error);
  if (reply.value.kind === "done") return readRefund(reply.value.object, input);
  // The number was used before: there is a refund, and it is to be asked for.
  return reply.value.issue === "DUPLICATE_INVOICE_ID"
    ? unknown("other_order")
    : { state: "failed", code: reply.value.issue };
}

async function queryRefund(input: RefundInput, config: PaypalConfig, transport: Transport): Promise<RefundAnswer> {
  const paid = await findPaid(input, config, transport);
  if (!paid.ok) return unknown(paid.error);
  if (!paid.value.order) return unknown("not_askable");
  const found = refundIn(paid.value.order, input.refundNo);
  return found ? readRefund(found, input) : { state: "not_found" };
}

const refundIn = (order: Order, refundNo: string): Refund | undefined =>
  unitOf(order)?.payments?.refunds?.find(({ invoice_id: invoice }) => invoice === refundNo);

/** The capture that was paid, and its order as long as PayPal shows it. */
async function findPaid(
  input: RefundInput,
  config: PaypalConfig,
  transport: Transport,
): Promise<Result<{ readonly captureId: string; readonly order: Order | null }, UnknownReason>> {
  const way = { config, transport };
  const found = await find(input.gatewayTradeNo, way);
  if (!found.ok) return found;
  if (found.value === null) return err("other_account");
  if ("order" in found.value) {
    const captureId = unitOf(found.value.order)?.payments?.captures?.[0]?.id;
    return captureId ? ok({ captureId, order: found.value.order }) : err("other_order");
  }
  const { capture } = found.value;
  if (numberOf(capture) !== input.outTradeNo) return err("other_order");
  const orderId = capture.supplementary_data?.related_ids?.order_id ?? "";
  const order = PAYPAL_ID.test(orderId) ? await find(orderId, way) : ok(null);
  if (!order.ok) return order;
  return ok({ captureId: capture.id, order: order.value && "order" in order.value ? order.value.order : null });
}

/** Judges one refund: under this number, of this amount. */
export function readRefund(object: unknown, input: Pick<RefundInput, "refundNo" | "amount">): RefundAnswer {
  const parsed = Refund.safeParse(object);
  if (!parsed.success) return unknown("unreadable");
  const { id, status, invoice_id: invoice } = parsed.data;
  if (invoice != null && invoice !== input.refundNo) return unknown("other_order");
  const amount = readAmount(parsed.data.amount);
  if (amount?.currency !== input.amount.currency || amount.amountMinor !== input.amount.amountMinor) {
    return unknown("bad_amount");
  }
  const state = refundState(status);
  return state === "failed" ? { state, code: status ?? "FAILED" } : { state, gatewayRefundNo: id, amount };
}
