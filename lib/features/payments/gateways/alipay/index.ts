/**
 * Alipay (支付宝), over gateway.do ("v2") and not over the newer REST: the cashier's pages exist only there, its requests, replies and
 * notices are signed in one way, and what its codes mean is known best. The price is that a reply's signature covers a
 * part of its text, which is cut out letter by letter (json-members.ts). Notices are the same either way.
 */
import { newOutTradeNo } from "@/lib/kernel/id";
import { ok } from "@/lib/kernel/result";
import type { CheckFinding, GatewayAccount, PaymentGateway } from "../port";
import { isLoopback, plainAnswers } from "../raw-http";
import type { Transport } from "../transport";
import { fetchBill } from "./bill";
import { readNotification } from "./notice";
import { createPayment, openPayment } from "./open";
import { closePayment, queryPayment } from "./query";
import { alipayRefunds } from "./refund";
import { ALIPAY_FIELDS, type AlipayConfig, accountRefOf, readAlipaySettings } from "./settings";

async function selfCheck(
  config: AlipayConfig,
  { notifyUrl, transport }: { notifyUrl: string; transport: Transport },
): Promise<CheckFinding[]> {
  const findings: CheckFinding[] = [];
  if (isLoopback(new URL(notifyUrl)) && !isLoopback(new URL(config.endpoint))) {
    findings.push("notify_url_not_reachable");
  }
  // A number nobody can have used: a signed "no such trade" is the proof that application, key and Alipay's key are right.
  const answer = await queryPayment({ outTradeNo: newOutTradeNo(), gatewayTradeNo: null }, config, transport);
  if (answer.state === "unknown") {
    const isOurs = answer.reason === "credentials_refused" || answer.reason === "bad_signature";
    findings.push(isOurs ? "credentials_refused" : "gateway_silent");
  }
  return findings;
}

const bind = (config: AlipayConfig): GatewayAccount => ({
  kind: "alipay",
  accountRef: accountRefOf(config),
  methods: config.products,
  createPayment: (input) => createPayment(input, config),
  openPayment: (input, transport) => openPayment(input, config, transport),
  readNotification: (raw) => readNotification(raw, config),
  queryPayment: (payment, transport) => queryPayment(payment, config, transport),
  closePayment: (payment, transport) => closePayment(payment, config, transport),
  refunds: alipayRefunds(config),
  fetchBill: (day, transport) => fetchBill(day, config, transport),
  selfCheck: (input) => selfCheck(config, input),
  ...plainAnswers("success"),
});

/** 支付宝: codes to scan, and its cashier on computers and phones. */
export const alipayGateway: PaymentGateway = {
  kind: "alipay",
  fields: ALIPAY_FIELDS,
  currencies: ["CNY"],
  openAccount(settings) {
    const config = readAlipaySettings(settings);
    return config.ok ? ok(bind(config.value)) : config;
  },
};
