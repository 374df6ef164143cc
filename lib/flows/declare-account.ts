import { openAccountSettings, saveAccount } from "@/lib/features/payments/accounts";
import { ok } from "@/lib/kernel/result";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { EnvError } from "@/lib/platform/env";

/** The account that the environment declares. */
const DECLARED_ACCOUNT = "epay";

async function isDeclaredAlready(deps: Deps, declared: Record<string, string>): Promise<boolean> {
  const row = await deps.db.gatewayAccount.findUnique({ where: { id: DECLARED_ACCOUNT } });
  if (!row) return false;
  try {
    const known = openAccountSettings(deps, row.id, row.settings) as Record<string, unknown>;
    return Object.entries(declared).every(([name, value]) => known[name] === value);
  } catch {
    // Sealed under another KAPU_SECRET: what the environment says now replaces it.
    return false;
  }
}

/**
 * Makes the account `epay` what `KAPU_EPAY_*` says, at every start; without these variables it is left as it is. Settings
 * that the gateway cannot use stop the start with one sentence, because a shop that cannot be paid must not open.
 */
export async function declareAccount(deps: Deps): Promise<void> {
  const { epay } = deps.env;
  if (!epay) return;
  const settings = { baseUrl: epay.url, pid: epay.pid, key: epay.key.reveal() };
  if (await isDeclaredAlready(deps, settings)) return;
  const result = await inTransaction(deps.db, async (tx) => {
    const draft = {
      id: DECLARED_ACCOUNT,
      kind: "epay",
      currency: "CNY",
      titleZh: "支付宝 / 微信支付",
      titleEn: "Alipay / WeChat Pay",
      settings,
    } as const;
    const saved = await saveAccount(deps, tx, draft);
    if (!saved.ok) return saved;
    await recordAudit(tx, {
      actor: { kind: "system" },
      action: "gateway_account.declared",
      subjectKind: "gateway_account",
      subjectId: draft.id,
    });
    return ok(null);
  });
  if (!result.ok)
    throw new EnvError(
      `KAPU_EPAY_URL, KAPU_EPAY_PID and KAPU_EPAY_KEY do not make a usable account: ${result.error.join(", ")}.`,
    );
}
