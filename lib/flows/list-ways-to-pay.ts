import { openAccounts } from "@/lib/features/payments/accounts";
import { isSameWay, waysToPay } from "@/lib/features/payments/ways";
import type { Currency } from "@/lib/kernel/money";
import type { Deps } from "@/lib/platform/deps";
import { draftAttempt } from "./hot/draft-order";

/** A way to pay as its name, and the kind of the gateway behind it. */
export interface OfferedWay {
  readonly accountId: string;
  /** Every account that is this way to pay, the one above among them. */
  readonly accountIds: readonly string[];
  readonly gateway: string;
  readonly titleZh: string;
  readonly titleEn: string;
}

interface Payable {
  readonly id: string;
  readonly number: string;
  readonly merchantId: string;
  readonly locale: "zh" | "en";
  readonly totalMinor: bigint;
  readonly currency: string;
}

/** Every way that would take exactly this order's money now. No gateway is asked. */
export async function listWaysToPay(deps: Deps, order: Payable): Promise<readonly OfferedWay[]> {
  const { id: orderId, number: orderNumber, locale, totalMinor: amountMinor } = order;
  const draft = { orderId, orderNumber, locale, amountMinor, currency: order.currency as Currency };
  const accounts = [...(await openAccounts(deps)).values()];
  const { merchantId, currency } = order;
  return waysToPay(accounts, { merchantId, currency, amountMinor })
    .filter((account) => draftAttempt(deps, { ...draft, account }).ok)
    .map((account) => {
      const { id, kind, titleZh, titleEn } = account;
      const accountIds = accounts.filter((other) => isSameWay(account, other)).map((other) => other.id);
      return { accountId: id, accountIds, gateway: kind, titleZh, titleEn };
    });
}
