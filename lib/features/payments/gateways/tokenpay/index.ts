import { newOutTradeNo } from "@/lib/kernel/id";
import { err, ok } from "@/lib/kernel/result";
import { whyNotPayable } from "../create-checks";
import { numberField, textField } from "../flat-json";
import { JSON_SIGNATURES } from "../json-signature";
import type { CheckFinding, GatewayAccount, PaymentGateway, SettingsField, TestNotice } from "../port";
import { isLoopback, plainAnswers } from "../raw-http";
import type { Transport } from "../transport";
import { accountRefOf, signedBody } from "./codec";
import { readNotification } from "./notice";
import { openPayment } from "./open";
import { queryPayment } from "./query";
import { readSettings, TOKENPAY_CURRENCIES, type TokenpayConfig } from "./settings";

const TEST_NUMBER = "KAPUTESTNOTICE";
const TEST_ID = "00000000-0000-4000-8000-000000000000";

async function selfCheck(
  config: TokenpayConfig,
  input: { notifyUrl: string; transport: Transport },
): Promise<CheckFinding[]> {
  const findings: CheckFinding[] = [];
  const token = config.token.reveal();
  if (token.length < 16 || new Set(token).size < 6) findings.push("key_weak");
  if (isLoopback(new URL(input.notifyUrl)) && !isLoopback(new URL(config.baseUrl)))
    findings.push("notify_url_not_reachable");
  // An order nobody has: "no such order" is the proof that the token is right.
  const nobodys = { outTradeNo: newOutTradeNo(), gatewayTradeNo: guid(input.transport.randomBytes(16)) };
  const answer = await queryPayment(nobodys, config, input.transport);
  if (answer.state === "unknown") {
    findings.push(answer.reason === "credentials_refused" ? "credentials_refused" : "gateway_silent");
  }
  return findings;
}

const guid = (bytes: Buffer): string =>
  bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/** No attempt has this number (ours are longer), so the notice can pay for nothing. */
function testNotice(notifyUrl: string, config: TokenpayConfig): TestNotice {
  const fields = [
    textField("ActualAmount", "1"),
    textField("Amount", "0.14"),
    textField("BaseCurrency", config.currency),
    textField("Currency", config.tradeTypes[0] ?? ""),
    textField("Id", TEST_ID),
    textField("OutOrderId", TEST_NUMBER),
    numberField("Status", "1"),
  ];
  return {
    method: "POST",
    url: notifyUrl,
    headers: [["content-type", "application/json"]],
    body: signedBody(fields, config),
    outTradeNo: TEST_NUMBER,
  };
}

const bind = (config: TokenpayConfig): GatewayAccount => ({
  kind: "tokenpay",
  accountRef: accountRefOf(config),
  methods: config.tradeTypes,
  createPayment(input) {
    const refusal = whyNotPayable(input, { currency: config.currency, methods: config.tradeTypes });
    return refusal === null ? ok({ kind: "on_request" }) : err(refusal);
  },
  openPayment: (input, transport) => openPayment(input, config, transport),
  readNotification: (raw) => readNotification(raw, config),
  queryPayment: (payment, transport) => queryPayment(payment, config, transport),
  selfCheck: (input) => selfCheck(config, input),
  testNotice: (notifyUrl) => testNotice(notifyUrl, config),
  // Exactly this word, with status 200.
  ...plainAnswers("ok"),
});

const FIELDS: readonly SettingsField[] = [
  { name: "baseUrl", input: "url", isRequired: true },
  { name: "token", input: "secret", isRequired: true },
  { name: "algorithm", input: "choice", isRequired: true, choices: JSON_SIGNATURES },
  { name: "currency", input: "choice", isRequired: true, choices: TOKENPAY_CURRENCIES },
  { name: "tradeTypes", input: "list", isRequired: false },
];

/** TokenPay: an exact amount of coin to an address of the order's own. Refunds are made by hand, from the wallet. */
export const tokenpayGateway: PaymentGateway = {
  kind: "tokenpay",
  fields: FIELDS,
  currencies: TOKENPAY_CURRENCIES,
  openAccount(settings) {
    const config = readSettings(settings);
    return config.ok ? ok(bind(config.value)) : config;
  },
};
