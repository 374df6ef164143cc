import { newId, randomText } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { Secret } from "@/lib/kernel/secret";
import { ownedBy, type Proven, type Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { sha256 } from "@/lib/platform/crypto";
import { type Db, inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import type { ApiKeyForm, ApiScope } from "./schema";

type Merchant = Extract<Viewer, { kind: "merchant" }>;

const PREFIX = "kapu_";
const KEY = /^kapu_[0-9A-HJKMNP-TV-Z]{40}$/;
const HINT_LETTERS = PREFIX.length + 6;

/** 200 random bits: whoever has the hash has nothing, and no slow hash is needed. */
const mint = (): Secret => new Secret(`${PREFIX}${randomText(40)}`);

interface NewKey {
  readonly keyId: string;
  readonly key: Secret;
}

/** Makes a key of the viewer's shop. It is answered once; only its hash is kept. */
export function createApiKey(
  deps: Deps,
  viewer: Proven<Merchant>,
  { name, scopes }: ApiKeyForm,
): Promise<Result<NewKey, "too_many_keys">> {
  return inTransaction<NewKey, "too_many_keys">(deps.db, async (tx) => {
    const { merchantId } = viewer;
    const alive = { merchantId, revokedAt: null, endsAt: null };
    if ((await tx.apiKey.count({ where: alive })) >= limits.apiKeysPerMerchantMax) return err("too_many_keys");
    return ok(await insertKey(tx, viewer, { merchantId, name, scopes, action: "api_key.created" }));
  });
}

interface KeyDraft {
  readonly merchantId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly action: string;
}

async function insertKey(tx: Tx, viewer: Viewer, { merchantId, name, scopes, action }: KeyDraft): Promise<NewKey> {
  const keyId = newId();
  const key = mint();
  await tx.apiKey.create({
    data: {
      id: keyId,
      merchantId,
      name,
      hint: key.reveal().slice(0, HINT_LETTERS),
      keyHash: new Uint8Array(sha256(key.reveal())),
      scopes: [...scopes],
      createdBy: viewer.userId,
    },
  });
  await recordAudit(tx, {
    actor: viewer,
    action,
    subjectKind: "api_key",
    subjectId: keyId,
    merchantId,
    detail: { name, scopes: scopes.join(" ") },
  });
  return { keyId, key };
}

/** Makes a key that follows another with the same name and rights; the one of before ends a day later. A key is followed once. */
export function rotateApiKey(deps: Deps, viewer: Proven, keyId: string): Promise<Result<NewKey, "not_found">> {
  return inTransaction<NewKey, "not_found">(deps.db, async (tx) => {
    const before = await tx.apiKey.findFirst({
      where: { id: keyId, revokedAt: null, followedBy: null, ...ownedBy(viewer) },
    });
    if (!before) return err("not_found");
    const { merchantId, name, scopes } = before;
    const fresh = await insertKey(tx, viewer, { merchantId, name, scopes, action: "api_key.rotated" });
    const { count } = await tx.apiKey.updateMany({
      where: { id: keyId, revokedAt: null, followedBy: null },
      data: { followedBy: fresh.keyId, endsAt: new Date(deps.clock.now() + limits.apiKeyGraceMs) },
    });
    return count === 1 ? ok(fresh) : err("not_found");
  });
}

/** Ends a key at once. One that has ended stays as it is. */
export function revokeApiKey(deps: Deps, viewer: Viewer, keyId: string): Promise<Result<null, "not_found">> {
  return inTransaction<null, "not_found">(deps.db, async (tx) => {
    const key = await tx.apiKey.findFirst({ where: { id: keyId, ...ownedBy(viewer) } });
    if (!key) return err("not_found");
    const { count } = await tx.apiKey.updateMany({
      where: { id: keyId, revokedAt: null },
      data: { revokedAt: new Date(deps.clock.now()) },
    });
    if (count === 1)
      await recordAudit(tx, {
        actor: viewer,
        action: "api_key.revoked",
        subjectKind: "api_key",
        subjectId: keyId,
        merchantId: key.merchantId,
        detail: { name: key.name },
      });
    return ok(null);
  });
}

/** The viewer's keys, the newest first, by their first letters. */
export const listApiKeys = ({ db }: { readonly db: Db }, viewer: Viewer) =>
  db.apiKey.findMany({
    where: ownedBy(viewer),
    orderBy: { id: "desc" },
    take: limits.listRowsPerPage,
    select: {
      id: true,
      name: true,
      hint: true,
      scopes: true,
      createdAt: true,
      lastUsedAt: true,
      endsAt: true,
      revokedAt: true,
      followedBy: true,
    },
  });
export type ApiKeyRow = Awaited<ReturnType<typeof listApiKeys>>[number];

/** Who a key speaks for: the person who made it, in his shop, and only with the rights of the key. */
export interface KeyHolder {
  readonly keyId: string;
  readonly viewer: Merchant;
  readonly scopes: ReadonlySet<ApiScope>;
}

/** The holder of a key that is good now, or null for any other text. Notes the use of it, at most once a minute. */
export async function findKeyHolder({ db }: Pick<Deps, "db">, text: string): Promise<KeyHolder | null> {
  if (!KEY.test(text)) return null;
  const [row] = await db.$queryRaw<
    { id: string; merchantId: string; userId: string; scopes: ApiScope[]; isSeenDue: boolean }[]
  >`
    SELECT k.id, k.merchant_id AS "merchantId", k.created_by AS "userId", k.scopes,
           k.last_used_at IS NULL OR k.last_used_at < clock_timestamp() - make_interval(secs => ${limits.apiKeySeenSeconds}::int) AS "isSeenDue"
      FROM api_key k JOIN merchant m ON m.id = k.merchant_id AND m.status = 'active'
     WHERE k.key_hash = ${sha256(text)} AND k.revoked_at IS NULL AND (k.ends_at IS NULL OR k.ends_at > clock_timestamp())`;
  if (!row) return null;
  if (row.isSeenDue)
    await db.$executeRaw`
      UPDATE api_key SET last_used_at = date_trunc('milliseconds', clock_timestamp())
       WHERE id = ${row.id}::uuid
         AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - make_interval(secs => ${limits.apiKeySeenSeconds}::int))`;
  const { id: keyId, merchantId, userId, scopes } = row;
  return { keyId, viewer: { kind: "merchant", merchantId, userId }, scopes: new Set(scopes) };
}
