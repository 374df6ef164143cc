import { afterEach } from "vitest";
import type { GatewayAccount, Notification, OpenInput } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { money } from "@/lib/kernel/money";
import { startWechatFake, type WechatFake } from "@/sandbox/gateways/wechat";
import { payment, transportWith } from "@/tests/support/gateways";
import { SETTINGS, vectors } from "@/tests/unit/payments/wechat-fixtures";
import { startListeningShop } from "./listening-shop";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const { keys, wechat } = vectors;
export const transport = transportWith({ timeoutMs: 1_000 });
export const impatient = transportWith({ timeoutMs: 200 });
export const CERTIFICATE_SERIAL = "20261120F0E1D2C3B4A5968778695A4B02";

export interface World {
  readonly fake: WechatFake;
  readonly account: GatewayAccount;
  readonly heard: (Notification | string)[];
  readonly answers: string[];
  readonly input: OpenInput;
}

export async function startFake(options: Partial<Parameters<typeof startWechatFake>[0]> = {}): Promise<WechatFake> {
  const fake = await startWechatFake({
    mchid: SETTINGS.mchid,
    appid: SETTINGS.appid,
    merchantSerial: SETTINGS.merchantSerial,
    merchantPublicKey: keys.merchant.publicSpkiPem,
    platformPrivateKey: `-----BEGIN PRIVATE KEY-----\n${keys.platform.privatePkcs8DerBase64}\n-----END PRIVATE KEY-----`,
    apiV3Key: wechat.apiV3Key,
    publicKeyId: wechat.publicKeyId,
    ...options,
  });
  stops.push(() => fake.stop());
  return fake;
}

export async function world(
  options: Parameters<typeof startFake>[0] = {},
  settings: object = SETTINGS,
): Promise<World> {
  const fake = await startFake(options);
  const opened = gatewayOf("wechat").openAccount({ ...settings, endpoint: fake.url });
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  const account = opened.value;
  const shop = await startListeningShop(() => account, "/api/pay/wechat/w1");
  stops.push(shop.stop);
  const input: OpenInput = {
    outTradeNo: "KWX00000000000000000000000000001",
    amount: money(990n, "CNY"),
    orderNumber: "261120-ABCDE-FGHJK",
    notifyUrl: shop.url,
    returnUrl: "http://127.0.0.1:9/zh/orders/1",
    expiresAt: Date.now() + 900_000,
    clientIp: "203.0.113.9",
  };
  return { fake, account, heard: shop.heard, answers: shop.answers, input };
}

export const ask = ({ account, input }: World, by = transport) => account.queryPayment(payment(input.outTradeNo), by);
export const close = ({ account, input }: World, by = transport) =>
  account.closePayment?.(payment(input.outTradeNo), by);
export const open = ({ account, input }: World, changes: Partial<OpenInput> = {}, by = transport) =>
  account.openPayment?.({ ...input, ...changes }, by);
export const refundInput = ({ input }: World, refundNo: string, amountMinor: bigint) => ({
  ...payment(input.outTradeNo),
  refundNo,
  amount: money(amountMinor, "CNY"),
  total: input.amount,
});
export const paidOf = {
  kind: "paid",
  payment: { outTradeNo: "KWX00000000000000000000000000001", amount: money(990n, "CNY") },
};
export const today = (): string => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
