import { createPublicKey } from "node:crypto";
import { afterEach, beforeEach, expect } from "vitest";
import type { GatewayAccount, OpenInput, RefundInput } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { readPrivateKey } from "@/lib/features/payments/gateways/rsa";
import { newOutTradeNo } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { type EpayFake, startEpayFake } from "@/sandbox/gateways/epay";
import type { EpayFakeOptions } from "@/sandbox/gateways/epay-house";
import vectors from "@/tests/fixtures/payment-vectors.json";
import { payment, redirectOf, transportWith } from "@/tests/support/gateways";
import { type NoticeDoor, openNoticeDoor } from "@/tests/support/notice-door";

const KEY = "anHonestKey0123456789abcdefABCDEF";
const platform = readPrivateKey(vectors.keys.platform.privatePkcs8DerBase64);
if (!platform.ok) throw new Error(platform.error);
const RSA = { merchantPublic: createPublicKey(vectors.keys.merchant.publicSpkiPem), platformPrivate: platform.value };
const RSA_KEYS = {
  signMode: "RSA",
  merchantPrivateKey: vectors.keys.merchant.privatePkcs8DerBase64,
  platformPublicKey: vectors.keys.platform.publicSpkiPem,
};

/** The server, the shop's end, and the account between them: of the test that runs. */
export let fake: EpayFake;
export let door: NoticeDoor;
export let account: GatewayAccount;
export let settings: Record<string, unknown>;

/** A fresh door before each test; nothing is left running after it. */
export function useEpayScene(): void {
  beforeEach(async () => {
    door = await openNoticeDoor();
  });
  afterEach(async () => {
    await fake.stop();
    await door.stop();
  });
}

/** Starts a server and opens an account at it. */
export async function start(options: Partial<EpayFakeOptions> = {}, more: Record<string, unknown> = {}): Promise<void> {
  const pid = options.dialect === "linuxdo" ? "cid_abc" : "1000";
  fake = await startEpayFake({ pid, key: KEY, speed: 1_000, ...options });
  settings = {
    baseUrl: fake.url,
    pid,
    key: KEY,
    types: ["alipay", "wxpay"],
    profile: options.dialect ?? "rainbow",
    ...more,
  };
  const opened = gatewayOf("epay").openAccount(settings);
  if (!opened.ok) throw new Error(opened.error.join());
  account = opened.value;
  door.account = account;
}
export const startRsa = (options: Partial<EpayFakeOptions> = {}) => start({ rsa: RSA, ...options }, RSA_KEYS);

export const inputOf = (fen = 1000n): OpenInput => ({
  outTradeNo: newOutTradeNo(),
  amount: money(fen, "CNY"),
  orderNumber: "261121-ABCD-EFGH",
  notifyUrl: door.url,
  returnUrl: "http://127.0.0.1/zh/orders/ord_1/return",
  expiresAt: Date.now() + 900_000,
  method: account.methods[0],
  clientIp: "203.0.113.7",
});
export const network = transportWith({ timeoutMs: 300 });
export const ask = (outTradeNo: string) => account.queryPayment(payment(outTradeNo), network);

/** The buyer opens the way to pay and pays there. */
export async function buy(fen = 1000n): Promise<OpenInput> {
  const input = inputOf(fen);
  const created = account.createPayment(input);
  const way = created.ok && created.value.kind === "on_request" ? await account.openPayment!(input, network) : null;
  const url =
    way?.state === "opened" && way.opened.presentation.kind === "redirect"
      ? way.opened.presentation.url
      : redirectOf(account, input);
  const page = await fetch(url);
  expect([page.status, await page.text()]).toMatchObject([200, expect.stringContaining("¥")]);
  await fetch(page.url, { method: "POST", body: new URLSearchParams({ how: "pay" }) });
  return input;
}
export const refundOf = (input: OpenInput, changes: Partial<RefundInput> = {}): RefundInput => ({
  outTradeNo: input.outTradeNo,
  gatewayTradeNo: null,
  refundNo: `R${newOutTradeNo().slice(0, 20)}`,
  amount: input.amount,
  total: input.amount,
  ...changes,
});
