import { findAccount } from "@/lib/features/payments/accounts";
import { findAskedPayment, noteClosed } from "@/lib/features/payments/attempts";
import { noteSaid } from "@/lib/features/payments/gateway-health";
import type { QueryAnswer } from "@/lib/features/payments/gateways/port";
import { transportOf } from "@/lib/features/payments/transport-of";
import type { Deps } from "@/lib/platform/deps";
import { recordOutsideRefund } from "./record-outside-refund";
import { settlePayment } from "./settle-payment";

export interface AskedAttempt {
  readonly accountId: string;
  readonly outTradeNo: string;
}

/** How one attempt stands by its gateway's own word; `unknown` also when the account is gone, `not_askable` where asking is no use. */
export type AskedState = QueryAnswer["state"] | "busy" | "not_askable";

/**
 * Asks the gateway about one attempt and settles what it vouches for; when this returns, that is committed. Silence is `unknown`
 * and changes nothing; `busy`: it was paid, and the shop could not take it up now.
 */
export async function askGateway(deps: Deps, attempt: AskedAttempt, timeoutMs?: number): Promise<AskedState> {
  const account = await findAccount(deps, attempt.accountId);
  if (!account) return "unknown";
  const payment = await findAskedPayment(deps.db, attempt);
  const transport = { ...transportOf(deps), ...(timeoutMs && { timeoutMs }) };
  const answer = await account.gateway.queryPayment(payment, transport);
  const source = { accountId: account.id, source: "query" } as const;
  await noteSaid(deps, account.id, answer);
  switch (answer.state) {
    case "unknown":
      if (answer.reason === "not_askable") return "not_askable";
      deps.log.info("gateway.query_unknown", { accountId: account.id, reason: answer.reason });
      return "unknown";
    case "paid":
      return (await settlePayment(deps, answer.payment, source)) === "busy" ? "busy" : "paid";
    case "refunded":
      await recordOutsideRefund(deps, answer.payment, source);
      return "refunded";
    default:
      return answer.state;
  }
}

/**
 * The last questions about an attempt that nobody is to pay any more: asks, has the gateway close it, and asks once more, because
 * somebody may have paid in between. Nothing waits for this: an order's cards are released in time whatever a gateway says.
 */
export async function askAndClose(
  deps: Deps,
  attempt: AskedAttempt & { readonly id: string; readonly isClosed: boolean },
): Promise<AskedState> {
  const state = await askGateway(deps, attempt);
  if (state === "closed") await noteClosed(deps.db, attempt.id);
  if (attempt.isClosed || (state !== "pending" && state !== "not_found")) return state;
  const account = await findAccount(deps, attempt.accountId);
  if (!account?.gateway.closePayment) return state;
  const payment = await findAskedPayment(deps.db, attempt);
  const closing = await account.gateway.closePayment(payment, transportOf(deps));
  deps.log.info("gateway.closed", { accountId: account.id, attemptId: attempt.id, state: closing.state });
  if (closing.state === "unknown") return "unknown";
  if (closing.state === "closed") await noteClosed(deps.db, attempt.id);
  return askGateway(deps, attempt);
}
