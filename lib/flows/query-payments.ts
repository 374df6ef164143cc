import { findAccount } from "@/lib/features/payments/accounts";
import { askAgainSoon, type DueAttempt, takeDueAttempts } from "@/lib/features/payments/attempts";
import { transportOf } from "@/lib/features/payments/transport-of";
import { limits } from "@/lib/kernel/limits";
import type { Deps } from "@/lib/platform/deps";
import { recordOutsideRefund } from "./record-outside-refund";
import { settlePayment } from "./settle-payment";

/** Asks the gateway about one attempt and settles what it vouches for. True when the gateway said anything at all. */
export async function queryAttempt(
  deps: Deps,
  attempt: Pick<DueAttempt, "accountId" | "outTradeNo">,
): Promise<boolean> {
  const account = await findAccount(deps, attempt.accountId);
  if (!account) return false;
  const payment = { outTradeNo: attempt.outTradeNo, gatewayTradeNo: null };
  const answer = await account.gateway.queryPayment(payment, transportOf(deps));
  if (answer.state === "unknown") {
    deps.log.info("gateway.query_unknown", { accountId: account.id, reason: answer.reason });
    // A gateway that cannot be asked is not silent: asking sooner would not help.
    return answer.reason === "not_askable";
  }
  const source = { accountId: account.id, source: "query" } as const;
  if (answer.state === "paid") await settlePayment(deps, answer.payment, source);
  if (answer.state === "refunded") await recordOutsideRefund(deps, answer.payment, source);
  return true;
}

/** A gateway that said nothing this many times in a row is left alone. Returns the attempts that have no answer. */
async function queryAccount(deps: Deps, attempts: readonly DueAttempt[]): Promise<DueAttempt[]> {
  const queue = [...attempts];
  const unanswered: DueAttempt[] = [];
  let silences = 0;
  const worker = async () => {
    while (silences < limits.gatewaySilencesMax) {
      const next = queue.shift();
      if (!next) return;
      const isAnswered = await queryAttempt(deps, next).catch((error: unknown) => {
        deps.log.warn("gateway.query_failed", { accountId: next.accountId }, error);
        return false;
      });
      silences = isAnswered ? 0 : silences + 1;
      if (!isAnswered) unanswered.push(next);
    }
  };
  await Promise.all(Array.from({ length: limits.queryInFlightPerAccount }, worker));
  return [...unanswered, ...queue];
}

/**
 * Asks the gateways about every open attempt that is due: each 45–60 s until five minutes past the deadline, then after an
 * hour and a day (EPay gives up telling us after five tries). Accounts are asked side by side, so one that hangs delays
 * no other; what has no answer is asked again soon, however far its next turn was. Returns how many attempts were due.
 */
export async function queryPayments(deps: Deps): Promise<number> {
  const due = await takeDueAttempts(deps.db);
  const byAccount = groupByAccount(due);
  const unanswered = await Promise.all([...byAccount.values()].map((attempts) => queryAccount(deps, attempts)));
  await askAgainSoon(deps.db, unanswered.flat());
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
