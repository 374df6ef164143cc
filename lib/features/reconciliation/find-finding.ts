import { Prisma } from "@/lib/generated/prisma/client";
import { limits } from "@/lib/kernel/limits";
import type { Viewer } from "@/lib/kernel/viewer";
import type { Db, Tx } from "@/lib/platform/db";
import { type FindingRow, ROW_COLUMNS, ROW_JOINS } from "./list-findings";

/** A finding with all that leads to what it is about. */
export interface FindingHead extends FindingRow {
  readonly subject: string;
  readonly eventId: string | null;
  readonly merchantId: string | null;
  readonly reason: string | null;
  /** Ids, figures and names of faults, as they were found. */
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly searchKeys: readonly string[];
  /** Its order is for one card that the buyer chose, and for no other. */
  readonly isChosen: boolean;
}

/** One finding, or null: it crosses every merchant, so for anybody but an admin there is none. */
export async function findFinding(db: Db | Tx, viewer: Viewer, findingId: string): Promise<FindingHead | null> {
  if (viewer.kind !== "admin") return null;
  return readFinding(db, findingId);
}

/** The same for the shop itself, which has no role. */
export async function readFinding(db: Db | Tx, findingId: string): Promise<FindingHead | null> {
  const rows = await db.$queryRaw<FindingHead[]>`
    SELECT ${ROW_COLUMNS}, f.subject, f.event_id AS "eventId", f.merchant_id AS "merchantId", f.reason, f.evidence, f.search_keys AS "searchKeys",
           coalesce(o.stock_policy = 'pick', false) AS "isChosen"
      FROM finding f ${ROW_JOINS} WHERE f.id = ${findingId}::uuid`;
  return rows[0] ?? null;
}

/** A card that the finding is about: what tells it from the others of its batch, and nothing else. */
export interface FindingCard {
  readonly id: string;
  readonly status: string;
  readonly sku: string;
  readonly batchNumber: bigint;
  readonly batchId: string;
  /** Which card of the order, from 1; null when the order does not hold it. */
  readonly position: number | null;
  readonly deliveredAt: Date | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The ids of cards that the evidence names, wherever in it they stand. */
export function cardIdsIn(evidence: unknown): string[] {
  const ids = new Set<string>();
  const walk = (value: unknown, name: string, depth: number): void => {
    if (depth > 6 || ids.size >= limits.findingCardsShown) return;
    if (typeof value === "string" && /card/i.test(name) && UUID.test(value)) ids.add(value);
    else if (Array.isArray(value)) for (const one of value) walk(one, name, depth + 1);
    else if (value && typeof value === "object")
      for (const [key, one] of Object.entries(value)) walk(one, key, depth + 1);
  };
  walk(evidence, "", 0);
  return [...ids];
}

/** The cards of the finding's order, and those that its evidence names. */
export function readFindingCards(
  db: Db | Tx,
  { orderId, detail, evidence }: Pick<FindingHead, "orderId" | "detail" | "evidence">,
): Promise<FindingCard[]> {
  const named = cardIdsIn([detail, evidence]);
  return db.$queryRaw<FindingCard[]>(Prisma.sql`
    WITH held AS (SELECT u.id, u.n::int AS n FROM orders o, unnest(o.card_ids) WITH ORDINALITY AS u (id, n)
                   WHERE o.id = ${orderId}::uuid ORDER BY n LIMIT ${limits.findingCardsShown}::int),
    wanted AS (SELECT id, n FROM held UNION ALL SELECT id, NULL FROM unnest(${named}::uuid[]) AS x (id) WHERE id NOT IN (SELECT id FROM held))
    SELECT c.id, c.status, v.sku, b.number AS "batchNumber", b.id AS "batchId", w.n AS position, c.delivered_at AS "deliveredAt"
      FROM wanted w JOIN card c ON c.id = w.id JOIN batch b ON b.id = c.batch_id JOIN variant v ON v.id = c.variant_id
     ORDER BY w.n NULLS LAST, c.id LIMIT ${limits.findingCardsShown}::int`);
}
