import { onTestFinished } from "vitest";
import type { GatewayAccount, OpenInput, RefundInput } from "@/lib/features/payments/gateways/port";
import { money } from "@/lib/kernel/money";
import { type StripeFake, startStripeFake } from "@/sandbox/gateways/stripe";
import { payment, transportWith } from "@/tests/support/gateways";
import { type NotifiedShop, startNotifiedShop } from "@/tests/support/notified-shop";
import { accountWith, NUMBER, SECRET, SETTINGS } from "@/tests/unit/payments/stripe-fixtures";

export const HOUR = 3_600_000;
export const transport = transportWith({ timeoutMs: 1_000 });

export interface World {
  readonly stripe: StripeFake;
  readonly account: GatewayAccount;
  readonly shop: NotifiedShop;
  readonly input: OpenInput;
}

/** A server, an account at it and a shop that it tells; both end with the test. */
export async function world({ amount = money(1999n, "USD"), speed = 1, now = Date.now } = {}): Promise<World> {
  const stripe = await startStripeFake({
    secretKey: SETTINGS.secretKey,
    webhookSecrets: ["whsec_a_new_secret_of_theirs", SECRET],
    speed,
    now,
  });
  const account = accountWith({ endpoint: stripe.url });
  const shop = await startNotifiedShop(() => account);
  onTestFinished(async () => {
    await stripe.stop();
    await shop.stop();
  });
  stripe.notifyTo(shop.url);
  const input: OpenInput = {
    outTradeNo: NUMBER,
    amount,
    orderNumber: "261121-AAAAA-BBBBB",
    notifyUrl: shop.url,
    returnUrl: "http://127.0.0.1:9/zh/orders/ord_1",
    expiresAt: Date.now() + 15 * 60_000,
  };
  return { stripe, account, shop, input };
}

export async function open({ account, input }: World, changes: Partial<OpenInput> = {}) {
  const answer = await account.openPayment?.({ ...input, ...changes }, transport);
  if (answer?.state !== "opened") throw new Error(JSON.stringify(answer));
  return answer.opened;
}
export const query = ({ account }: World, gatewayTradeNo: string | null = null) =>
  account.queryPayment({ outTradeNo: NUMBER, gatewayTradeNo }, transport);
export const close = ({ account }: World, gatewayTradeNo: string | null) =>
  account.closePayment?.({ outTradeNo: NUMBER, gatewayTradeNo }, transport);
export const refundsOf = ({ account }: World) => {
  if (!account.refunds) throw new Error("no refunds");
  return account.refunds;
};
export const refundOf = (amountMinor: bigint, changes: Partial<RefundInput> = {}): RefundInput => ({
  ...payment(NUMBER),
  refundNo: "R0001",
  amount: money(amountMinor, "USD"),
  total: money(1999n, "USD"),
  ...changes,
});
export const paidNotices = ({ shop }: World) =>
  shop.heard.flatMap((notice) => (typeof notice !== "string" && notice.kind === "paid" ? [notice.payment] : []));
