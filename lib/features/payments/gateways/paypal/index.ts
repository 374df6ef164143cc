/**
 * PayPal, by Orders v2: the buyer approves an order on PayPal's page, and we take its money when PayPal tells of the approval or
 * when we ask (`queryPayment`). An attempt's number there is the order's; a payment's number is its capture's, in notices and
 * answers alike. Only a completed capture is money.
 */
import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { ok } from "@/lib/kernel/result";
import type { CheckFinding, GatewayAccount, PaymentGateway } from "../port";
import { isLoopback, plainAnswers } from "../raw-http";
import type { Transport } from "../transport";
import { callPaypal } from "./call";
import { signerOf } from "./certificate";
import { PAYPAL_CURRENCIES } from "./codec";
import { readNotification, transmissionOf } from "./notice";
import { createPayment, openPayment } from "./open";
import { closePayment, queryPayment } from "./query";
import { paypalRefunds } from "./refund";
import { PAYPAL_FIELDS, type PaypalConfig, readPaypalSettings } from "./settings";
import { readTransactions } from "./transactions";

const Webhook = z.looseObject({ url: z.string().max(2_048) });

async function selfCheck(
  config: PaypalConfig,
  { notifyUrl, transport }: { notifyUrl: string; transport: Transport },
): Promise<CheckFinding[]> {
  const findings: CheckFinding[] = [];
  const isUnreachable = isLoopback(new URL(notifyUrl)) && !isLoopback(new URL(config.endpoint));
  const path = `/v1/notifications/webhooks/${config.webhookId}`;
  const reply = await callPaypal({ method: "GET", path }, config, transport);
  if (!reply.ok) findings.push(reply.error === "credentials_refused" ? "credentials_refused" : "gateway_silent");
  // The application is right and its webhook is not: no notice would ever pass.
  else if (reply.value.kind === "refused") findings.push("credentials_refused");
  else {
    const webhook = Webhook.safeParse(reply.value.object);
    if (isUnreachable || (webhook.success && webhook.data.url !== notifyUrl)) findings.push("notify_url_not_reachable");
    const { sentAt } = reply.value;
    if (sentAt !== null && Math.abs(sentAt - transport.now()) > limits.signedTimeSkewMs) findings.push("clock_skewed");
  }
  return findings;
}

const bind = (config: PaypalConfig): GatewayAccount => ({
  kind: "paypal",
  accountRef: config.clientId,
  methods: [],
  createPayment,
  openPayment: (input, transport) => openPayment(input, config, transport),
  async prepareNotification(raw, transport) {
    const transmission = transmissionOf(raw);
    return transmission && signerOf(transmission.certificateUrl, config, transport);
  },
  readNotification: (raw, now, signer) => readNotification(raw, config, { now, signer }),
  queryPayment: (payment, transport) => queryPayment(payment, config, transport),
  closePayment: (payment, transport) => closePayment(payment, config, transport),
  refunds: paypalRefunds(config),
  statementPages: (window, transport) => readTransactions(window, config, transport),
  selfCheck: (input) => selfCheck(config, input),
  // PayPal looks at the status alone: any 2xx ends its three days of telling.
  ...plainAnswers("ok"),
});

export const paypalGateway: PaymentGateway = {
  kind: "paypal",
  fields: PAYPAL_FIELDS,
  currencies: PAYPAL_CURRENCIES,
  openAccount(settings) {
    const config = readPaypalSettings(settings);
    return config.ok ? ok(bind(config.value)) : config;
  },
};
