/**
 * Stripe, by Checkout Sessions: the buyer pays on Stripe's page, and this shop never sees a card. An attempt's number there is the
 * session's (`cs_`) until it is paid, and a payment's number is its payment intent's (`pi_`), in notices and answers alike.
 */

import { limits } from "@/lib/kernel/limits";
import { money } from "@/lib/kernel/money";
import { ok } from "@/lib/kernel/result";
import type { CheckFinding, GatewayAccount, PaymentGateway, TestNotice } from "../port";
import { isLoopback, plainAnswers } from "../raw-http";
import type { Transport } from "../transport";
import { STRIPE_CURRENCIES, toStripeAmount } from "./amounts";
import { callStripe, STRIPE_VERSION } from "./call";
import { signatureOf } from "./codec";
import { readNotification } from "./notice";
import { createPayment, openPayment } from "./open";
import { closePayment, queryPayment } from "./query";
import { stripeRefunds } from "./refund";
import { accountRefOf, readStripeSettings, STRIPE_FIELDS, type StripeConfig } from "./settings";
import { readTransactions } from "./transactions";

/** Half as long as an attempt's number is. */
const TEST_OUT_TRADE_NO = "KAPUTESTNOTICE00";

async function selfCheck(
  config: StripeConfig,
  { notifyUrl, transport }: { notifyUrl: string; transport: Transport },
): Promise<CheckFinding[]> {
  const findings: CheckFinding[] = [];
  if (isLoopback(new URL(notifyUrl)) && !isLoopback(new URL(config.endpoint))) {
    findings.push("notify_url_not_reachable");
  }
  // The permission that paying needs, and the question that costs nothing: a page of one session.
  const request = { method: "GET", path: "/v1/checkout/sessions", fields: [["limit", "1"]] } as const;
  const reply = await callStripe(request, config, transport);
  if (!reply.ok) findings.push(reply.error === "credentials_refused" ? "credentials_refused" : "gateway_silent");
  else if (reply.value.kind === "refused") findings.push("gateway_silent");
  else if (reply.value.sentAt !== null && Math.abs(reply.value.sentAt - transport.now()) > limits.signedTimeSkewMs) {
    // Then every webhook is stale, and none is taken.
    findings.push("clock_skewed");
  }
  return findings;
}

/** A completed, paid session of an order that nobody has, signed with the first secret. */
function testNotice(notifyUrl: string, config: StripeConfig, now: number): TestNotice {
  const created = Math.floor(now / 1_000);
  const amount = toStripeAmount(money(100n, "USD"));
  const session = {
    id: "cs_test_notice",
    object: "checkout.session",
    status: "complete",
    payment_status: "paid",
    livemode: config.isLive,
    client_reference_id: TEST_OUT_TRADE_NO,
    amount_total: amount.ok ? Number(amount.value.units) : 0,
    currency: "usd",
    metadata: { out_trade_no: TEST_OUT_TRADE_NO },
    payment_intent: "pi_test_notice",
  };
  const body = JSON.stringify({
    id: "evt_test_notice",
    object: "event",
    api_version: STRIPE_VERSION,
    type: "checkout.session.completed",
    created,
    livemode: config.isLive,
    data: { object: session },
  });
  const [secret] = config.webhookSecrets;
  const signature = secret ? signatureOf(String(created), Buffer.from(body), secret) : "";
  return {
    method: "POST",
    url: notifyUrl,
    headers: [
      ["content-type", "application/json; charset=utf-8"],
      ["stripe-signature", `t=${created},v1=${signature}`],
    ],
    body,
    outTradeNo: TEST_OUT_TRADE_NO,
  };
}

const bind = (config: StripeConfig): GatewayAccount => ({
  kind: "stripe",
  accountRef: accountRefOf(config),
  methods: config.methods,
  createPayment: (input) => createPayment(input, config),
  openPayment: (input, transport) => openPayment(input, config, transport),
  readNotification: (raw, now) => readNotification(raw, config, now),
  queryPayment: (payment, transport) => queryPayment(payment, config, transport),
  closePayment: (payment, transport) => closePayment(payment, config, transport),
  refunds: stripeRefunds(config),
  statementPages: (window, transport) => readTransactions(window, config, transport),
  selfCheck: (input) => selfCheck(config, input),
  testNotice: (notifyUrl, now) => testNotice(notifyUrl, config, now),
  // Stripe looks at the status alone: any 2xx ends its three days of asking.
  ...plainAnswers("ok"),
});

export const stripeGateway: PaymentGateway = {
  kind: "stripe",
  fields: STRIPE_FIELDS,
  currencies: STRIPE_CURRENCIES,
  openAccount(settings) {
    const config = readStripeSettings(settings);
    return config.ok ? ok(bind(config.value)) : config;
  },
};
