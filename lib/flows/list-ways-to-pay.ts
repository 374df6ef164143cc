import { openAccounts } from "@/lib/features/payments/accounts";
import type { Currency } from "@/lib/kernel/money";
import type { Deps } from "@/lib/platform/deps";
import { draftAttempt } from "./hot/draft-order";

/** A way to pay as its name, and the kind of the gateway behind it. */
export interface OfferedWay {
  readonly accountId: string;
  readonly gateway: string;
  readonly titleZh: string;
  readonly titleEn: string;
}

interface Payable {
  readonly id: string;
  readonly number: string;
  readonly locale: "zh" | "en";
  readonly totalMinor: bigint;
  readonly currency: string;
}

/** Every account that would take exactly this order's money now. No gateway is asked. */
export async function listWaysToPay(deps: Deps, order: Payable): Promise<readonly OfferedWay[]> {
  const { id: orderId, number: orderNumber, locale, totalMinor: amountMinor } = order;
  const draft = { orderId, orderNumber, locale, amountMinor, currency: order.currency as Currency };
  const accounts = [...(await openAccounts(deps)).values()];
  return accounts
    .filter((account) => account.currency === order.currency && draftAttempt(deps, { ...draft, account }).ok)
    .map(({ id, kind, titleZh, titleEn }) => ({ accountId: id, gateway: kind, titleZh, titleEn }));
}
