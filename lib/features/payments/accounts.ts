import type { Prisma } from "@/lib/generated/prisma/client";
import { limits } from "@/lib/kernel/limits";
import type { Currency } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import { accountAad, unwrap, wrap } from "@/lib/platform/crypto";
import type { Tx } from "@/lib/platform/db";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import type { GatewayAccount, GatewayKind, SettingsProblem } from "./gateways/port";
import { gatewayOf, isGatewayKind } from "./gateways/registry";
import { sumPaidToday } from "./paid-today";
import { type AccountTerms, choosePayee, type Purchase } from "./ways";

/** A gateway account of the shop, opened: what is public of it, and the arithmetic bound to its secrets. */
export interface OpenAccount {
  readonly id: string;
  readonly kind: GatewayKind;
  readonly currency: Currency;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly isActive: boolean;
  readonly gateway: GatewayAccount;
  readonly terms: AccountTerms;
}

/** Where this account's notices go: a path with no query, because gateways escape one. */
export const notifyUrlOf = ({ env }: Pick<Deps, "env">, account: { kind: GatewayKind; id: string }): string =>
  `${env.publicUrl}/api/pay/${account.kind}/${account.id}`;

/** Encrypts an account's settings for its row; they open under this account's id only. */
export const sealAccountSettings = (
  { keys }: Pick<Deps, "keys">,
  accountId: string,
  settings: object,
): { settings: Buffer; keyId: string } => {
  const { sealed, keyId } = wrap(keys, Buffer.from(JSON.stringify(settings)), accountAad(accountId));
  return { settings: sealed, keyId };
};

