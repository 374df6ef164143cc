import type { CheckContext } from "@/lib/features/reconciliation/checks/check";
import type { DayOf } from "@/lib/features/reconciliation/recheck";
import type { RunScope } from "@/lib/features/reconciliation/runs";
import type { StageContext } from "@/lib/features/reconciliation/stages";
import type { AccountDay } from "@/lib/features/reconciliation/window";
import { type Covered, joinDays, readCoveredDays } from "@/lib/features/statements/coverage";
import { boundsOfDay } from "@/lib/features/statements/rules";
import type { Deps } from "@/lib/platform/deps";

/** What the comparison of a scope must know of the gateways' books, as they stand now. */
export interface ReconciliationContext extends StageContext {
  readonly dayOf: DayOf;
}

const iso = (ms: number): string => new Date(ms).toISOString();
const asTexts = (covered: readonly Covered[]) =>
  covered.map(({ accountId, from, to }) => ({ accountId, from: iso(from), to: iso(to) }));

/** Reads which days of which account's books are had, each by its gateway's own clock. */
export async function readReconciliationContext(
  deps: Pick<Deps, "db">,
  scope: RunScope,
): Promise<ReconciliationContext> {
  const days = await readCoveredDays(deps);
  const accounts = await deps.db.gatewayAccount.findMany({ select: { id: true, gateway: true } });
  const gatewayOf = new Map(accounts.map(({ id, gateway }) => [id, gateway]));
  const check: CheckContext = {
    merchantId: scope.merchantId ?? null,
    accountId: scope.accountId ?? null,
    covered: asTexts(joinDays(days)),
    refundsCovered: asTexts(joinDays(days.filter(({ tellsRefunds }) => tellsRefunds))),
  };
  const [from, to] = [Date.parse(scope.from ?? ""), Date.parse(scope.to ?? "")];
  const asked = days.filter(
    (day) =>
      (scope.accountId === undefined || day.accountId === scope.accountId) && !(day.to <= from) && !(day.from > to),
  );
  const toAccountDay = (accountId: string, gateway: string, day: string): AccountDay => {
    const bounds = boundsOfDay(gateway, day);
    return { accountId, day, from: iso(bounds.from), to: iso(bounds.to) };
  };
  return {
    scope,
    check,
    part: 1,
    days: asked.map(({ accountId, gateway, day }) => toAccountDay(accountId, gateway, day)),
    dayOf: (accountId, day) => {
      const gateway = gatewayOf.get(accountId);
      return gateway !== undefined && /^\d{4}-\d\d-\d\d$/.test(day) ? toAccountDay(accountId, gateway, day) : null;
    },
  };
}
