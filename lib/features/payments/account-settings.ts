import type { Prisma } from "@/lib/generated/prisma/client";
import { limits } from "@/lib/kernel/limits";
import { ownedBy, type Viewer } from "@/lib/kernel/viewer";
import type { Deps } from "@/lib/platform/deps";
import { notifyUrlOf, readSettings } from "./accounts";
import type { GatewayKind, SettingsField } from "./gateways/port";
import { gatewayOf, isGatewayKind } from "./gateways/registry";
import { type FieldValue, shownValues } from "./settings-form";

/** How an account has been answering, as all processes have found it. */
export interface AccountHealth {
  readonly answered: number;
  readonly refused: number;
  readonly silent: number;
  readonly answeredAt: Date | null;
  readonly refusedAt: Date | null;
  readonly silentAt: Date | null;
  readonly reason: string | null;
  readonly restsUntil: Date | null;
}

/** An account as its owner and admins may see it: everything but secrets, of which only the presence is told. */
export interface AccountSettingsView {
  readonly id: string;
  readonly kind: GatewayKind;
  readonly merchantId: string | null;
  readonly merchantName: string | null;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly currency: string;
  readonly isActive: boolean;
  readonly feeRate: number;
  readonly feeFixedMinor: bigint;
  readonly feeBearer: string;
  readonly amountMinMinor: bigint | null;
  readonly amountMaxMinor: bigint | null;
  readonly dayMaxMinor: bigint | null;
  readonly way: string | null;
  readonly weight: number;
  readonly fields: readonly SettingsField[];
  readonly values: Readonly<Record<string, FieldValue>>;
  /** Names of the secrets that are there. */
  readonly onRecord: readonly string[];
  /** Its settings open and pass their gateway's checks; otherwise nobody can be paid to it until they are entered anew. */
  readonly isUsable: boolean;
  /** Whether a server stands behind it that tells of payments. */
  readonly takesNotices: boolean;
  readonly notifyUrl: string;
  readonly version: number;
  readonly updatedAt: Date;
  readonly health: AccountHealth;
  /** What came to its door and was not taken, the latest first. */
  readonly refusedNotices: readonly { readonly refusal: string; readonly count: number; readonly lastAt: Date }[];
}

const WITH = {
  health: true,
  merchant: { select: { name: true } },
  refusedNotices: { orderBy: { lastAt: "desc" } },
} as const;
type Row = Prisma.GatewayAccountGetPayload<{ include: typeof WITH }>;

function toView(deps: Deps, row: Row): AccountSettingsView[] {
  const kind = row.gateway;
  if (!isGatewayKind(kind)) return [];
  const { fields, openAccount } = gatewayOf(kind);
  const settings = readSettings(deps, row);
  const opened = openAccount(settings);
  const { health, merchant, refusedNotices, settings: _sealed, keyId: _key, gateway: _kind, status, ...rest } = row;
  return [
    {
      ...rest,
      kind,
      merchantName: merchant?.name ?? null,
      isActive: status === "active",
      fields,
      ...shownValues(fields, settings),
      isUsable: opened.ok,
      takesNotices: opened.ok && opened.value.accepted.status < 400,
      notifyUrl: notifyUrlOf(deps, { kind, id: row.id }),
      health: healthOf(health),
      refusedNotices: refusedNotices.map(({ refusal, noticeCount, lastAt }) => ({
        refusal,
        count: Number(noticeCount),
        lastAt,
      })),
    },
  ];
}

const healthOf = (row: Row["health"]): AccountHealth => ({
  answered: Number(row?.answeredCount ?? 0),
  refused: Number(row?.refusedCount ?? 0),
  silent: Number(row?.silentCount ?? 0),
  answeredAt: row?.answeredAt ?? null,
  refusedAt: row?.refusedAt ?? null,
  silentAt: row?.silentAt ?? null,
  reason: row?.reason ?? null,
  restsUntil: row?.restsUntil ?? null,
});

/** The viewer's accounts, an admin's are all; without a secret. */
export async function listAccountSettings(deps: Deps, viewer: Viewer): Promise<readonly AccountSettingsView[]> {
  const rows = await deps.db.gatewayAccount.findMany({ where: ownedBy(viewer), orderBy: { id: "asc" }, include: WITH });
  return rows.flatMap((row) => toView(deps, row));
}

/** One of the viewer's accounts without a secret, or null; another's is not found. */
export async function findAccountSettings(
  deps: Deps,
  viewer: Viewer,
  accountId: string,
): Promise<AccountSettingsView | null> {
  const row = await deps.db.gatewayAccount.findFirst({ where: { id: accountId, ...ownedBy(viewer) }, include: WITH });
  return row ? (toView(deps, row)[0] ?? null) : null;
}

/** The first id after the kind's own name that no account has. */
export async function suggestAccountId({ db }: Pick<Deps, "db">, kind: GatewayKind): Promise<string> {
  const rows = await db.gatewayAccount.findMany({ where: { id: { startsWith: kind } }, select: { id: true } });
  const taken = new Set(rows.map(({ id }) => id));
  let id: string = kind;
  for (let n = 2; taken.has(id); n++) id = `${kind}-${n}`;
  return id;
}

/** The merchants that an account may be made for. */
export const listOwners = (
  { db }: Pick<Deps, "db">,
  _viewer: Extract<Viewer, { kind: "admin" }>,
): Promise<{ id: string; name: string }[]> =>
  db.merchant.findMany({ orderBy: { createdAt: "asc" }, take: limits.pickListMax, select: { id: true, name: true } });
