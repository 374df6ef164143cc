import type { Deps } from "@/lib/platform/deps";
import { openAccounts } from "./accounts";
import { type WaysBack, waysBackOf } from "./refund-rules";
import type { RefundablePayment } from "./refund-state";

/** How each of these payments can be given back, by its id. */
export async function listWaysBack(
  deps: Deps,
  payments: readonly RefundablePayment[],
): Promise<ReadonlyMap<string, WaysBack>> {
  const accounts = await openAccounts(deps);
  return new Map(
    payments.map((payment) => {
      const account = accounts.get(payment.accountId);
      return [payment.id, waysBackOf(payment, account ? account.gateway.refunds : null)];
    }),
  );
}
