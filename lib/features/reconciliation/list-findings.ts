import { Prisma } from "@/lib/generated/prisma/client";
import { limits } from "@/lib/kernel/limits";
import type { Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";
import type { FindingListQuery, InboxState } from "./inbox-schema";
import type { FindingKind, FindingStatus, Severity } from "./kinds";

interface Reads {
  readonly db: Db;
}
const sql = Prisma.sql;

/** A difference as the inbox lists it. Ids, figures and names of faults; never a secret. */
export interface FindingRow {
  readonly id: string;
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly status: FindingStatus;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
  readonly openedAt: Date;
  readonly lastFoundAt: Date;
  readonly foundCount: number;
  readonly resolvedAt: Date | null;
  readonly resolution: string | null;
  readonly ownerId: string | null;
  readonly ownerEmail: string | null;
  readonly orderId: string | null;
  readonly orderNumber: string | null;
  readonly merchantName: string | null;
  readonly productId: string | null;
  readonly titleZh: string | null;
  readonly titleEn: string | null;
  readonly isHalted: boolean;
  readonly accountId: string | null;
}

export interface FindingPageRows {
  readonly rows: readonly FindingRow[];
  /** The keys of the pages beside this one; null where there is none. */
  readonly newer: string | null;
  readonly older: string | null;
}

/** What a row of `f` is shown with; together with `ROW_JOINS`. */
export const ROW_COLUMNS = sql`
  f.id, f.kind, f.severity, f.status, f.detail, f.amount_minor AS "amountMinor", f.currency, f.opened_at AS "openedAt",
  f.last_found_at AS "lastFoundAt", f.found_count AS "foundCount", f.resolved_at AS "resolvedAt", f.resolution,
  f.owner_id AS "ownerId", u.email AS "ownerEmail", f.order_id AS "orderId", o.number AS "orderNumber", m.name AS "merchantName",
  f.product_id AS "productId", p.title_zh AS "titleZh", p.title_en AS "titleEn", p.halted_at IS NOT NULL AS "isHalted",
  f.account_id AS "accountId"`;
export const ROW_JOINS = sql`
  LEFT JOIN app_user u ON u.id = f.owner_id
  LEFT JOIN orders o ON o.id = f.order_id
  LEFT JOIN merchant m ON m.id = f.merchant_id
  LEFT JOIN product p ON p.id = f.product_id`;

/** Said in the words of the partial indexes, so that the planner knows that they hold every such row. */
const LIVE = sql`f.status IN ('open', 'in_work')`;
const CLOSED = sql`f.status IN ('resolved', 'accepted')`;
/** As it stands in `finding_inbox_ix`. */
const RANK = sql`(CASE f.severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END)`;

function inState(state: InboxState): Prisma.Sql {
  if (state === "live") return LIVE;
  if (state === "closed") return CLOSED;
  const single = sql`f.status = ${state}`;
  return state === "open" || state === "in_work" ? sql`${LIVE} AND ${single}` : sql`${CLOSED} AND ${single}`;
}

const AGE_DAYS = { day: 1, three_days: 3, week: 7 } as const;

/** Any number that somebody may hold in his hand leads by an index to the findings that it names. */
const numbered = (q: string): Prisma.Sql =>
  sql`f.id = ANY (ARRAY(
    SELECT s.id FROM finding s WHERE s.search_keys @> ARRAY[${q}::text]
    UNION SELECT s.id FROM finding s WHERE s.search_keys @> ARRAY[${q.toUpperCase()}::text]
    UNION SELECT s.id FROM finding s WHERE s.order_id = ANY (ARRAY(SELECT o.id FROM orders o WHERE o.number = ${q.toUpperCase()}))
    LIMIT ${limits.inboxFoundMax}::int))`;

function narrowed(query: FindingListQuery, viewer: Viewer): Prisma.Sql[] {
  const { q, kind, severity, age, merchant, account, currency, owner, halted } = query;
  return [
    inState(query.status),
    ...(q ? [numbered(q)] : []),
    ...(kind ? [sql`f.kind = ${kind}`] : []),
    ...(severity ? [sql`f.severity = ${severity}`] : []),
    ...(age ? [sql`f.opened_at < clock_timestamp() - make_interval(days => ${AGE_DAYS[age]}::int)`] : []),
    ...(merchant ? [sql`f.merchant_id = ${merchant}::uuid`] : []),
    ...(account ? [sql`f.account_id = ${account}`] : []),
    ...(currency ? [sql`f.currency = ${currency}`] : []),
    ...(owner === "mine" ? [sql`f.owner_id = ${viewer.userId}::uuid`] : []),
    ...(owner === "nobody" ? [sql`f.owner_id IS NULL`] : []),
    ...(halted ? [sql`f.product_id = ANY (ARRAY(SELECT p.id FROM product p WHERE p.halted_at IS NOT NULL))`] : []),
  ];
}

/** How a sort reads the rows: its columns, as its index has them, and which way. */
interface Order {
  readonly rank: Prisma.Sql;
  readonly value: Prisma.Sql;
  readonly isDescending: boolean;
  /** What else its rows must be. */
  readonly only: readonly Prisma.Sql[];
}

function orderOf({ sort, currency }: FindingListQuery): Order {
  if (sort === "urgent") return { rank: RANK, value: sql`f.opened_at`, isDescending: false, only: [] };
  // Amounts are compared within one currency, or not at all.
  const only = [sql`f.amount_minor IS NOT NULL`, sql`f.currency = ${currency ?? "CNY"}`];
  if (sort === "money") return { rank: sql`0`, value: sql`f.amount_minor`, isDescending: true, only };
  return { rank: sql`0`, value: sql`f.opened_at`, isDescending: sort === "newest", only: [] };
}

/** What lies behind a key, towards one end. Rows that are equal so far are told apart by their ids. */
function beyond(order: Order, isMoney: boolean, key: string, isAhead: boolean): Prisma.Sql {
  const [rank = "0", value = "0", id = ""] = key.split(".");
  const typed = isMoney ? sql`${BigInt(value)}::bigint` : sql`${new Date(Number(value))}::timestamptz`;
  const sign = order.isDescending === isAhead ? sql`<` : sql`>`;
  if (order.rank !== RANK) return sql`(${order.value}, f.id) ${sign} (${typed}, ${id}::uuid)`;
  return sql`(${RANK}, ${order.value}, f.id) ${sign} (${Number(rank)}::int, ${typed}, ${id}::uuid)`;
}

/** The statement of one page. Exported for the test that looks at its plan. */
export function findingsSql(query: FindingListQuery, viewer: Viewer): Prisma.Sql {
  const order = orderOf(query);
  const isBack = query.before !== undefined;
  const key = query.before ?? query.after;
  const clauses = [
    ...narrowed(query, viewer),
    ...order.only,
    ...(key ? [beyond(order, query.sort === "money", key, !isBack)] : []),
  ];
  const way = order.isDescending === isBack ? sql`ASC` : sql`DESC`;
  const columns = order.rank === RANK ? [RANK, order.value, sql`f.id`] : [order.value, sql`f.id`];
  const by = Prisma.join(
    columns.map((column) => sql`${column} ${way}`),
    ", ",
  );
  return sql`
    WITH page AS MATERIALIZED (
      SELECT f.*, ${RANK} AS rank FROM finding f WHERE ${Prisma.join(clauses, " AND ")} ORDER BY ${by} LIMIT ${limits.listRowsPerPage + 1}::int)
    SELECT ${ROW_COLUMNS}, f.rank FROM page f ${ROW_JOINS}`;
}

type Ranked = FindingRow & { readonly rank: number };

const sortedBy = ({ openedAt, amountMinor }: Ranked, { sort }: FindingListQuery): bigint =>
  sort === "money" ? (amountMinor ?? 0n) : BigInt(openedAt.getTime());

const keyOf = (row: Ranked, query: FindingListQuery): string => `${row.rank}.${sortedBy(row, query)}.${row.id}`;

/** The same order as the statement's, for at most one page of rows. */
function compare(query: FindingListQuery): (left: Ranked, right: Ranked) => number {
  const { isDescending } = orderOf(query);
  const isRanked = query.sort === "urgent";
  return (left, right) => {
    if (isRanked && left.rank !== right.rank) return left.rank - right.rank;
    const [a, b] = [sortedBy(left, query), sortedBy(right, query)];
    const forward = a === b ? (left.id < right.id ? -1 : 1) : a < b ? -1 : 1;
    return isDescending ? -forward : forward;
  };
}

/**
 * A page of the inbox by its key: what is found meanwhile moves nobody's page, and the last page costs what the first does. It crosses every
 * merchant, so it is for admins alone; whoever else asks finds it empty.
 */
export async function listFindings({ db }: Reads, viewer: Viewer, query: FindingListQuery): Promise<FindingPageRows> {
  if (viewer.kind !== "admin") return { rows: [], newer: null, older: null };
  const found = (await db.$queryRaw<Ranked[]>(findingsSql(query, viewer))).sort(compare(query));
  const hasMore = found.length > limits.listRowsPerPage;
  // Read towards the front, the row too many is the first of the page, otherwise the last.
  const rows = hasMore ? (query.before ? found.slice(1) : found.slice(0, -1)) : found;
  const hasNewer = query.before ? hasMore : query.after !== undefined;
  const hasOlder = query.before ? true : hasMore;
  const [first, last] = [rows[0], rows.at(-1)];
  return {
    rows,
    newer: hasNewer && first ? keyOf(first, query) : null,
    older: hasOlder && last ? keyOf(last, query) : null,
  };
}
