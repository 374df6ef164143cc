import { money, toDecimal } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import { whyNotPayable } from "../create-checks";
import type {
  CheckFinding,
  CreateInput,
  CreateRefusal,
  GatewayAccount,
  Pair,
  PaymentGateway,
  Presentation,
  TestNotice,
} from "../port";
import { isLoopback, plainAnswers } from "../raw-http";
import { type CodepayMethod, codepaySignature, TYPES } from "./codec";
import { readCodepayNotice } from "./notice";
import { CODEPAY_FIELDS, type CodepayConfig, readCodepaySettings } from "./settings";

const TEST_PAY_ID = "KAPU-TEST-NOTICE";

const signed = (pairs: readonly Pair[], { key }: CodepayConfig): string =>
  new URLSearchParams(
    [...pairs, ["sign", codepaySignature(pairs, key.reveal())] as const].map(([name, value]) => [name, value]),
  ).toString();

/** The signed address of 码支付's cashier: a function of its arguments alone. */
function createPayment(input: CreateInput, config: CodepayConfig): Result<Presentation, CreateRefusal> {
  const refusal = whyNotPayable(input, { currency: "CNY", methods: config.types });
  if (refusal) return err(refusal);
  const method: CodepayMethod | undefined = config.types.find((type) => (input.method ?? type) === type);
  if (!method) return err("method_unsupported");
  const pairs: Pair[] = [
    ["id", config.id],
    ["type", TYPES[method]],
    ["price", toDecimal(input.amount)],
    ["pay_id", input.outTradeNo],
    ["notify_url", input.notifyUrl],
    ["return_url", input.returnUrl],
  ];
  return ok({ kind: "redirect", url: `${config.baseUrl}/creat_order/?${signed(pairs, config)}` });
}

function selfCheck({ key, baseUrl }: CodepayConfig, notifyUrl: string): CheckFinding[] {
  const findings: CheckFinding[] = [];
  if (key.reveal().length < 16 || new Set(key.reveal()).size < 6) findings.push("key_weak");
  if (isLoopback(new URL(notifyUrl)) && !isLoopback(new URL(baseUrl))) findings.push("notify_url_not_reachable");
  return findings;
}

/** No attempt has this number (ours hold no hyphen), so the notice can pay for nothing. */
function testNotice(notifyUrl: string, config: CodepayConfig): TestNotice {
  const price = toDecimal(money(1n, "CNY"));
  const body = signed(
    [
      ["pay_id", TEST_PAY_ID],
      ["pay_no", TEST_PAY_ID],
      ["price", price],
      ["money", price],
      ["type", TYPES[config.types[0] ?? "alipay"]],
    ],
    config,
  );
  const headers: Pair[] = [["content-type", "application/x-www-form-urlencoded"]];
  return { method: "POST", url: notifyUrl, headers, body, outTradeNo: TEST_PAY_ID };
}

const bind = (config: CodepayConfig): GatewayAccount => ({
  kind: "codepay",
  accountRef: config.id,
  methods: config.types,
  createPayment: (input) => createPayment(input, config),
  readNotification: (raw) => readCodepayNotice(raw, config),
  // The protocol has no question: a notice that never comes is found by a person, in the gateway's own pages.
  queryPayment: async () => ({ state: "unknown", reason: "not_askable" }),
  selfCheck: async ({ notifyUrl }) => selfCheck(config, notifyUrl),
  testNotice: (notifyUrl) => testNotice(notifyUrl, config),
  ...plainAnswers("success"),
});

/** 码支付 (CodePay), the classic protocol: a private wallet watched by a server, asking each buyer for an amount of his own. */
export const codepayGateway: PaymentGateway = {
  kind: "codepay",
  fields: CODEPAY_FIELDS,
  currencies: ["CNY"],
  openAccount(settings) {
    const config = readCodepaySettings(settings);
    return config.ok ? ok(bind(config.value)) : config;
  },
};
