import type { PaymentView } from "@/lib/features/orders/place-command";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Deps } from "@/lib/platform/deps";
import { askAndClose } from "./ask-gateway";
import { type OpenCommand, type OpenRefusal, openPayment } from "./open-payment";
import { type StartRefusal, startPayment } from "./start-payment";

/**
 * The way to pay at an account whose attempt may have come to nothing: asked for again, and only where the gateway refuses it now, or
 * takes no money for it any more, another attempt with a number of its own. Before that the gateway has said that nobody can pay the
 * first one, so that a buyer who presses twice, or whose gateway is merely slow, never holds two that can both be paid.
 */
export async function renewPayment(
  deps: Deps,
  command: OpenCommand,
): Promise<Result<PaymentView, OpenRefusal | StartRefusal>> {
  const { orderId, attemptId, ...buyer } = command;
  const known = await openPayment(deps, command);
  if (known.ok ? !isClosed(known.value, deps.clock.now()) : known.error !== "gateway_refused") return known;
  const ended = await endAttempt(deps, command);
  if (!ended.ok) return ended;
  const started = await startPayment(deps, { orderId, accountId: ended.value.accountId, instead: attemptId });
  if (started.ok) return openPayment(deps, { orderId, attemptId: started.value.id, ...buyer });
  return started.error === "too_many_attempts" && !known.ok ? known : started;
}

const isClosed = ({ closesAt }: PaymentView, now: number): boolean =>
  closesAt !== undefined && closesAt.getTime() <= now;

/** Has the gateway say that nobody can pay the attempt any more; one that can be paid, or is, stays the only one. */
async function endAttempt(
  deps: Deps,
  { orderId, attemptId }: OpenCommand,
): Promise<Result<{ accountId: string }, OpenRefusal>> {
  const attempt = await deps.db.paymentAttempt.findFirst({
    where: { id: attemptId, orderId },
    select: { id: true, accountId: true, outTradeNo: true, closedAt: true },
  });
  if (!attempt) return err("not_found");
  const { accountId, outTradeNo, closedAt } = attempt;
  const state = await askAndClose(deps, { id: attemptId, accountId, outTradeNo, isClosed: closedAt !== null });
  switch (state) {
    case "closed":
    case "not_found":
    case "not_askable":
      return ok({ accountId });
    case "paid":
    case "refunded":
      return err("not_payable");
    case "pending":
      return err("gateway_refused");
    default:
      return err("gateway_silent");
  }
}
