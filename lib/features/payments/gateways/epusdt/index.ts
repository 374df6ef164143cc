import { newOutTradeNo } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { err, ok } from "@/lib/kernel/result";
import { whyNotPayable } from "../create-checks";
import { type JsonField, numberField, textField } from "../flat-json";
import { JSON_SIGNATURES } from "../json-signature";
import type { CheckFinding, GatewayAccount, PaymentGateway, SettingsField, TestNotice, UnknownReason } from "../port";
import { isLoopback, plainAnswers } from "../raw-http";
import type { Transport } from "../transport";
import { signedBody } from "./codec";
import { accountRefOf, readNotification } from "./notice";
import { openPayment } from "./open";
import { closePayment, queryPayment } from "./query";
import { EPUSDT_CURRENCIES, EPUSDT_FLAVOURS, type EpusdtConfig, readSettings } from "./settings";

const TEST_NUMBER = "KAPUTESTNOTICE";

async function selfCheck(
  config: EpusdtConfig,
  input: { notifyUrl: string; transport: Transport },
): Promise<CheckFinding[]> {
  const findings: CheckFinding[] = [];
  const token = config.token.reveal();
  if (token.length < 16 || new Set(token).size < 6) findings.push("key_weak");
  if (isLoopback(new URL(input.notifyUrl)) && !isLoopback(new URL(config.baseUrl)))
    findings.push("notify_url_not_reachable");
  const reason = await probe(config, input);
  if (reason === "credentials_refused") findings.push("credentials_refused");
  else if (reason !== null) findings.push("gateway_silent");
  return findings;
}

/**
 * One signed request that can change nothing: to cancel a trade that nobody has, or to open one for nothing, which the servers
 * refuse only after they looked at the signature. Null: the signature was taken.
 */
async function probe(
  config: EpusdtConfig,
  { notifyUrl, transport }: { notifyUrl: string; transport: Transport },
): Promise<UnknownReason | null> {
  const outTradeNo = newOutTradeNo();
  if (config.flavour === "bepusdt") {
    const closed = await closePayment({ outTradeNo, gatewayTradeNo: outTradeNo }, config, transport);
    return closed.state === "unknown" ? closed.reason : null;
  }
  const opened = await openPayment(
    {
      outTradeNo,
      amount: money(0n, config.currency),
      orderNumber: TEST_NUMBER,
      notifyUrl,
      returnUrl: notifyUrl,
      expiresAt: transport.now(),
    },
    config,
    transport,
  );
  return opened.state === "unknown" ? opened.reason : null;
}

/** No attempt has this number (ours are longer), so the notice can pay for nothing. */
function testNotice(notifyUrl: string, config: EpusdtConfig): TestNotice {
  const address: JsonField[] =
    config.flavour === "gmpay"
      ? [textField("pid", config.pid ?? ""), textField("receive_address", "TEST"), textField("token", "USDT")]
      : [textField("token", "TEST")];
  const fields = [
    ...address,
    textField("trade_id", TEST_NUMBER),
    textField("order_id", TEST_NUMBER),
    numberField("amount", "1"),
    textField("actual_amount", "0.14"),
    textField("block_transaction_id", TEST_NUMBER),
    numberField("status", "2"),
  ];
  return {
    method: "POST",
    url: notifyUrl,
    headers: [["content-type", "application/json"]],
    body: signedBody(fields, config),
    outTradeNo: TEST_NUMBER,
  };
}

const bind = (config: EpusdtConfig): GatewayAccount => ({
  kind: "epusdt",
  accountRef: accountRefOf(config),
  methods: config.tradeTypes,
  createPayment(input) {
    const refusal = whyNotPayable(input, { currency: config.currency, methods: config.tradeTypes });
    return refusal === null ? ok({ kind: "on_request" }) : err(refusal);
  },
  openPayment: (input, transport) => openPayment(input, config, transport),
  readNotification: (raw) => readNotification(raw, config),
  queryPayment: (payment, transport) => queryPayment(payment, config, transport),
  ...(config.flavour === "bepusdt"
    ? { closePayment: (payment, transport) => closePayment(payment, config, transport) }
    : {}),
  selfCheck: (input) => selfCheck(config, input),
  testNotice: (notifyUrl) => testNotice(notifyUrl, config),
  // The classic server wants exactly this word, and the others take it.
  ...plainAnswers("ok"),
});

const FIELDS: readonly SettingsField[] = [
  { name: "flavour", input: "choice", isRequired: true, choices: EPUSDT_FLAVOURS },
  { name: "baseUrl", input: "url", isRequired: true },
  { name: "pid", input: "text", isRequired: true, only: { field: "flavour", values: ["gmpay"] } },
  { name: "token", input: "secret", isRequired: true },
  {
    name: "algorithm",
    input: "choice",
    isRequired: true,
    choices: JSON_SIGNATURES,
    only: { field: "flavour", values: ["gmpay"] },
  },
  {
    name: "currency",
    input: "choice",
    isRequired: true,
    choices: EPUSDT_CURRENCIES,
    only: { field: "flavour", values: ["bepusdt", "gmpay"] },
  },
  {
    name: "tradeTypes",
    input: "list",
    isRequired: false,
    only: { field: "flavour", values: ["bepusdt", "gmpay"] },
  },
];

/** epusdt and its descendants: an exact amount of coin to an address. Refunds are made by hand, from the wallet. */
export const epusdtGateway: PaymentGateway = {
  kind: "epusdt",
  fields: FIELDS,
  currencies: EPUSDT_CURRENCIES,
  openAccount(settings) {
    const config = readSettings(settings);
    return config.ok ? ok(bind(config.value)) : config;
  },
};
