import { minorOf, type PaypalCapture, type PaypalOrder, type PaypalRefund, refundedOf } from "./paypal-desk";

type Json = Readonly<Record<string, unknown>>;
const isoOf = (ms: number): string => new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");
const link = (href: string, rel: string, method = "GET") => ({ href, rel, method });

/** A capture says how much of it was given back by its state alone. */
function statusOf(capture: PaypalCapture): string {
  const back = refundedOf(capture);
  if (capture.status !== "COMPLETED" || back === 0) return capture.status;
  return back === minorOf(capture.amount) ? "REFUNDED" : "PARTIALLY_REFUNDED";
}

export const captureJson = (order: PaypalOrder, capture: PaypalCapture, origin: string): Json => ({
  id: capture.id,
  status: statusOf(capture),
  amount: capture.amount,
  final_capture: true,
  custom_id: order.customId,
  invoice_id: order.invoiceId,
  supplementary_data: { related_ids: { order_id: order.id } },
  create_time: isoOf(capture.at),
  links: [
    link(`${origin}/v2/payments/captures/${capture.id}`, "self"),
    link(`${origin}/v2/payments/captures/${capture.id}/refund`, "refund", "POST"),
    link(`${origin}/v2/checkout/orders/${order.id}`, "up"),
  ],
});

/** Names its capture by a link only. */
export const refundJson = (order: PaypalOrder, refund: PaypalRefund, origin: string): Json => ({
  id: refund.id,
  status: refund.status,
  amount: refund.amount,
  ...(refund.invoiceId === null ? {} : { invoice_id: refund.invoiceId }),
  custom_id: order.customId,
  create_time: isoOf(refund.at),
  links: [
    link(`${origin}/v2/payments/refunds/${refund.id}`, "self"),
    link(`${origin}/v2/payments/captures/${order.capture?.id}`, "up"),
  ],
});

export function orderJson(order: PaypalOrder, origin: string): Json {
  const { capture } = order;
  const payments = capture && {
    captures: [captureJson(order, capture, origin)],
    ...(capture.refunds.length > 0 ? { refunds: capture.refunds.map((one) => refundJson(order, one, origin)) } : {}),
  };
  return {
    id: order.id,
    intent: "CAPTURE",
    status: order.status,
    purchase_units: [
      {
        reference_id: "default",
        amount: order.amount,
        custom_id: order.customId,
        invoice_id: order.invoiceId,
        description: order.description,
        ...(payments ? { payments } : {}),
      },
    ],
    create_time: isoOf(order.createdAt),
    links: [
      link(`${origin}/v2/checkout/orders/${order.id}`, "self"),
      link(`${origin}/checkoutnow?token=${order.id}`, "approve"),
      link(`${origin}/v2/checkout/orders/${order.id}/capture`, "capture", "POST"),
    ],
  };
}

/** Rows of the statement, oldest first: a payment and each refund of it, the fee beside. */
export function transactionsJson(
  orders: Iterable<PaypalOrder>,
  { from, until }: { from: number; until: number },
): Json[] {
  const rows = [...orders].flatMap((order) => {
    const { capture } = order;
    if (capture?.status !== "COMPLETED") return [];
    const row = (at: number, info: Json) => ({
      at,
      json: {
        transaction_info: {
          ...info,
          transaction_initiation_date: isoOf(at),
          transaction_status: "S",
          custom_field: order.customId,
        },
      },
    });
    const paid = row(capture.at, {
      transaction_id: capture.id,
      transaction_event_code: "T0006",
      transaction_amount: capture.amount,
      fee_amount: { currency_code: capture.amount.currency_code, value: "-0.88" },
      invoice_id: order.invoiceId,
    });
    const back = capture.refunds.map((refund) =>
      row(refund.at, {
        transaction_id: refund.id,
        paypal_reference_id: capture.id,
        paypal_reference_id_type: "TXN",
        transaction_event_code: "T1107",
        transaction_amount: { ...refund.amount, value: `-${refund.amount.value}` },
        invoice_id: refund.invoiceId,
      }),
    );
    return [paid, ...back];
  });
  return rows.filter(({ at }) => at >= from && at < until + 1_000).map(({ json }) => json);
}