/** The settings of a row; one that cannot be opened (sealed under another KAPU_SECRET) reads as empty and waits for new ones. */
export function readSettings(
  deps: Pick<Deps, "keys">,
  row: { readonly id: string; readonly settings: Uint8Array },
): Readonly<Record<string, unknown>> {
  try {
    return openAccountSettings(deps, row.id, row.settings) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** The settings as they were sealed; throws when the row was tampered with. */
export const openAccountSettings = ({ keys }: Pick<Deps, "keys">, accountId: string, sealed: Uint8Array): unknown =>
  JSON.parse(unwrap(keys, sealed, accountAad(accountId)).toString("utf8"));

type Row = Prisma.GatewayAccountGetPayload<{ include: { health: { select: { restsUntil: true } } } }>;

const termsOf = (row: Row, paidToday: ReadonlyMap<string, bigint>): AccountTerms => ({
  merchantId: row.merchantId,
  way: row.way,
  weight: row.weight,
  amountMinMinor: row.amountMinMinor,
  amountMaxMinor: row.amountMaxMinor,
  dayMaxMinor: row.dayMaxMinor,
  paidTodayMinor: paidToday.get(row.id) ?? 0n,
  restsUntil: row.health?.restsUntil?.getTime() ?? 0,
});

interface Known {
  readonly sealed: Uint8Array;
  readonly gateway: GatewayAccount | null;
}

/** The account bound to its secrets: opened once for as long as its row says the same, since reading keys costs more than reading rows. */
function openRow(deps: Deps, row: Row & { gateway: GatewayKind }, known: Map<string, Known>): GatewayAccount | null {
  const before = known.get(row.id);
  if (before?.gateway?.kind === row.gateway && Buffer.from(before.sealed).equals(row.settings)) return before.gateway;
  const opened = gatewayOf(row.gateway).openAccount(readSettings(deps, row));
  if (!opened.ok) deps.log.error("gateway.account_unusable", { accountId: row.id, problems: opened.error });
  const gateway = opened.ok ? opened.value : null;
  known.set(row.id, { sealed: row.settings, gateway });
  return gateway;
}

interface Cache {
  readAt: number;
  accounts: Promise<ReadonlyMap<string, OpenAccount>> | null;
  readonly known: Map<string, Known>;
  readonly paidToday: { readAt: number; sums: ReadonlyMap<string, bigint> };
}

/** What accounts with a limit for the day took today: read seldom, because a day may be long. */
async function readPaidToday(
  deps: Deps,
  { paidToday }: Cache,
  rows: readonly Row[],
): Promise<ReadonlyMap<string, bigint>> {
  const limited = rows.filter(({ dayMaxMinor }) => dayMaxMinor !== null).map(({ id }) => id);
  if (limited.length === 0) return new Map();
  const now = deps.clock.elapsed();
  if (now - paidToday.readAt < limits.accountDayReadMs) return paidToday.sums;
  paidToday.sums = await sumPaidToday(deps.db, limited);
  paidToday.readAt = now;
  return paidToday.sums;
}

async function readAccounts(deps: Deps, cache: Cache): Promise<ReadonlyMap<string, OpenAccount>> {
  const rows = await deps.db.gatewayAccount.findMany({
    orderBy: { id: "asc" },
    take: limits.gatewayAccountsMax,
    include: { health: { select: { restsUntil: true } } },
  });
  const paidToday = await readPaidToday(deps, cache, rows);
  const accounts = new Map<string, OpenAccount>();
  for (const row of rows) {
    const kind = row.gateway;
    if (!isGatewayKind(kind)) continue;
    const gateway = openRow(deps, { ...row, gateway: kind }, cache.known);
    if (!gateway) continue;
    accounts.set(row.id, {
      id: row.id,
      kind,
      currency: row.currency as Currency,
      titleZh: row.titleZh,
      titleEn: row.titleEn,
      isActive: row.status === "active",
      gateway,
      terms: termsOf(row, paidToday),
    });
  }
  return accounts;
}

const cacheOf = (deps: Deps) =>
  ofDeps(
    deps,
    "payments.accounts",
    (): Cache => ({
      readAt: 0,
      accounts: null,
      known: new Map(),
      paidToday: { readAt: Number.NEGATIVE_INFINITY, sums: new Map() },
    }),
  );

/** Makes this process read the accounts anew; the others do within `limits.accountCacheMs`. */
export function forgetAccounts(deps: Deps): void {
  cacheOf(deps).accounts = null;
}

/** Every usable account, active or not, at most `limits.accountCacheMs` old. */
export function openAccounts(deps: Deps): Promise<ReadonlyMap<string, OpenAccount>> {
  const cache = cacheOf(deps);
  const now = deps.clock.elapsed();
  if (cache.accounts && now - cache.readAt < limits.accountCacheMs) return cache.accounts;
  const accounts = readAccounts(deps, cache);
  cache.readAt = now;
  cache.accounts = accounts;
  accounts.catch(() => {
    if (cache.accounts === accounts) cache.accounts = null;
  });
  return accounts;
}

/** One account by its id, or null. A disabled one is found too: its earlier orders may still be paid. */
export async function findAccount(deps: Deps, accountId: string): Promise<OpenAccount | null> {
  return (await openAccounts(deps)).get(accountId) ?? null;
}

/**
 * The account that takes a payment when the buyer named this one, or null when none may: see `choosePayee`. Decided by what this process
 * knows already, so that an order costs no question more.
 */
export async function chooseAccount(deps: Deps, namedId: string, purchase: Purchase): Promise<OpenAccount | null> {
  const choice = { ...purchase, now: deps.clock.now(), chance: Math.random() };
  return choosePayee(await openAccounts(deps), namedId, choice);
}

export interface AccountDraft {
  readonly id: string;
  readonly kind: GatewayKind;
  readonly currency: Currency;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly settings: Record<string, unknown>;
  /** Whose it is from its first day on, and for good: orders of another merchant were never paid to it. Absent: the shop's own. */
  readonly merchantId?: string | null;
  /** Refuse a row that is there already, by its unique key, instead of changing it. */
  readonly isNew?: boolean;
  readonly savedAt?: Date;
  /** Left as it is, or as the table has it for a new row, where absent. */
  readonly terms?: DraftTerms;
}

/** What an admin decides of an account beside its settings. */
export interface DraftTerms extends Omit<AccountTerms, "paidTodayMinor" | "restsUntil" | "merchantId"> {
  readonly isActive: boolean;
  readonly feeRate: number;
  readonly feeFixedMinor: bigint;
  readonly feeBearer: string;
}

function rowOf(terms: DraftTerms | undefined) {
  if (!terms) return {};
  const { isActive, ...rest } = terms;
  return { status: isActive ? "active" : "disabled", ...rest };
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
    ...(draft.savedAt && { updatedAt: draft.savedAt }),
    ...rowOf(draft.terms),
  };
  const create = { id: draft.id, merchantId: draft.merchantId ?? null, ...row };
  if (draft.isNew) await tx.gatewayAccount.create({ data: create });
  else {
    const update = { ...row, version: { increment: 1 } };
    await tx.gatewayAccount.upsert({ where: { id: draft.id }, create, update });
  }
  return ok(null);
}
