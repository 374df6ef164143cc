import { findAccount, type OpenAccount, openAccounts } from "@/lib/features/payments/accounts";
import type { GatewayKind } from "@/lib/features/payments/gateways/port";
import type { Deps } from "@/lib/platform/deps";

/** A gateway account as its statements know it. */
export interface StatementAccount {
  readonly id: string;
  readonly kind: GatewayKind;
  /** What the account is called in its own files: the seller at Alipay, the merchant at WeChat Pay; null where files name nobody. */
  readonly owner: string | null;
}

/** What the account is called in its own files. */
export function toStatementAccount({ id, kind, gateway }: OpenAccount): StatementAccount {
  const [first = "", second = ""] = gateway.accountRef.split("/");
  const owner = kind === "alipay" ? second : kind === "wechat" ? first : null;
  return { id, kind, owner: owner === "" ? null : owner };
}

/** One account by its id, or null; a disabled one too: what was paid on it is still told. */
export async function findStatementAccount(deps: Deps, accountId: string): Promise<StatementAccount | null> {
  const account = await findAccount(deps, accountId);
  return account && toStatementAccount(account);
}

/** Whether the gateway gives its statement when it is asked. */
export const canFetch = ({ gateway }: OpenAccount): boolean => Boolean(gateway.fetchBill ?? gateway.statementPages);

/** Every account, with whether it is asked by itself. */
export async function listStatementAccounts(
  deps: Deps,
): Promise<
  readonly (StatementAccount & { readonly titleZh: string; readonly titleEn: string; readonly isFetched: boolean })[]
> {
  const accounts = [...(await openAccounts(deps)).values()];
  return accounts.map((account) => ({
    ...toStatementAccount(account),
    titleZh: account.titleZh,
    titleEn: account.titleEn,
    isFetched: account.isActive && canFetch(account),
  }));
}
