import { assert } from "@/lib/kernel/assert";
import { newOutTradeNo } from "@/lib/kernel/id";
import { money, toDecimal } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import { OUT_TRADE_NO, withSignature } from "./epay-codec";
import { readNotification } from "./epay-notice";
import { queryPayment } from "./epay-query";
import { type EpayConfig, readSettings } from "./epay-settings";
import type {
  CheckFinding,
  CreateInput,
  CreateRefusal,
  GatewayAccount,
  Pair,
  PaymentGateway,
  PaymentRef,
  Presentation,
  SettingsField,
  TestNotice,
} from "./port";
import { isCallbackUrl, isLoopback, plainText } from "./raw-http";
import type { Transport } from "./transport";

/** Past eight digits of yuan the amount would not survive the way back through our own grammar. */
const AMOUNT_MINOR_MAX = 9_999_999_999n;
/** The sample key of every tutorial on this protocol. */
const PUBLISHED_KEYS = new Set(["89unJUB8HZ54Hj7x4nUj56HN4nUzUJ8i"]);
const TEST_OUT_TRADE_NO = "KAPU-TEST-NOTICE";

/**
 * The signed address of EPay's cashier: a function of its arguments alone, so a replayed order shows the same address.
 * No text of a user is in it; gateways escape, filter and cut such text.
 */
export function createPayment(input: CreateInput, config: EpayConfig): Result<Presentation, CreateRefusal> {
  assert(OUT_TRADE_NO.test(input.outTradeNo), "out_trade_no is ours");
  assert(/^[A-Za-z0-9-]{1,40}$/.test(input.orderNumber), "the order number is ours");
  assert(isCallbackUrl(input.notifyUrl) && isCallbackUrl(input.returnUrl), "callback addresses carry no query");
  if (input.amount.currency !== "CNY") return err("currency_unsupported");
  if (input.amount.amountMinor <= 0n || input.amount.amountMinor > AMOUNT_MINOR_MAX) return err("amount_out_of_range");
  if (input.method !== undefined && !config.types.includes(input.method)) return err("method_unsupported");
  const pairs: Pair[] = [
    ["pid", config.pid],
    ...(input.method === undefined ? [] : [["type", input.method] as const]),
    ["out_trade_no", input.outTradeNo],
    ["notify_url", input.notifyUrl],
    ["return_url", input.returnUrl],
    ["name", `Order ${input.orderNumber}`],
    ["money", toDecimal(input.amount)],
  ];
  return ok({
    kind: "redirect",
    url: `${config.baseUrl}/submit.php?${queryOf(withSignature(pairs, config.key.reveal()))}`,
  });
}

const queryOf = (pairs: readonly Pair[]): string =>
  new URLSearchParams(pairs.map(([name, value]) => [name, value])).toString();

async function selfCheck(
  config: EpayConfig,
  input: { notifyUrl: string; transport: Transport },
): Promise<CheckFinding[]> {
  const findings: CheckFinding[] = [];
  const key = config.key.reveal();
  if (key.length < 16 || new Set(key).size < 6) findings.push("key_weak");
  if (PUBLISHED_KEYS.has(key)) findings.push("key_published");
  if (isLoopback(new URL(input.notifyUrl)) && !isLoopback(new URL(config.baseUrl)))
    findings.push("notify_url_not_reachable");
  // A number nobody can have used: "no such order" is the proof that pid and key are right.
  const answer = await queryPayment({ outTradeNo: newOutTradeNo(), gatewayTradeNo: null }, config, input.transport);
  if (answer.state === "unknown") {
    findings.push(answer.reason === "credentials_refused" ? "credentials_refused" : "gateway_silent");
  }
  return findings;
}

/** No attempt has this number (ours hold no hyphen), so the notice can pay for nothing. */
function testNotice(notifyUrl: string, config: EpayConfig): TestNotice {
  const pairs: Pair[] = [
    ["pid", config.pid],
    ["trade_no", TEST_OUT_TRADE_NO],
    ["out_trade_no", TEST_OUT_TRADE_NO],
    ["type", config.types[0] ?? "alipay"],
    ["name", "product"],
    ["money", toDecimal(money(1n, "CNY"))],
    ["trade_status", "TRADE_SUCCESS"],
  ];
  const url = `${notifyUrl}?${queryOf(withSignature(pairs, config.key.reveal()))}`;
  return { method: "GET", url, headers: [], body: "", outTradeNo: TEST_OUT_TRADE_NO };
}

const bind = (config: EpayConfig): GatewayAccount => ({
  kind: "epay",
  accountRef: config.pid,
  methods: config.types,
  createPayment: (input) => createPayment(input, config),
  readNotification: (raw) => readNotification(raw, config),
  queryPayment: (payment: PaymentRef, transport) => queryPayment(payment, config, transport),
  selfCheck: (input) => selfCheck(config, input),
  testNotice: (notifyUrl) => testNotice(notifyUrl, config),
  // The gateway looks for the word "success" anywhere in the body, so no other answer may contain it.
  accepted: plainText(200, "success"),
  refused: plainText(400, "fail"),
  deferred: plainText(503, "fail"),
});

const FIELDS: readonly SettingsField[] = [
  { name: "baseUrl", input: "url", isRequired: true },
  { name: "pid", input: "text", isRequired: true },
  { name: "key", input: "secret", isRequired: true },
  { name: "types", input: "list", isRequired: false },
];

/** 易支付 (EPay) v1, MD5. The algorithm is part of the account, never of the message. */
export const epayGateway: PaymentGateway = {
  kind: "epay",
  fields: FIELDS,
  currencies: ["CNY"],
  openAccount(settings) {
    const config = readSettings(settings);
    return config.ok ? ok(bind(config.value)) : config;
  },
};
