import { findAccount, notifyUrlOf } from "@/lib/features/payments/accounts";
import type { TestNotice } from "@/lib/features/payments/gateways/port";
import { resolveFinding } from "@/lib/features/reconciliation/findings";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

/**
 * - `read`: our end took the notice for what it is, rightly signed and about an order that does not exist
 * - `refused`: something answered, but not as our end would: another program, a proxy's page, an old key
 * - `unreachable`: nothing answered at the public address
 */
export interface TestNoticeReport {
  readonly verdict: "read" | "refused" | "unreachable";
  readonly notifyUrl: string;
  readonly status: number | null;
  readonly body: string;
}

/**
 * Signs a notice for an order that cannot exist and sends it to the shop's own public notify address, the way the gateway
 * will: it shows whether the address is reachable from outside and the key is read. Nothing is sold or paid by it.
 */
export async function testGatewayAccount(
  deps: Deps,
  viewer: Extract<Viewer, { kind: "admin" }>,
  accountId: string,
): Promise<Result<TestNoticeReport, "not_found" | "not_testable">> {
  const account = await findAccount(deps, accountId);
  if (!account) return err("not_found");
  const notifyUrl = notifyUrlOf(deps, account);
  const notice = account.gateway.testNotice?.(notifyUrl, deps.clock.now());
  if (!notice) return err("not_testable");
  const answer = await send(deps, notice);
  await closeTraces(deps, { accountId, outTradeNo: notice.outTradeNo, viewer });
  if (!answer) return ok({ verdict: "unreachable", notifyUrl, status: null, body: "" });
  const { deferred } = account.gateway;
  const isOurs = answer.status === deferred.status && answer.body.trim() === deferred.body;
  return ok({ verdict: isOurs ? "read" : "refused", notifyUrl, ...answer });
}

async function send(
  deps: Deps,
  { url, method, headers, body }: TestNotice,
): Promise<{ status: number; body: string } | null> {
  try {
    const signal = AbortSignal.timeout(limits.gatewayTimeoutMs);
    const init = { method, headers: headers.map(([name, value]): [string, string] => [name, value]) };
    const reply = await deps.fetch(url, { ...init, body: method === "GET" ? null : body, redirect: "manual", signal });
    const text = await reply.text();
    return { status: reply.status, body: text.slice(0, limits.testNoticeBodyShown) };
  } catch {
    return null;
  }
}

interface Trace {
  readonly accountId: string;
  readonly outTradeNo: string;
  readonly viewer: Extract<Viewer, { kind: "admin" }>;
}

/** The notice stands in the inbox like any other; the finding that nobody knows its order is answered at once. */
async function closeTraces(deps: Deps, { accountId, outTradeNo, viewer }: Trace): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const events = await tx.paymentEvent.findMany({ where: { accountId, outTradeNo }, select: { id: true }, take: 10 });
    for (const { id } of events) {
      await resolveFinding(tx, { kind: "unknown_order", subject: id, resolution: "test_notice" });
    }
    await recordAudit(tx, {
      actor: viewer,
      action: "gateway_account.tested",
      subjectKind: "gateway_account",
      subjectId: accountId,
    });
    return ok(null);
  });
}
