import { afterEach } from "vitest";
import type { GatewayAccount, Notification, OpenInput } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { money } from "@/lib/kernel/money";
import { type AlipayFake, startAlipayFake } from "@/sandbox/gateways/alipay";
import { payment, transportWith } from "@/tests/support/gateways";
import { APP_ID, SELLER_ID, SETTINGS, vectors } from "@/tests/unit/payments/alipay-fixtures";
import { startListeningShop } from "./listening-shop";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const pem = (der: string) => `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----`;
export const transport = transportWith({ timeoutMs: 1_000 });

export interface World {
  readonly fake: AlipayFake;
  readonly account: GatewayAccount;
  readonly heard: (Notification | string)[];
  readonly answers: string[];
  readonly input: OpenInput;
}

export async function world(
  options: Partial<Parameters<typeof startAlipayFake>[0]> = {},
  settings: object = SETTINGS,
): Promise<World> {
  const fake = await startAlipayFake({
    appId: APP_ID,
    sellerId: SELLER_ID,
    appPublicKey: vectors.keys.merchant.publicSpkiPem,
    alipayPrivateKey: pem(vectors.keys.platform.privatePkcs8DerBase64),
    ...options,
  });
  stops.push(() => fake.stop());
  const opened = gatewayOf("alipay").openAccount({ ...settings, endpoint: fake.endpoint });
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  const account = opened.value;
  const shop = await startListeningShop(() => account, "/api/pay/alipay/a1");
  stops.push(shop.stop);
  const input: OpenInput = {
    outTradeNo: "KALI0000000000000000000000000001",
    amount: money(990n, "CNY"),
    orderNumber: "261120-ABCDE-FGHJK",
    notifyUrl: shop.url,
    returnUrl: "http://127.0.0.1:9/zh/orders/1",
    expiresAt: Date.now() + 900_000,
  };
  return { fake, account, heard: shop.heard, answers: shop.answers, input };
}

export const ask = ({ account, input }: World) => account.queryPayment(payment(input.outTradeNo), transport);
export const close = ({ account, input }: World) => account.closePayment?.(payment(input.outTradeNo), transport);
export const open = async ({ account, input }: World, changes: Partial<OpenInput> = {}) =>
  account.openPayment?.({ ...input, ...changes }, transport);
export const refundInput = ({ input }: World, refundNo: string, amountMinor: bigint) => ({
  ...payment(input.outTradeNo),
  refundNo,
  amount: money(amountMinor, "CNY"),
  total: input.amount,
});
export const paidOf = {
  kind: "paid",
  payment: { outTradeNo: "KALI0000000000000000000000000001", amount: money(990n, "CNY") },
};
