import { limits } from "@/lib/kernel/limits";
import type { Currency } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import { MASTER_KEY_ID, open, seal } from "@/lib/platform/crypto";
import type { Tx } from "@/lib/platform/db";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import type { GatewayAccount, GatewayKind, SettingsProblem } from "./gateways/port";
import { gatewayOf, isGatewayKind } from "./gateways/registry";

/** A gateway account of the shop, opened: what is public of it, and the arithmetic bound to its secrets. */
export interface OpenAccount {
  readonly id: string;
  readonly kind: GatewayKind;
  readonly currency: Currency;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly isActive: boolean;
  readonly gateway: GatewayAccount;
}

const aad = (accountId: string): string => `gateway_account|${accountId}`;

/** Where this account's notices go: a path with no query, because gateways escape one. */
export const notifyUrlOf = ({ env }: Pick<Deps, "env">, account: { kind: GatewayKind; id: string }): string =>
  `${env.publicUrl}/api/pay/${account.kind}/${account.id}`;

/** Encrypts an account's settings for its row; they open under this account's id only. */
export const sealAccountSettings = (
  { keys }: Pick<Deps, "keys">,
  accountId: string,
  settings: object,
): { settings: Buffer; keyId: string } => ({
  settings: seal(keys.master, Buffer.from(JSON.stringify(settings)), aad(accountId)),
  keyId: MASTER_KEY_ID,
});

/** The settings as they were sealed; throws when the row was tampered with. */
export const openAccountSettings = ({ keys }: Pick<Deps, "keys">, accountId: string, sealed: Uint8Array): unknown =>
  JSON.parse(open(keys.master, sealed, aad(accountId)).toString("utf8"));

interface Cached {
  readonly readAt: number;
  readonly accounts: Promise<ReadonlyMap<string, OpenAccount>>;
}

async function readAccounts(deps: Deps): Promise<ReadonlyMap<string, OpenAccount>> {
  const rows = await deps.db.gatewayAccount.findMany({ orderBy: { id: "asc" }, take: limits.gatewayAccountsMax });
  const accounts = new Map<string, OpenAccount>();
  for (const row of rows) {
    if (!isGatewayKind(row.gateway)) continue;
    const gateway = gatewayOf(row.gateway).openAccount(openAccountSettings(deps, row.id, row.settings));
    if (!gateway.ok) {
      deps.log.error("gateway.account_unusable", { accountId: row.id, problems: gateway.error });
      continue;
    }
    accounts.set(row.id, {
      id: row.id,
      kind: row.gateway,
      currency: row.currency as Currency,
      titleZh: row.titleZh,
      titleEn: row.titleEn,
      isActive: row.status === "active",
      gateway: gateway.value,
    });
  }
  return accounts;
}

/** Every usable account, active or not, at most `limits.accountCacheMs` old. */
export function openAccounts(deps: Deps): Promise<ReadonlyMap<string, OpenAccount>> {
  const cache = ofDeps(deps, "payments.accounts", (): { entry: Cached | null } => ({ entry: null }));
  const now = deps.clock.elapsed();
  if (cache.entry && now - cache.entry.readAt < limits.accountCacheMs) return cache.entry.accounts;
  const accounts = readAccounts(deps);
  const entry = { readAt: now, accounts };
  cache.entry = entry;
  accounts.catch(() => {
    if (cache.entry === entry) cache.entry = null;
  });
  return accounts;
}

/** One account by its id, or null. A disabled one is found too: its earlier orders may still be paid. */
export async function findAccount(deps: Deps, accountId: string): Promise<OpenAccount | null> {
  return (await openAccounts(deps)).get(accountId) ?? null;
}

export interface AccountDraft {
  readonly id: string;
  readonly kind: GatewayKind;
  readonly currency: Currency;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly settings: Record<string, unknown>;
}

/** Saves an account with its settings encrypted; settings that its gateway cannot use are refused and nothing changes. */
export async function saveAccount(
  deps: Pick<Deps, "keys">,
  tx: Tx,
  draft: AccountDraft,
): Promise<Result<null, readonly SettingsProblem[]>> {
  const opened = gatewayOf(draft.kind).openAccount(draft.settings);
  if (!opened.ok) return err(opened.error);
  const sealed = sealAccountSettings(deps, draft.id, draft.settings);
  const row = {
    gateway: draft.kind,
    currency: draft.currency,
    titleZh: draft.titleZh,
    titleEn: draft.titleEn,
    settings: new Uint8Array(sealed.settings),
    keyId: sealed.keyId,
  };
  await tx.gatewayAccount.upsert({
    where: { id: draft.id },
    create: { id: draft.id, ...row },
    update: { ...row, version: { increment: 1 } },
  });
  return ok(null);
}
