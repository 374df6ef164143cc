import { newOutTradeNo } from "@/lib/kernel/id";
import { money, toDecimal } from "@/lib/kernel/money";
import { ok } from "@/lib/kernel/result";
import type {
  CheckFinding,
  GatewayAccount,
  Pair,
  PaymentGateway,
  StatementWindow,
  TestNotice,
  UnknownReason,
} from "../port";
import { isLoopback, plainAnswers } from "../raw-http";
import type { Transport } from "../transport";
import { createPayment, openPayment, queryOf } from "./create";
import { readNotification } from "./notice";
import { orderPages } from "./orders";
import { queryPayment } from "./query";
import { closePayment, refundsOf } from "./refund";
import { EPAY_FIELDS, type EpayConfig, readSettings } from "./settings";
import { askSigned } from "./signed-reply";
import { signedPairs } from "./signing";

/** The sample key of every tutorial on this protocol. */
const PUBLISHED_KEYS = new Set(["89unJUB8HZ54Hj7x4nUj56HN4nUzUJ8i"]);
const TEST_OUT_TRADE_NO = "KAPU-TEST-NOTICE";

async function selfCheck(
  config: EpayConfig,
  input: { notifyUrl: string; transport: Transport },
): Promise<CheckFinding[]> {
  const findings: CheckFinding[] = [];
  if (config.signing.mode === "MD5") {
    const key = config.signing.key.reveal();
    if (key.length < 16 || new Set(key).size < 6) findings.push("key_weak");
    if (PUBLISHED_KEYS.has(key)) findings.push("key_published");
  }
  if (isLoopback(new URL(input.notifyUrl)) && !isLoopback(new URL(config.baseUrl)))
    findings.push("notify_url_not_reachable");
  const silence = await whyUnknown(config, input.transport);
  const areKeysWrong = silence === "credentials_refused" || silence === "bad_signature" || silence === "other_account";
  if (areKeysWrong) findings.push("credentials_refused");
  else if (silence === "stale") findings.push("clock_skewed");
  else if (silence !== null && silence !== "not_askable") findings.push("gateway_silent");
  return findings;
}

/** One harmless question, whose answer proves the keys; null when it was answered. */
async function whyUnknown(config: EpayConfig, transport: Transport): Promise<UnknownReason | null> {
  if (config.signing.mode === "RSA") {
    const reply = await askSigned("/api/merchant/info", [], config, transport);
    return reply.state === "said" ? null : reply.reason;
  }
  // A number nobody can have used: "no such order" is the proof that pid and key are right.
  const answer = await queryPayment({ outTradeNo: newOutTradeNo(), gatewayTradeNo: null }, config, transport);
  return answer.state === "unknown" ? answer.reason : null;
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
  const text = queryOf(signedPairs(pairs, config));
  const method = config.profile.notifyVerbs[0] ?? "GET";
  return method === "GET"
    ? { method, url: `${notifyUrl}?${text}`, headers: [], body: "", outTradeNo: TEST_OUT_TRADE_NO }
    : {
        method,
        url: notifyUrl,
        headers: [["content-type", "application/x-www-form-urlencoded"]],
        body: text,
        outTradeNo: TEST_OUT_TRADE_NO,
      };
}

function bind(config: EpayConfig): GatewayAccount {
  const refunds = refundsOf(config);
  return {
    kind: "epay",
    accountRef: config.pid,
    methods: config.types,
    createPayment: (input) => createPayment(input, config),
    readNotification: (raw, now) => readNotification(raw, config, now),
    queryPayment: (payment, transport) => queryPayment(payment, config, transport),
    selfCheck: (input) => selfCheck(config, input),
    ...(refunds && { refunds }),
    ...(config.profile.listsOrders && {
      statementPages: (window: StatementWindow, transport: Transport) => orderPages(window, config, transport),
    }),
    ...(config.signing.mode === "RSA"
      ? {
          openPayment: (input, transport) => openPayment(input, config, transport),
          closePayment: (payment, transport) => closePayment(payment, config, transport),
        }
      : { testNotice: (notifyUrl: string) => testNotice(notifyUrl, config) }),
    // The gateway looks for its word anywhere in the body, so no other answer may contain it.
    ...plainAnswers("success"),
  };
}

/** 易支付 (EPay): the first version with MD5, the second with RSA, and its dialects. Which one is part of the account, never of a message. */
export const epayGateway: PaymentGateway = {
  kind: "epay",
  fields: EPAY_FIELDS,
  currencies: ["CNY"],
  openAccount(settings) {
    const config = readSettings(settings);
    return config.ok ? ok(bind(config.value)) : config;
  },
};
