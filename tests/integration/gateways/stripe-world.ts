import { onTestFinished } from "vitest";
import { money } from "@/lib/kernel/money";
import { type StripeFake, startStripeFake } from "@/sandbox/gateways/stripe";
import { type AccountWorld, inputOf, refundOfPart } from "@/tests/support/account-world";
import { type NotifiedShop, startNotifiedShop } from "@/tests/support/notified-shop";
import { accountWith, NUMBER, SECRET, SETTINGS } from "@/tests/unit/payments/stripe-fixtures";

export { close, HOUR, open, query, refundsOf, transport } from "@/tests/support/account-world";

export interface World extends AccountWorld {
  readonly stripe: StripeFake;
  readonly shop: NotifiedShop;
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
  const input = inputOf(shop, { outTradeNo: NUMBER, amount });
  return { stripe, account, shop, input };
}

export const refundOf = refundOfPart(NUMBER, "R0001");
export const paidNotices = ({ shop }: World) =>
  shop.heard.flatMap((notice) => (typeof notice !== "string" && notice.kind === "paid" ? [notice.payment] : []));
