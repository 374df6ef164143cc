import { type DueAttempt, planNextQuestion, takeDueAttempts } from "@/lib/features/payments/attempts";
import { isOnTrial, isResting, restingAccounts } from "@/lib/features/payments/gateway-rest";
import { limits } from "@/lib/kernel/limits";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { waitShortly } from "@/lib/platform/wait-shortly";
import { askAndClose, askGateway } from "./ask-gateway";

/** True when the gateway said anything at all. */
async function queryAttempt(deps: Deps, attempt: DueAttempt): Promise<boolean> {
  const state = attempt.isOver ? await askAndClose(deps, attempt) : await askGateway(deps, attempt);
  return state !== "unknown" && state !== "busy";
}

/** A gateway that has said nothing for a while is left alone. Only an answer plans the next turn: without one it comes soon. */
async function queryAccount(deps: Deps, accountId: string, attempts: readonly DueAttempt[]): Promise<void> {
  const queue = [...attempts];
  const answered: DueAttempt[] = attempts.filter(({ isGivenUp }) => isGivenUp);
  const worker = async () => {
    while (!isResting(deps, accountId)) {
      const next = queue.shift();
      if (!next) return;
      const isAnswered = await queryAttempt(deps, next).catch((error: unknown) => {
        deps.log.warn("gateway.query_failed", { accountId }, error);
        return false;
      });
      if (isAnswered && !next.isGivenUp) answered.push(next);
    }
  };
  const inFlight = isOnTrial(deps, accountId) ? 1 : limits.queryInFlightPerAccount;
  await Promise.all(Array.from({ length: inFlight }, worker));
  await planNextQuestion(deps.db, answered);
}

/** One line per account: what is being asked of it, also when the run that began it is over. */
const linesOf = (deps: Deps) => ofDeps(deps, "payments.query-lines", () => new Map<string, Promise<void>>());

/** Resolves when nobody is being asked any more: for a process that stops. */
export async function endOfQueries(deps: Deps): Promise<void> {
  await Promise.all(linesOf(deps).values());
}

/**
 * Asks the gateways about every open attempt that is due: each 45–60 s until five minutes past the deadline, then after an
 * hour and a day (EPay gives up telling us after five tries). Accounts are asked side by side and a run waits for a slow one only
 * shortly; it is left out of the next runs until it is done, and so is one that is silent, for longer and longer. Returns how many
 * attempts were due.
 */
export async function queryPayments(deps: Deps): Promise<number> {
  const lines = linesOf(deps);
  const due = await takeDueAttempts(deps.db, [...lines.keys(), ...restingAccounts(deps)]);
  const begun: Promise<void>[] = [];
  for (const [accountId, attempts] of groupByAccount(due)) {
    const line = queryAccount(deps, accountId, attempts)
      .catch((error: unknown) => deps.log.warn("gateway.query_failed", { accountId }, error))
      .finally(() => lines.delete(accountId));
    lines.set(accountId, line);
    begun.push(line);
  }
  await waitShortly(begun, limits.queryRunMs);
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
