import { findAccount } from "@/lib/features/payments/accounts";
import { type DueAttempt, takeDueAttempts } from "@/lib/features/payments/attempts";
import { limits } from "@/lib/kernel/limits";
import type { Deps } from "@/lib/platform/deps";
import { settlePayment } from "./settle-payment";

/** Asks the gateway about one attempt and settles what it vouches for. True when the gateway said anything at all. */
export async function queryAttempt(
  deps: Deps,
  attempt: Pick<DueAttempt, "accountId" | "outTradeNo">,
): Promise<boolean> {
  const account = await findAccount(deps, attempt.accountId);
  if (!account) return false;
  const answer = await account.gateway.queryPayment(attempt.outTradeNo, { fetch: deps.fetch });
  if (answer.state === "unknown") {
    deps.log.info("gateway.query_unknown", { accountId: account.id, reason: answer.reason });
    return false;
  }
  if (answer.state === "paid" || answer.state === "refunded") {
    await settlePayment(deps, answer.payment, { accountId: account.id, source: "query" });
  }
  return true;
}

/** A gateway that said nothing this many times in a row is left alone until the next run. */
async function queryAccount(deps: Deps, attempts: readonly DueAttempt[]): Promise<void> {
  const queue = [...attempts];
  let silences = 0;
  const worker = async () => {
    for (let next = queue.shift(); next && silences < limits.gatewaySilencesMax; next = queue.shift()) {
      try {
        silences = (await queryAttempt(deps, next)) ? 0 : silences + 1;
      } catch (error) {
        silences++;
        deps.log.warn("gateway.query_failed", { accountId: next.accountId }, error);
      }
    }
  };
  await Promise.all(Array.from({ length: limits.queryInFlightPerAccount }, worker));
}

/**
 * Asks the gateways about every open attempt that is due: each 45–60 s until five minutes past the deadline, then after an
 * hour and a day (EPay gives up telling us after five tries). Accounts are asked side by side, so one that hangs delays
 * no other. Returns how many attempts were due.
 */
export async function queryPayments(deps: Deps): Promise<number> {
  const due = await takeDueAttempts(deps.db);
  const byAccount = groupByAccount(due);
  await Promise.all([...byAccount.values()].map((attempts) => queryAccount(deps, attempts)));
  return due.length;
}

function groupByAccount(due: readonly DueAttempt[]): Map<string, DueAttempt[]> {
  const groups = new Map<string, DueAttempt[]>();
  for (const attempt of due) {
    const group = groups.get(attempt.accountId) ?? [];
    group.push(attempt);
    groups.set(attempt.accountId, group);
  }
  return groups;
}
