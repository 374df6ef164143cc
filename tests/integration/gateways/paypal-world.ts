import { onTestFinished } from "vitest";
import { money } from "@/lib/kernel/money";
import { type PaypalFake, startPaypalFake } from "@/sandbox/gateways/paypal";
import { type AccountWorld, inputOf, refundOfPart } from "@/tests/support/account-world";
import { type NotifiedShop, startNotifiedShop } from "@/tests/support/notified-shop";
import { accountWith, certificates, NUMBER, SETTINGS } from "@/tests/unit/payments/paypal-fixtures";

export { close, HOUR, open, query, refundsOf, transport } from "@/tests/support/account-world";

export interface World extends AccountWorld {
  readonly paypal: PaypalFake;
  readonly shop: NotifiedShop;
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
  const input = inputOf(shop, { outTradeNo: NUMBER, amount });
  return { paypal, account, shop, input, clock };
}

export const REFUND_NO = "0194F0E0A1B27C3D8E4F5A6B7C8D9E0F";
export const refundOf = refundOfPart(NUMBER, REFUND_NO);
export const heardOf = <K extends "paid" | "refund" | "dispute">({ shop }: World, kind: K) =>
  shop.heard.flatMap((notice) =>
    typeof notice !== "string" && notice.kind === kind ? [notice as Extract<typeof notice, { kind: K }>] : [],
  );
export const soon = { timeout: 5_000 };
