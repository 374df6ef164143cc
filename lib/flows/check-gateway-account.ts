import { findAccount, notifyUrlOf } from "@/lib/features/payments/accounts";
import type { CheckFinding } from "@/lib/features/payments/gateways/port";
import type { Transport } from "@/lib/features/payments/gateways/transport";
import { transportOf } from "@/lib/features/payments/transport-of";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import type { Deps } from "@/lib/platform/deps";

export interface CheckReport {
  readonly findings: readonly CheckFinding[];
  /** Whether the gateway was asked anything at all; some kinds have nobody to ask. */
  readonly wasAsked: boolean;
  /** How far the gateway's clock is ahead of ours, by the date of its answers; null where it told none. */
  readonly clockAheadSeconds: number | null;
}

/** A transport that also looks at the clock on the gateway's wall: almost every server dates its answers. */
function watching(transport: Transport): { transport: Transport; seen: { asked: boolean; aheadMs: number | null } } {
  const seen = { asked: false, aheadMs: null as number | null };
  const fetch: Transport["fetch"] = async (input, init) => {
    seen.asked = true;
    const reply = await transport.fetch(input, init);
    const date = Date.parse(reply.headers.get("date") ?? "");
    if (!Number.isNaN(date)) seen.aheadMs = date - transport.now();
    return reply;
  };
  return { transport: { ...transport, fetch }, seen };
}

/**
 * Looks at an account's settings, asks its gateway one harmless question and compares the clocks; over within `limits.selfCheckMs`, however
 * long the gateway takes. Nothing is paid by it, and nothing that it says is trusted for anything else.
 */
export async function checkGatewayAccount(
  deps: Deps,
  viewer: Extract<Viewer, { kind: "admin" }>,
  accountId: string,
): Promise<Result<CheckReport, "not_found">> {
  const account = await findAccount(deps, accountId);
  if (!account) return err("not_found");
  const { transport, seen } = watching(transportOf(deps));
  const input = { notifyUrl: notifyUrlOf(deps, account), transport };
  const found = await inTime(account.gateway.selfCheck(input), limits.selfCheckMs);
  const findings = new Set(found ?? (["gateway_silent"] as const));
  if (seen.aheadMs !== null && Math.abs(seen.aheadMs) > limits.clockSkewToldMs) findings.add("clock_skewed");
  await recordAudit(deps.db, {
    actor: viewer,
    action: "gateway_account.checked",
    subjectKind: "gateway_account",
    subjectId: accountId,
    detail: { findings: [...findings].join(" ") },
  });
  const clockAheadSeconds = seen.aheadMs === null ? null : Math.round(seen.aheadMs / 1000);
  return ok({ findings: [...findings], wasAsked: seen.asked, clockAheadSeconds });
}

/** What it came to, or null when it took too long. */
async function inTime<T>(work: Promise<T>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
