import { findAccount, notifyUrlOf, type OpenAccount } from "@/lib/features/payments/accounts";
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
 * - `reached`: our end is there; whether it reads signatures only the gateway itself could try, since nobody else can sign
 * - `refused`: something answered, but not as our end would: another program, a proxy's page, an old key
 * - `unreachable`: nothing answered at the public address
 */
export interface TestNoticeReport {
  readonly verdict: "read" | "reached" | "refused" | "unreachable";
  readonly notifyUrl: string;
  readonly status: number | null;
  readonly body: string;
}

type Admin = Extract<Viewer, { kind: "admin" }>;

/** Where only the gateway can sign: a text that no gateway sends, which our end refuses in this account's own words. */
const knock = (url: string): TestNotice => ({
  method: "POST",
  url,
  headers: [["content-type", "application/x-www-form-urlencoded"]],
  body: "knock=1",
  outTradeNo: "",
});

/**
 * Sends a notice to the shop's own public notify address, the way the gateway will, signed where it can be, for an order that cannot
 * exist: it shows whether the address is reachable from outside and the key is read. Nothing is sold or paid by it.
 */
export async function testGatewayAccount(
  deps: Deps,
  viewer: Admin,
  accountId: string,
): Promise<Result<TestNoticeReport, "not_found" | "not_testable">> {
  const account = await findAccount(deps, accountId);
  if (!account) return err("not_found");
  if (!takesNotices(account)) return err("not_testable");
  const notifyUrl = notifyUrlOf(deps, account);
  const signed = account.gateway.testNotice?.(notifyUrl, deps.clock.now());
  const answer = await send(deps, signed ?? knock(notifyUrl));
  await record(deps, viewer, { accountId, outTradeNo: signed?.outTradeNo ?? null });
  if (!answer) return ok({ verdict: "unreachable", notifyUrl, status: null, body: "" });
  const expected = signed ? account.gateway.deferred : account.gateway.refused;
  const isOurs = answer.status === expected.status && answer.body.trim() === expected.body;
  return ok({ verdict: isOurs ? (signed ? "read" : "reached") : "refused", notifyUrl, ...answer });
}

/** What no server watches has nobody who would tell. */
const takesNotices = ({ gateway }: OpenAccount): boolean => gateway.accepted.status < 400;

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

/** The notice stands in the inbox like any other; the finding that nobody knows its order is answered at once. */
async function record(
  deps: Deps,
  viewer: Admin,
  { accountId, outTradeNo }: { accountId: string; outTradeNo: string | null },
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const where = { accountId, outTradeNo };
    const events = outTradeNo ? await tx.paymentEvent.findMany({ where, select: { id: true }, take: 10 }) : [];
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
