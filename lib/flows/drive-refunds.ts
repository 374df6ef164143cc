import { noticeStockArrival } from "@/lib/features/inventory/stock-arrival";
import { lockOrder } from "@/lib/features/orders/store";
import { findAccount } from "@/lib/features/payments/accounts";
import { noteSaid } from "@/lib/features/payments/gateway-health";
import { restingAccounts } from "@/lib/features/payments/gateway-rest";
import type { RefundAnswer, RefundInput, Refunds } from "@/lib/features/payments/gateways/port";
import type { Transport } from "@/lib/features/payments/gateways/transport";
import { type DueRefund, findRefund, noteCall, takeDueRefunds } from "@/lib/features/payments/refunds";
import { transportOf } from "@/lib/features/payments/transport-of";
import { openFinding } from "@/lib/features/reconciliation/findings";
import { assert } from "@/lib/kernel/assert";
import { limits } from "@/lib/kernel/limits";
import { type Currency, money } from "@/lib/kernel/money";
import { ok } from "@/lib/kernel/result";
import { inTransaction } from "@/lib/platform/db";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { waitShortly } from "@/lib/platform/wait-shortly";
import { inRefundTransaction } from "./follow-refunds";
import { moveRefund } from "./move-refund";

const UNASKED: RefundAnswer = { state: "unknown", reason: "gateway_busy" };

const inputOf = (due: DueRefund): RefundInput => ({
  outTradeNo: due.outTradeNo,
  gatewayTradeNo: due.gatewayTradeNo,
  refundNo: due.refundNo,
  amount: money(due.amountMinor, due.currency as Currency),
  total: money(due.totalMinor, due.currency as Currency),
});

/** Tells the gateway to give the money back, after it is on record that it may have heard so. */
async function call(deps: Deps, due: DueRefund, refunds: Refunds, transport: Transport): Promise<RefundAnswer> {
  if (!(await noteCall(deps.db, due))) return UNASKED;
  return refunds.refund(inputOf(due), transport);
}

/**
 * A gateway that takes a second request for a second refund is asked about it before and after, and hears a request again only
 * when it has denied for a good while that there was one: a first one may still be on its way inside.
 */
async function askCarefully(deps: Deps, due: DueRefund, refunds: Refunds, transport: Transport): Promise<RefundAnswer> {
  const before = await refunds.queryRefund(inputOf(due), transport);
  if (before.state !== "not_found") return before;
  if (due.secondsSinceCall !== null && due.secondsSinceCall < limits.refundCallAgainSeconds) return UNASKED;
  const answer = await call(deps, due, refunds, transport);
  if (answer.state === "failed" || answer === UNASKED) return answer;
  const after = await refunds.queryRefund(inputOf(due), transport);
  if (after.state === "not_found") return UNASKED;
  // Some can only say that the money is not with us any more: then what the call came to stands.
  return after.state === "unknown" ? answer : after;
}

function ask(deps: Deps, due: DueRefund, refunds: Refunds): Promise<RefundAnswer> {
  const transport = transportOf(deps);
  if (due.status === "processing") return refunds.queryRefund(inputOf(due), transport);
  return refunds.isIdempotent ? call(deps, due, refunds, transport) : askCarefully(deps, due, refunds, transport);
}

async function record(deps: Deps, due: DueRefund, answer: RefundAnswer): Promise<void> {
  if (answer.state === "unknown" || answer.state === "not_found") return;
  const result = await inRefundTransaction(deps, async (tx) => {
    const order = await lockOrder(tx, due.orderId);
    const refund = await findRefund(tx, due.id);
    assert(order && refund, "neither orders nor refunds are ever deleted");
    const news = answer.state === "failed" ? { ...answer, gatewayRefundNo: null, amount: null } : answer;
    return moveRefund(tx, { order, refund, currency: due.currency }, news);
  });
  // Busy: asked again at its next turn, with the same number.
  if (!result.ok) return;
  for (const variantId of result.value.variantIds) noticeStockArrival(deps, variantId);
  deps.log.info("refund.moved", { refundId: due.id, accountId: due.accountId, state: answer.state });
}

/** Nobody has had an answer for a long while: a person is told, and the asking goes on. */
async function reportStuck(deps: Deps, { id, orderId, refundNo, accountId }: DueRefund): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    await openFinding(tx, { kind: "refund_stuck", subject: id, orderId, detail: { refundNo, accountId } });
    return ok(null);
  });
}

async function driveOne(deps: Deps, due: DueRefund): Promise<void> {
  const account = await findAccount(deps, due.accountId);
  const refunds = account?.gateway.refunds;
  const answer = refunds ? await ask(deps, due, refunds) : UNASKED;
  if (refunds && answer !== UNASKED) await noteSaid(deps, due.accountId, answer);
  await record(deps, due, answer);
  const isOpen = answer.state === "unknown" || answer.state === "not_found" || answer.state === "processing";
  if (isOpen && due.isStuck) await reportStuck(deps, due);
}

async function driveAccount(deps: Deps, due: readonly DueRefund[]): Promise<void> {
  const queue = [...due];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { id: refundId, accountId } = next;
      await driveOne(deps, next).catch((error: unknown) =>
        deps.log.warn("refund.drive_failed", { refundId, accountId }, error),
      );
    }
  };
  await Promise.all(Array.from({ length: limits.refundsInFlightPerAccount }, worker));
}

const linesOf = (deps: Deps) => ofDeps(deps, "payments.refund-lines", () => new Map<string, Promise<void>>());

/**
 * Brings every refund that is due one step further: the gateway is told, or asked, always with the same number, and what it
 * answers is recorded under the order's lock. Killed anywhere in between, the next run asks again and the money moves once. An
 * account that hangs delays no other: a run waits for it shortly, and leaves it out until it is done. Returns how many were due.
 */
export async function driveRefunds(deps: Deps): Promise<number> {
  const lines = linesOf(deps);
  const due = await takeDueRefunds(deps.db, [...lines.keys(), ...restingAccounts(deps)]);
  const begun: Promise<void>[] = [];
  for (const accountId of new Set(due.map((one) => one.accountId))) {
    const own = due.filter((one) => one.accountId === accountId);
    const line = driveAccount(deps, own).finally(() => lines.delete(accountId));
    lines.set(accountId, line);
    begun.push(line);
  }
  await waitShortly(begun, limits.queryRunMs);
  return due.length;
}

/** Resolves when no gateway is being asked about a refund any more: for a process that stops. */
export async function endOfRefunds(deps: Deps): Promise<void> {
  await Promise.all(linesOf(deps).values());
}
