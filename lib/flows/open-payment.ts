import type { PaymentView } from "@/lib/features/orders/place-command";
import { findAccount, type OpenAccount } from "@/lib/features/payments/accounts";
import { noteSaid } from "@/lib/features/payments/gateway-health";
import type { OpenedPayment, OpenInput } from "@/lib/features/payments/gateways/port";
import {
  claimOpening,
  dropOpening,
  findOpenable,
  type OpenableAttempt,
  recordOpening,
} from "@/lib/features/payments/openings";
import { transportOf } from "@/lib/features/payments/transport-of";
import { limits } from "@/lib/kernel/limits";
import type { Currency } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { takeTurn } from "@/lib/platform/rate-limit";
import { createInputOf } from "./hot/draft-order";

/**
 * - not_found: the order has no such attempt · not_payable: its deadline has passed, or it was paid or closed
 * - gateway_unavailable: the account is switched off or gone · gateway_refused: the gateway said no; another way may do
 * - gateway_silent: no answer that means anything; the same may be asked again · rate_limited: it was, too often
 */
export type OpenRefusal =
  | "not_found"
  | "not_payable"
  | "gateway_unavailable"
  | "gateway_refused"
  | "gateway_silent"
  | "rate_limited";

export interface OpenCommand {
  readonly orderId: string;
  readonly attemptId: string;
  readonly clientIp?: OpenInput["clientIp"];
  readonly device?: OpenInput["device"];
}

type Opened = Result<PaymentView, OpenRefusal>;
const OPENINGS = {
  name: "payment-open",
  points: limits.openingsPerAttempt,
  seconds: limits.openingsWindowSeconds,
};

const viewOf = ({ id, accountId, presentation, opened, closesAt }: OpenableAttempt): PaymentView => ({
  id,
  accountId,
  ...(opened ?? presentation),
  ...(closesAt && { closesAt }),
});

/** What is not kept, because it soon goes stale, for whoever asked. */
function freshView({ id, accountId }: OpenableAttempt, opened: OpenedPayment): PaymentView | null {
  const { presentation, closesAt, staleAt } = opened;
  if (staleAt === undefined) return null;
  const times = { staleAt: new Date(staleAt), ...(closesAt !== null && { closesAt: new Date(closesAt) }) };
  return { id, accountId, ...presentation, ...times };
}
const needsOpening = ({ presentation, opened }: OpenableAttempt): boolean =>
  presentation.kind === "on_request" && opened === null;

/**
 * Asks the gateway, outside any transaction, and keeps what it answers; what is good for a short while only is given instead. Null:
 * there is an answer now, or nobody has one.
 */
async function ask(
  deps: Deps,
  account: OpenAccount,
  attempt: OpenableAttempt,
  { clientIp, device }: OpenCommand,
): Promise<Extract<OpenRefusal, "gateway_unavailable" | "gateway_refused" | "gateway_silent"> | PaymentView | null> {
  if (!account.isActive || !account.gateway.openPayment) return "gateway_unavailable";
  const created = createInputOf(deps, account, { ...attempt, currency: attempt.currency as Currency });
  const input: OpenInput = { ...created, expiresAt: attempt.deadlineAt.getTime(), clientIp, device };
  const answer = await account.gateway.openPayment(input, transportOf(deps)).catch((error: unknown) => {
    deps.log.warn("gateway.open_failed", { accountId: account.id }, error);
    return { state: "unknown", reason: "unreadable" } as const;
  });
  await noteSaid(deps, account.id, answer);
  if (answer.state === "opened") {
    await recordOpening(deps.db, attempt.id, answer.opened);
    deps.log.info("payment.opened", { accountId: account.id, attemptId: attempt.id });
    return freshView(attempt, answer.opened);
  }
  await dropOpening(deps.db, attempt.id);
  const said = answer.state === "refused" ? answer.code : answer.reason;
  deps.log.warn("gateway.not_opened", { accountId: account.id, attemptId: attempt.id, state: answer.state, said });
  return answer.state === "refused" ? "gateway_refused" : "gateway_silent";
}

/** Asks if nobody else is asking. Null: look again in a moment, at one's own answer or somebody's in another process or tab. */
async function askIfFree(
  deps: Deps,
  attempt: OpenableAttempt,
  command: OpenCommand,
): Promise<OpenRefusal | PaymentView | null> {
  const account = await findAccount(deps, attempt.accountId);
  if (!account) return "gateway_unavailable";
  if (!(await claimOpening(deps.db, attempt.id))) {
    await new Promise((wake) => setTimeout(wake, limits.openingPollMs));
    return null;
  }
  if (await takeTurn(deps, OPENINGS, attempt.id)) return ask(deps, account, attempt, command);
  await dropOpening(deps.db, attempt.id);
  return "rate_limited";
}

async function open(deps: Deps, command: OpenCommand): Promise<Opened> {
  const startedAt = deps.clock.elapsed();
  while (deps.clock.elapsed() - startedAt < limits.openingWaitMs) {
    const attempt = await findOpenable(deps.db, command);
    if (!attempt) return err("not_found");
    if (!attempt.isPayable) return err("not_payable");
    if (!needsOpening(attempt)) return ok(viewOf(attempt));
    const outcome = await askIfFree(deps, attempt, command);
    if (typeof outcome === "string") return err(outcome);
    if (outcome) return ok(outcome);
  }
  return err("gateway_silent");
}

/**
 * The way to pay an attempt whose gateway must be asked for it: asked when the buyer comes to pay, never inside a transaction,
 * and its answer is kept once, so that two tabs and two processes show the same. Everything else has its way already. A gateway that
 * is silent leaves the attempt as it was, to be asked again; past the deadline nothing is opened.
 */
export function openPayment(deps: Deps, command: OpenCommand): Promise<Opened> {
  const underWay = ofDeps(deps, "payments.open", () => new Map<string, Promise<Opened>>());
  const key = `${command.orderId} ${command.attemptId}`;
  const known = underWay.get(key);
  if (known) return known;
  const opening = open(deps, command).finally(() => underWay.delete(key));
  underWay.set(key, opening);
  return opening;
}
