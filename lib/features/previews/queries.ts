import { limits } from "@/lib/kernel/limits";
import { ownedBy, type Viewer } from "@/lib/kernel/viewer";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { formatPreviewCursor, type PreviewCursor } from "./rules";

/** A card as the public may see it. */
export interface ListedCard {
  readonly id: string;
  readonly preview: string;
  readonly extraMinor: bigint;
}

export interface ListAsked {
  readonly variantId: string;
  /** What sells it: a pool that is kept for another channel is passed by. */
  readonly seller: string;
  readonly q: string | undefined;
  readonly cursor: PreviewCursor | undefined;
  readonly limit: number;
}

export interface ListedCards {
  readonly items: readonly ListedCard[];
  readonly nextCursor: string | null;
}

async function read({ db }: Deps, { variantId, seller, q, cursor, limit }: ListAsked): Promise<ListedCards> {
  const pattern = q ? `%${q.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%` : null;
  const rows = await db.$queryRaw<ListedCard[]>`
    WITH pools AS MATERIALIZED (
      SELECT s.id FROM variant v JOIN stock_pool s ON s.id = ANY (v.pool_id || v.fallback_pool_ids)
       WHERE v.id = ${variantId}::uuid AND (s.channel IS NULL OR s.channel = ${seller})),
    shelf AS MATERIALIZED (
      SELECT c.id FROM pools CROSS JOIN LATERAL (
        SELECT c.id, c.pick FROM card c
         WHERE c.variant_id = ${variantId}::uuid AND c.pool_id = pools.id AND c.status = 'available' AND c.pick < 0
           AND (c.expires_at IS NULL OR c.expires_at > clock_timestamp())
         ORDER BY c.pick LIMIT ${limits.previewsListed}::int) c
       ORDER BY c.pick LIMIT ${limits.previewsListed}::int)
    SELECT p.id, p.preview, p.extra_minor AS "extraMinor" FROM shelf JOIN card_preview p ON p.card_id = shelf.id
     WHERE (${pattern}::text IS NULL OR p.preview ILIKE ${pattern}::text)
       AND (${cursor?.id ?? null}::uuid IS NULL OR (p.extra_minor, p.id) > (${cursor?.extraMinor ?? 0n}::bigint, ${cursor?.id ?? null}::uuid))
     ORDER BY p.extra_minor, p.id LIMIT ${limit + 1}::int`;
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? formatPreviewCursor(last) : null };
}

/** What its merchant says in public of a card, for the vault; null where nothing is, or the card is another merchant's. */
export async function findCardPreview(
  { db }: Pick<Deps, "db">,
  viewer: Viewer,
  cardId: string,
): Promise<{ readonly preview: string; readonly extraMinor: bigint } | null> {
  return db.cardPreview.findFirst({
    where: { cardId, ...ownedBy(viewer) },
    select: { preview: true, extraMinor: true },
  });
}

interface Kept {
  readonly readAt: number;
  readonly list: Promise<ListedCards>;
}

/**
 * The cards of a variant that can be chosen, the cheapest first, a page at a time. At most `limits.previewListMs` old and read once in that
 * time, however many ask: what is gone by then, the claim says. `isFresh` reads anew.
 */
export function listPreviews(deps: Deps, asked: ListAsked, { isFresh = false } = {}): Promise<ListedCards> {
  const kept = ofDeps(deps, "previews.lists", () => new Map<string, Kept>());
  const key = JSON.stringify({ ...asked, cursor: asked.cursor && formatPreviewCursor(asked.cursor) });
  const now = deps.clock.elapsed();
  const known = kept.get(key);
  if (known && !isFresh && now - known.readAt < limits.previewListMs) return known.list;
  if (kept.size >= limits.previewListEntriesMax) kept.clear();
  const list = read(deps, asked);
  kept.set(key, { readAt: now, list });
  list.catch(() => kept.delete(key));
  return list;
}
