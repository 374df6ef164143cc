import type { Viewer } from "@/lib/kernel/viewer";
import type { Db, Tx } from "@/lib/platform/db";
import type { NewPasskey } from "./passkey-ceremony";

/** A person's key as their own page shows it. */
export interface PasskeyView {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

/** The keys of one person, the oldest first. */
export const listPasskeys = ({ db }: { readonly db: Db }, userId: string): Promise<PasskeyView[]> =>
  db.passkey.findMany({
    where: { userId },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    select: { id: true, name: true, createdAt: true, lastUsedAt: true },
  });

/** What a browser is told of a person's keys, so that it asks for one of them. */
export const findDescriptors = (db: Db, userId: string): Promise<{ id: string; transports: string[] }[]> =>
  db.passkey.findMany({ where: { userId }, select: { id: true, transports: true } });

/** A key that may be used now: of an active account whose second factor is in use. */
export interface UsableKey {
  readonly id: string;
  readonly publicKey: Uint8Array;
  readonly counter: bigint;
  readonly viewer: Viewer;
}

interface UsableRow extends Omit<UsableKey, "viewer"> {
  readonly userId: string;
  readonly role: string;
  readonly merchantId: string | null;
}

/** The key of this id, whoever's it is; null where there is none that may be used. */
export async function findUsableKey(db: Db, id: string): Promise<UsableKey | null> {
  const [row] = await db.$queryRaw<UsableRow[]>`
    SELECT p.id, p.public_key AS "publicKey", p.counter, u.id AS "userId", u.role, u.merchant_id AS "merchantId"
      FROM passkey p
      JOIN app_user u ON u.id = p.user_id AND u.status = 'active'
      JOIN user_factor f ON f.user_id = u.id AND f.confirmed_at IS NOT NULL
     WHERE p.id = ${id}`;
  if (!row) return null;
  const { userId, role, merchantId, ...key } = row;
  const viewer: Viewer | null =
    role === "admin" ? { kind: "admin", userId } : merchantId ? { kind: "merchant", userId, merchantId } : null;
  return viewer && { ...key, viewer };
}

/** Notes a use; false where the count says that a copy of the key was used meanwhile, or where the key is gone. */
export async function noteUse(tx: Tx, { id, count }: { id: string; count: number }): Promise<boolean> {
  const noted = await tx.$executeRaw`
    UPDATE passkey p SET counter = ${count}::bigint, last_used_at = clock_timestamp()
     WHERE p.id = ${id} AND (p.counter < ${count}::bigint OR (p.counter = 0 AND ${count}::bigint = 0))
       AND EXISTS (SELECT 1 FROM user_factor f WHERE f.user_id = p.user_id AND f.confirmed_at IS NOT NULL)`;
  return noted === 1;
}

interface PasskeyDraft extends NewPasskey {
  readonly userId: string;
  readonly name: string;
  readonly transports: readonly string[];
  readonly max: number;
}

/**
 * Keeps a key of somebody whose second factor is in use, who has fewer than so many; false otherwise. The factor's row is locked: keys that
 * come at once are counted one after another, and none stays behind a factor that is just being put out of use.
 */
export async function insertPasskey(
  tx: Tx,
  draft: PasskeyDraft,
): Promise<"kept" | "too_many" | "not_enrolled" | "known"> {
  const { id, userId, name, publicKey, counter, transports, max } = draft;
  const factor = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM user_factor WHERE user_id = ${userId}::uuid AND confirmed_at IS NOT NULL FOR UPDATE`;
  if (factor.length === 0) return "not_enrolled";
  if ((await tx.passkey.count({ where: { userId } })) >= max) return "too_many";
  const inserted = await tx.$executeRaw`
    INSERT INTO passkey (id, user_id, name, public_key, counter, transports)
    VALUES (${id}, ${userId}::uuid, ${name}, ${Buffer.from(publicKey)}::bytea, ${counter}::bigint, ${[...transports]}::text[])
    ON CONFLICT (id) DO NOTHING`;
  return inserted === 1 ? "kept" : "known";
}
