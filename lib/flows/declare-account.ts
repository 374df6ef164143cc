import { type AccountDraft, openAccountSettings, saveAccount } from "@/lib/features/payments/accounts";
import type { SettingsProblem } from "@/lib/features/payments/gateways/port";
import { assert } from "@/lib/kernel/assert";
import { ok, type Result } from "@/lib/kernel/result";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { EnvError } from "@/lib/platform/env";

/** The account that the environment declares. */
const DECLARED_ACCOUNT = "epay";

async function isDeclaredAlready(deps: Deps, { id, settings }: AccountDraft): Promise<boolean> {
  const row = await deps.db.gatewayAccount.findUnique({ where: { id } });
  if (!row) return false;
  try {
    const known = openAccountSettings(deps, row.id, row.settings) as Record<string, unknown>;
    return Object.entries(settings).every(([name, value]) => JSON.stringify(known[name]) === JSON.stringify(value));
  } catch {
    // Sealed under another KAPU_SECRET: what is declared now replaces it.
    return false;
  }
}

async function declare(deps: Deps, draft: AccountDraft): Promise<Result<null, readonly SettingsProblem[]>> {
  if (await isDeclaredAlready(deps, draft)) return ok(null);
  return inTransaction(deps.db, async (tx) => {
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
}

/**
 * Makes the account `epay` what `KAPU_EPAY_*` says, at every start; without these variables it is left as it is. Settings
 * that the gateway cannot use stop the start with one sentence, because a shop that cannot be paid must not open.
 */
export async function declareAccount(deps: Deps): Promise<void> {
  const { epay } = deps.env;
  if (!epay) return;
  const result = await declare(deps, {
    id: DECLARED_ACCOUNT,
    kind: "epay",
    currency: "CNY",
    titleZh: "支付宝 / 微信支付",
    titleEn: "Alipay / WeChat Pay",
    settings: { baseUrl: epay.url, pid: epay.pid, key: epay.key.reveal() },
  });
  if (!result.ok)
    throw new EnvError(
      `KAPU_EPAY_URL, KAPU_EPAY_PID and KAPU_EPAY_KEY do not make a usable account: ${result.error.join(", ")}.`,
    );
}

/** Makes an account of the demo's own what its gateway wants; one that is so already stays as its admin left it. */
export async function ensureAccount(deps: Deps, draft: AccountDraft): Promise<void> {
  const result = await declare(deps, draft);
  assert(result.ok, "the demo's own settings are good ones");
}
