import { openAccountSettings, saveAccount } from "@/lib/features/payments/accounts";
import type { SettingsProblem } from "@/lib/features/payments/gateways/port";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Secret } from "@/lib/kernel/secret";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

export interface SaveGatewayAccount {
  readonly id: string;
  readonly isNew: boolean;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly baseUrl: string;
  readonly pid: string;
  /** Null keeps the key on record: a key is written, never read back. */
  readonly key: Secret | null;
  readonly types: readonly string[];
  readonly isActive: boolean;
}

export type GatewayAccountRefusal = "not_found" | "account_taken" | SettingsProblem;

/**
 * Saves an EPay account with its settings encrypted, and its audit event; settings that the gateway cannot use are refused
 * and change nothing. A missing key is only taken where one is on record.
 */
export function saveGatewayAccount(
  deps: Deps,
  viewer: Extract<Viewer, { kind: "admin" }>,
  { id, isNew, titleZh, titleEn, baseUrl, pid, key, types, isActive }: SaveGatewayAccount,
): Promise<Result<null, GatewayAccountRefusal>> {
  return inTransaction<null, GatewayAccountRefusal>(deps.db, async (tx) => {
    const known = await tx.gatewayAccount.findUnique({ where: { id } });
    if (isNew && known) return err("account_taken");
    if (!isNew && !known) return err("not_found");
    const keyText = key ? key.reveal() : known ? keyOnRecord(deps, known) : "";
    const settings = { baseUrl, pid, key: keyText, types: [...types] };
    const saved = await saveAccount(deps, tx, { id, kind: "epay", currency: "CNY", titleZh, titleEn, settings });
    if (!saved.ok) return err(saved.error[0] ?? "unreadable");
    await setActive(tx, id, isActive, deps.clock.now());
    await recordAudit(tx, {
      actor: viewer,
      action: known ? "gateway_account.changed" : "gateway_account.created",
      subjectKind: "gateway_account",
      subjectId: id,
      detail: { baseUrl, pid, isKeyReplaced: key !== null, isActive },
    });
    return ok(null);
  });
}

function keyOnRecord(deps: Deps, { id, settings }: { id: string; settings: Uint8Array }): string {
  try {
    const opened = openAccountSettings(deps, id, settings) as Record<string, unknown>;
    return typeof opened.key === "string" ? opened.key : "";
  } catch {
    // Sealed under another KAPU_SECRET: nobody can use it any more, so a new one must be typed.
    return "";
  }
}

const setActive = (tx: Tx, id: string, isActive: boolean, now: number) =>
  tx.gatewayAccount.update({
    where: { id },
    data: { status: isActive ? "active" : "disabled", updatedAt: new Date(now) },
  });
