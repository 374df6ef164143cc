import { err, ok, type Result } from "@/lib/kernel/result";
import { unknown } from "../answers";
import { httpUrlOf } from "../http-url";
import { assertOwnFields } from "../own-fields";
import type { CreateInput, CreateRefusal, OpenAnswer, OpenInput, Presentation } from "../port";
import { isLoopback } from "../raw-http";
import type { Transport } from "../transport";
import { callPaypal } from "./call";
import { PAYPAL_CURRENCIES, readAmount, writeAmount } from "./codec";
import { Order, unitOf } from "./objects";
import type { PaypalConfig } from "./settings";

const AMOUNT_MINOR_MAX = 999_999_999n;

/** Whether PayPal could be asked for this at all; the order there is made when the buyer comes to pay. */
export function createPayment({ amount, method }: CreateInput): Result<Presentation, CreateRefusal> {
  if (!(PAYPAL_CURRENCIES as readonly string[]).includes(amount.currency)) return err("currency_unsupported");
  if (amount.amountMinor <= 0n || amount.amountMinor > AMOUNT_MINOR_MAX) return err("amount_out_of_range");
  return method === undefined ? ok({ kind: "on_request" }) : err("method_unsupported");
}

/**
 * Makes the order of one attempt, or finds the one that was made before: the attempt's number is the PayPal-Request-Id. It
 * is also the invoice's number, of which PayPal takes money only once, whatever else goes wrong.
 */
export async function openPayment(input: OpenInput, config: PaypalConfig, transport: Transport): Promise<OpenAnswer> {
  assertOwnFields(input);
  const created = createPayment(input);
  if (!created.ok) return { state: "refused", code: created.error };
  const reply = await callPaypal(
    { method: "POST", path: "/v2/checkout/orders", content: orderOf(input), requestId: input.outTradeNo },
    config,
    transport,
  );
  if (!reply.ok) return unknown(reply.error);
  if (reply.value.kind === "refused") return { state: "refused", code: reply.value.issue };
  return readOpened(reply.value.object, input, config);
}

/**
 * With `application_context` and not with the newer `payment_source`: an order of the newer kind waits for its payer in a state
 * in which PayPal changes nothing, and ours must be closable. Cheques and the like, which pay days later, are not offered.
 */
const orderOf = (input: OpenInput): object => ({
  intent: "CAPTURE",
  purchase_units: [
    {
      reference_id: "default",
      custom_id: input.outTradeNo,
      invoice_id: input.outTradeNo,
      description: `Order ${input.orderNumber}`,
      amount: writeAmount(input.amount),
    },
  ],
  application_context: {
    user_action: "PAY_NOW",
    shipping_preference: "NO_SHIPPING",
    payment_method: { payee_preferred: "IMMEDIATE_PAYMENT_REQUIRED" },
    return_url: input.returnUrl,
    cancel_url: input.returnUrl,
  },
});

/** Judges the order that came back: of this attempt, of this amount, with PayPal's own address for the buyer. */
export function readOpened(object: unknown, input: OpenInput, config: Pick<PaypalConfig, "endpoint">): OpenAnswer {
  const parsed = Order.safeParse(object);
  const unit = parsed.success ? unitOf(parsed.data) : undefined;
  if (!parsed.success || !unit) return unknown("unreadable");
  if (unit.custom_id !== input.outTradeNo) return unknown("other_order");
  const amount = readAmount(unit.amount);
  if (amount?.currency !== input.amount.currency || amount.amountMinor !== input.amount.amountMinor) {
    return unknown("bad_amount");
  }
  const link = parsed.data.links?.find(({ rel }) => rel === "approve" || rel === "payer-action")?.href ?? "";
  const url = httpUrlOf(link, config.endpoint);
  if (!url || !isPaypal(new URL(url), config)) return unknown("unreadable");
  // PayPal does not say when an order lapses: some hours after nobody approved it.
  return {
    state: "opened",
    opened: { presentation: { kind: "redirect", url }, gatewayTradeNo: parsed.data.id, closesAt: null },
  };
}

const isPaypal = (url: URL, { endpoint }: Pick<PaypalConfig, "endpoint">): boolean =>
  /(^|\.)paypal\.com$/.test(url.hostname) || (isLoopback(url) && isLoopback(new URL(endpoint)));
