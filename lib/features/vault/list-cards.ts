import { limits } from "@/lib/kernel/limits";
import { merchantScope, ownedBy, type Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";
import { EXPIRY_SQL, NEWEST_SQL, OLDEST_SQL } from "./page-statements";
import { CARD_STATES, type VaultCursor, writeCursor } from "./rules";
import type { VaultQuery } from "./schema";

interface Reads {
  readonly db: Db;
}

/** A card as lists show it: everything but the secret, of which there is not a letter; and what its merchant made public of it. */
export interface VaultRow {
  readonly id: string;
  readonly state: string;
  readonly expiresAt: Date | null;
  readonly deliveredAt: Date | null;
  readonly orderId: string | null;
  readonly orderNumber: string | null;
  readonly batchId: string;
  readonly batchNumber: bigint;
  readonly variantId: string;
  readonly sku: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly productTitleZh: string;
  readonly productTitleEn: string;
  readonly poolSlug: string;
  readonly poolName: string;
  readonly merchantName: string;
  readonly preview: string | null;
  readonly extraMinor: bigint | null;
  readonly currency: string;
}

interface Place {
  readonly id: string;
  readonly place: bigint;
}

/** The first moment of a day of the shop's clock. */
const startOf = (day: string): Date => new Date(`${day}T00:00:00+08:00`);
const DAY_MS = 24 * 3_600_000;
const endOf = (day: string): Date => new Date(startOf(day).getTime() + DAY_MS);

/** The days of the window as moments: the last one is included. */
const windowOf = ({ from, to }: VaultQuery): readonly [Date | null, Date | null] => [
  from ? startOf(from) : null,
  to ? endOf(to) : null,
];

/** Whose rows: a merchant's own, whatever the address says; of an admin, whichever merchant it names. */
const scopeOf = (viewer: Viewer, query: VaultQuery): string | null => merchantScope(viewer) ?? query.merchant ?? null;

const statesOf = ({ state }: VaultQuery): string[] => (state ? [state] : [...CARD_STATES]);

/** The cards of one order, in the order of their ids; an order of another merchant is none. */
async function findOrderPlaces(
  { db }: Reads,
  viewer: Viewer,
  { query, after, size }: { query: VaultQuery; after: VaultCursor | undefined; size: number },
): Promise<Place[]> {
  const order = await db.order.findFirst({
    where: { number: (query.q ?? "").toUpperCase(), ...ownedBy(viewer) },
    select: { cardIds: true },
  });
  if (!order) return [];
  const [from, to] = windowOf(query);
  const rows = await db.card.findMany({
    where: {
      id: { in: order.cardIds, ...(after && { gt: after.cardId }) },
      ...ownedBy(viewer),
      status: query.state,
      variantId: query.variant,
      batchId: query.batch,
      poolId: query.pool,
      ...((from || to) && { expiresAt: { ...(from && { gte: from }), ...(to && { lt: to }) } }),
    },
    orderBy: { id: "asc" },
    take: size,
    select: { id: true },
  });
  return rows.map(({ id }) => ({ id, place: 0n }));
}

/** Whether the cards come by their expiry: asked for, or because only some of the days are. */
const isByExpiry = ({ sort, from, to }: VaultQuery): boolean => sort === "expiry" || Boolean(from || to);

/** The ids of the next cards of a filter, and where to go on; `size` at most. The one way to the cards of a filter, for pages and acts. */
export async function findPlaces(
  reads: Reads,
  viewer: Viewer,
  { query, after, size }: { query: VaultQuery; after: VaultCursor | undefined; size: number },
): Promise<Place[]> {
  if (query.q) return findOrderPlaces(reads, viewer, { query, after, size });
  const batches = [scopeOf(viewer, query), query.batch, query.variant, query.product, query.pool].map(
    (id) => id ?? null,
  );
  const rest = [statesOf(query), size, after?.place ?? null, after?.cardId ?? null];
  if (isByExpiry(query)) {
    return reads.db.$queryRawUnsafe<Place[]>(EXPIRY_SQL, ...batches, ...rest, ...windowOf(query));
  }
  const sql = query.sort === "old" ? OLDEST_SQL : NEWEST_SQL;
  return reads.db.$queryRawUnsafe<Place[]>(sql, ...batches, ...rest);
}

/** Cards by their ids, in that order, as a list shows them; another merchant's are not there. */
export async function findRows({ db }: Reads, viewer: Viewer, ids: readonly string[]): Promise<VaultRow[]> {
  if (ids.length === 0) return [];
  const scope = merchantScope(viewer);
  return db.$queryRaw<VaultRow[]>`
    SELECT c.id::text AS id, c.status AS state, c.expires_at AS "expiresAt", c.delivered_at AS "deliveredAt",
           c.order_id::text AS "orderId", o.number AS "orderNumber", b.id::text AS "batchId", b.number AS "batchNumber",
           v.id AS "variantId", v.sku, v.title_zh AS "titleZh", v.title_en AS "titleEn", p.title_zh AS "productTitleZh", p.title_en AS "productTitleEn",
           s.slug AS "poolSlug", s.name AS "poolName", m.name AS "merchantName",
           said.preview, said.extra_minor AS "extraMinor", v.currency
      FROM unnest(${[...ids]}::uuid[]) WITH ORDINALITY AS u (id, n)
      JOIN card c ON c.id = u.id AND (${scope}::uuid IS NULL OR c.merchant_id = ${scope}::uuid)
      JOIN batch b ON b.id = c.batch_id JOIN variant v ON v.id = c.variant_id JOIN product p ON p.id = v.product_id
      JOIN stock_pool s ON s.id = c.pool_id JOIN merchant m ON m.id = c.merchant_id
      LEFT JOIN orders o ON o.id = c.order_id
      LEFT JOIN card_preview said ON said.card_id = c.id
     ORDER BY u.n`;
}

export interface VaultPage {
  readonly rows: readonly VaultRow[];
  /** Where the next page begins, or null on the last one. */
  readonly next: string | null;
}

/** One page of the viewer's cards by a filter. */
export async function listCards(reads: Reads, viewer: Viewer, query: VaultQuery): Promise<VaultPage> {
  const size = limits.vaultRowsPerPage;
  const places = await findPlaces(reads, viewer, { query, after: query.after, size: size + 1 });
  const shown = places.slice(0, size);
  const rows = await findRows(
    reads,
    viewer,
    shown.map(({ id }) => id),
  );
  const last = shown.at(-1);
  const hasMore = places.length > size && last !== undefined;
  return { rows, next: hasMore ? writeCursor({ place: BigInt(last.place), cardId: last.id }) : null };
}
