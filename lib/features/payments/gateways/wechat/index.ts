import { newOutTradeNo } from "@/lib/kernel/id";
import { ok } from "@/lib/kernel/result";
import type { CheckFinding, GatewayAccount, HttpReply, PaymentGateway } from "../port";
import { isLoopback } from "../raw-http";
import type { Transport } from "../transport";
import { fetchBill } from "./bill";
import { readNotification } from "./notice";
import { createPayment, openPayment } from "./open";
import { closePayment, queryPayment } from "./query";
import { wechatRefunds } from "./refund";
import { accountRefOf, readWechatSettings, WECHAT_FIELDS, type WechatConfig } from "./settings";

const failure = (status: number, message: string): HttpReply => ({
  status,
  contentType: "application/json",
  body: JSON.stringify({ code: "FAIL", message }),
});

async function selfCheck(
  config: WechatConfig,
  { notifyUrl, transport }: { notifyUrl: string; transport: Transport },
): Promise<CheckFinding[]> {
  const findings: CheckFinding[] = [];
  const url = new URL(notifyUrl);
  // WeChat Pay calls only https, and only the world outside.
  if (!isLoopback(new URL(config.endpoint)) && (isLoopback(url) || url.protocol !== "https:")) {
    findings.push("notify_url_not_reachable");
  }
  // A number nobody can have used: "no such order" is the proof that merchant, certificate and key are right.
  const answer = await queryPayment({ outTradeNo: newOutTradeNo(), gatewayTradeNo: null }, config, transport);
  if (answer.state !== "unknown") return findings;
  if (answer.reason === "stale") findings.push("clock_skewed");
  else if (answer.reason === "credentials_refused" || answer.reason === "bad_signature")
    findings.push("credentials_refused");
  else findings.push("gateway_silent");
  return findings;
}

const bind = (config: WechatConfig): GatewayAccount => ({
  kind: "wechat",
  accountRef: accountRefOf(config),
  methods: config.products,
  createPayment: (input) => createPayment(input, config),
  openPayment: (input, transport) => openPayment(input, config, transport),
  readNotification: (raw, now) => readNotification(raw, config, now),
  queryPayment: (payment, transport) => queryPayment(payment, config, transport),
  closePayment: (payment, transport) => closePayment(payment, config, transport),
  refunds: wechatRefunds(config),
  fetchBill: (day, transport) => fetchBill(day, config, transport),
  selfCheck: (input) => selfCheck(config, input),
  accepted: { status: 204, contentType: "application/json", body: "" },
  refused: failure(401, "refused"),
  deferred: failure(503, "later"),
});

/** 微信支付, API v3: codes to scan and pages on phones, with WeChat Pay's public key, its platform certificates, or both. */
export const wechatGateway: PaymentGateway = {
  kind: "wechat",
  fields: WECHAT_FIELDS,
  currencies: ["CNY"],
  openAccount(settings) {
    const config = readWechatSettings(settings);
    return config.ok ? ok(bind(config.value)) : config;
  },
};
