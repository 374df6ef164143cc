import { createHmac, timingSafeEqual } from "node:crypto";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import type { Keys } from "@/lib/platform/crypto";
import type { Db, Tx } from "@/lib/platform/db";

type KeysOf = Pick<Keys, "requestHash">;

const blind = ({ requestHash }: KeysOf, email: string): Buffer =>
  createHmac("sha256", requestHash).update(`restock-silence|${email}`).digest();

/** Whether the variant is in the shop at all; anybody may know that. */
export const isOffered = async (db: Db, variantId: string): Promise<boolean> =>
  (await db.variant.count({ where: { id: variantId, status: "published", product: { status: "published" } } })) === 1;

/**
 * Notes that an address wants to hear when a variant is back: once, unless it asked to hear nothing, waits for too many already, or too many wait
 * for this one. The caller is not told which.
 */
export async function noteRequest(
  db: Db,
  keys: KeysOf,
  { variantId, email, locale }: { variantId: string; email: string; locale: "zh" | "en" },
): Promise<void> {
  await db.$executeRaw`
    INSERT INTO restock_request (id, variant_id, email, locale)
    SELECT ${newId()}::uuid, ${variantId}::uuid, ${email}, ${locale}
     WHERE NOT EXISTS (SELECT 1 FROM restock_silence WHERE email_hash = ${blind(keys, email)}
                          AND created_at > now() - make_interval(days => ${limits.restockSilenceDays}::int))
       AND (SELECT count(*) FROM restock_request WHERE email = ${email} AND state = 'waiting') < ${limits.restockPerEmailMax}::int
       AND (SELECT count(*) FROM (SELECT 1 FROM restock_request WHERE variant_id = ${variantId}::uuid AND state = 'waiting'
                                   LIMIT ${limits.restockPerVariantMax}::int) w) < ${limits.restockPerVariantMax}::int
    ON CONFLICT (variant_id, email) WHERE state = 'waiting' DO NOTHING`;
}

/**
 * Turns requests whose variant is on sale again into mails, oldest first: each request is marked in the same statement, so it becomes one mail,
 * whoever looks. Returns how many.
 */
export async function tellWaiting(tx: Tx, status: "queued" | "not_configured"): Promise<number> {
  const rows = await tx.$queryRaw<{ id: string; email: string; locale: string }[]>`
    UPDATE restock_request SET state = 'told', told_at = date_trunc('milliseconds', clock_timestamp())
     WHERE id = ANY (ARRAY(
             SELECT r.id FROM restock_request r
               JOIN variant v ON v.id = r.variant_id AND v.status = 'published'
               JOIN product p ON p.id = v.product_id AND p.status = 'published' AND p.halted_at IS NULL
               JOIN variant_stock s ON s.variant_id = v.id AND s.band <> 'sold_out'
              WHERE r.state = 'waiting' ORDER BY r.created_at LIMIT ${limits.restockMailsPerRun}::int FOR UPDATE OF r SKIP LOCKED))
       AND state = 'waiting'
    RETURNING id, email, locale`;
  for (const { id, email, locale } of rows)
    await tx.$executeRaw`
      INSERT INTO mail (id, kind, restock_id, recipient, locale, status)
      VALUES (${newId()}::uuid, 'restocked', ${id}::uuid, ${email}, ${locale}, ${status})`;
  return rows.length;
}

/** What the mail of a request says. */
export interface RestockFacts {
  readonly productSlug: string;
  readonly titleZh: string;
  readonly titleEn: string;
}

/** The product that a request waited for. */
export async function findRestocked(db: Db, requestId: string): Promise<RestockFacts | null> {
  const rows = await db.$queryRaw<RestockFacts[]>`
    SELECT p.slug AS "productSlug", p.title_zh || ' · ' || v.title_zh AS "titleZh", p.title_en || ' · ' || v.title_en AS "titleEn"
      FROM restock_request r JOIN variant v ON v.id = r.variant_id JOIN product p ON p.id = v.product_id WHERE r.id = ${requestId}::uuid`;
  return rows[0] ?? null;
}

const macOf = ({ requestHash }: KeysOf, requestId: string): Buffer =>
  createHmac("sha256", requestHash).update(`restock-end|${requestId}`).digest();

/** The token of the link by which whoever reads the mail ends such mails; it is stored nowhere. */
export const endToken = (keys: KeysOf, requestId: string): string =>
  `${requestId.replaceAll("-", "")}.${macOf(keys, requestId).toString("base64url")}`;

/** The request that a token stands for, or null for one that we did not write. */
export function readEndToken(keys: KeysOf, token: string): string | null {
  const match = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})\.([A-Za-z0-9_-]{43})$/.exec(token);
  if (!match) return null;
  const id = match.slice(1, 6).join("-");
  const mac = Buffer.from(match[6] as string, "base64url");
  const own = macOf(keys, id);
  return mac.length === own.length && timingSafeEqual(mac, own) ? id : null;
}

/** Ends all that the address of a request waits for, and keeps it from being asked for again for a long while. Safe twice. */
export async function endRequests(tx: Tx, keys: KeysOf, requestId: string): Promise<void> {
  const [request] = await tx.$queryRaw<{ email: string }[]>`
    SELECT email FROM restock_request WHERE id = ${requestId}::uuid`;
  if (!request) return;
  await tx.$executeRaw`UPDATE restock_request SET state = 'ended' WHERE email = ${request.email} AND state = 'waiting'`;
  await tx.$executeRaw`
    INSERT INTO restock_silence (email_hash) VALUES (${blind(keys, request.email)})
    ON CONFLICT (email_hash) DO UPDATE SET created_at = EXCLUDED.created_at`;
}
