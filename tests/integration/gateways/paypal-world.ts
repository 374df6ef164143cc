import { onTestFinished } from "vitest";
import type { GatewayAccount, OpenInput, RefundInput } from "@/lib/features/payments/gateways/port";
import { money } from "@/lib/kernel/money";
import { type PaypalFake, startPaypalFake } from "@/sandbox/gateways/paypal";
import { payment, transportWith } from "@/tests/support/gateways";
import { type NotifiedShop, startNotifiedShop } from "@/tests/support/notified-shop";
import { accountWith, certificates, NUMBER, SETTINGS } from "@/tests/unit/payments/paypal-fixtures";

export const HOUR = 3_600_000;
export const transport = transportWith({ timeoutMs: 1_000 });

export interface World {
  readonly paypal: PaypalFake;
  readonly account: GatewayAccount;
  readonly shop: NotifiedShop;
  readonly input: OpenInput;
  readonly clock: { now: number | null };
}

/** A server, an account at it and a shop that it tells; both end with the test. */
export async function world({
  amount = money(1999n, "USD"),
  speed = 1,
  certificate = certificates.leaf + certificates.issuer,
} = {}): Promise<World> {
  const clock = { now: null as number | null };
  const paypal = await startPaypalFake({
    ...SETTINGS,
    signingKey: certificates.leafKey,
    certificates: certificate,
    speed,
    now: () => clock.now ?? Date.now(),
  });
  const account = accountWith({ endpoint: paypal.url, testRootCertificate: certificates.root });
  const shop = await startNotifiedShop(() => account);
  onTestFinished(async () => {
    await paypal.stop();
    await shop.stop();
  });
  paypal.notifyTo(shop.url);
  const input: OpenInput = {
    outTradeNo: NUMBER,
    amount,
    orderNumber: "261121-AAAAA-BBBBB",
    notifyUrl: shop.url,
    returnUrl: "http://127.0.0.1:9/zh/orders/ord_1",
    expiresAt: Date.now() + 15 * 60_000,
  };
  return { paypal, account, shop, input, clock };
}

export async function open({ account, input }: World, changes: Partial<OpenInput> = {}) {
  const answer = await account.openPayment?.({ ...input, ...changes }, transport);
  if (answer?.state !== "opened") throw new Error(JSON.stringify(answer));
  return answer.opened;
}
export const query = ({ account }: World, gatewayTradeNo: string | null) =>
  account.queryPayment({ outTradeNo: NUMBER, gatewayTradeNo }, transport);
export const close = ({ account }: World, gatewayTradeNo: string | null) =>
  account.closePayment?.({ outTradeNo: NUMBER, gatewayTradeNo }, transport);
export const refundsOf = ({ account }: World) => {
  if (!account.refunds) throw new Error("no refunds");
  return account.refunds;
};
export const REFUND_NO = "0194F0E0A1B27C3D8E4F5A6B7C8D9E0F";
export const refundOf = (amountMinor: bigint, changes: Partial<RefundInput> = {}): RefundInput => ({
  ...payment(NUMBER),
  refundNo: REFUND_NO,
  amount: money(amountMinor, "USD"),
  total: money(1999n, "USD"),
  ...changes,
});
export const heardOf = <K extends "paid" | "refund" | "dispute">({ shop }: World, kind: K) =>
  shop.heard.flatMap((notice) =>
    typeof notice !== "string" && notice.kind === kind ? [notice as Extract<typeof notice, { kind: K }>] : [],
  );
export const soon = { timeout: 5_000 };
