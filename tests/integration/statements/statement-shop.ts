import { saveAccount } from "@/lib/features/payments/accounts";
import type { GatewayKind } from "@/lib/features/payments/gateways/port";
import { uploadStatement } from "@/lib/flows/upload-statement";
import { newId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import type { Viewer } from "@/lib/kernel/viewer";
import type { Deps } from "@/lib/platform/deps";
import { MCHID } from "@/sandbox/gateways/large-bill";
import { SETTINGS as WECHAT } from "@/tests/unit/payments/wechat-fixtures";

export type Admin = Extract<Viewer, { kind: "admin" }>;

/** An account of any gateway, as an admin would save it. */
export async function addAccount(
  deps: Deps,
  { id, kind, currency = "CNY", settings }: { id: string; kind: GatewayKind; currency?: Currency; settings: object },
): Promise<void> {
  const draft = { id, kind, currency, titleZh: id, titleEn: id, settings: { ...settings } };
  const saved = await saveAccount(deps, deps.db, draft);
  if (!saved.ok) throw new Error(saved.error.join());
}

export const addWechat = (deps: Deps, id = "wx", settings: object = {}): Promise<void> =>
  addAccount(deps, { id, kind: "wechat", settings: { ...WECHAT, mchid: MCHID, ...settings } });

/** Somebody who may bring statements. */
export async function addAdmin(deps: Deps): Promise<Admin> {
  const id = newId();
  await deps.db.appUser.create({ data: { id, email: `${id}@example.com`, passwordHash: "x", role: "admin" } });
  return { kind: "admin", userId: id };
}

/** The same shop at another time, or with another network. */
export const depsWith = (deps: Deps, changes: { now?: () => number; fetch?: typeof fetch }): Deps => ({
  ...deps,
  ...(changes.fetch ? { fetch: changes.fetch } : {}),
  ...(changes.now ? { clock: { now: changes.now, elapsed: deps.clock.elapsed } } : {}),
});

export const upload = (deps: Deps, viewer: Admin, source: AsyncIterable<Uint8Array>, accountId = "wx") =>
  uploadStatement(deps, viewer, { accountId, source, name: "bill.csv", mapping: null });
