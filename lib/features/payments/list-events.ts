import { Prisma } from "@/lib/generated/prisma/client";
import { type EvidenceField, readEvidence } from "@/lib/kernel/evidence";
import { limits } from "@/lib/kernel/limits";
import type { Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";
import type { InboxQuery } from "./desk-schema";

interface Reads {
  readonly db: Db;
}

interface Row {
  readonly id: string;
  readonly kind: "payment" | "refund" | "dispute";
  readonly accountId: string;
  readonly source: string;
  readonly outTradeNo: string | null;
  readonly gatewayTradeNumber: string | null;
  readonly refundNumber: string | null;
  readonly gatewayRefundNumber: string | null;
  readonly disputeNumber: string | null;
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
  readonly receivedAt: Date;
  readonly orderId: string | null;
  readonly orderNumber: string | null;
  readonly verdict: string | null;
  readonly findings: readonly { readonly id: string; readonly kind: string; readonly status: string }[];
  readonly raw: string;
}

/** One event of the inbox, its raw text laid out in fields without what signed it. */
export interface InboxRow extends Omit<Row, "raw"> {
  readonly fields: readonly EvidenceField[] | null;
}

export interface InboxPage {
  readonly rows: readonly InboxRow[];
  /** The keys of the pages beside this one; null where there is none. */
  readonly newer: string | null;
  readonly older: string | null;
}

const DAY_MS = 86_400_000;
const startOf = (day: string): number => Date.parse(`${day}T00:00:00+08:00`);

/** The first id of a millisecond: an event's id begins with the time at which its process heard of it. */
function idAt(ms: number): string {
  const hex = Math.max(0, ms).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-0000-0000-000000000000`;
}

/** By the ids first, a day wider because processes' clocks may differ, which the primary key finds; then exactly. */
function within({ from, to }: InboxQuery): Prisma.Sql[] {
  const clauses: Prisma.Sql[] = [];
  if (from) {
    const at = startOf(from);
    clauses.push(Prisma.sql`e.id >= ${idAt(at - DAY_MS)}::uuid AND e.received_at >= ${new Date(at)}`);
  }
  if (to) {
    const at = startOf(to) + DAY_MS;
    clauses.push(Prisma.sql`e.id < ${idAt(at + DAY_MS)}::uuid AND e.received_at < ${new Date(at)}`);
  }
  return clauses;
}

/** Said in the words of the partial indexes, so that the planner knows that they hold every such row. */
const NOT_PLAIN = Prisma.sql`e.verdict IS DISTINCT FROM 'settled'`;

function judgedAs(verdict: InboxQuery["verdict"]): Prisma.Sql[] {
  if (!verdict) return [];
  if (verdict === "settled") return [Prisma.sql`e.verdict = 'settled'`];
  if (verdict === "unjudged") return [Prisma.sql`e.verdict IS NULL AND ${NOT_PLAIN}`];
  return [Prisma.sql`e.verdict = ${verdict} AND ${NOT_PLAIN}`];
}

function handledAs(state: InboxQuery["state"]): Prisma.Sql[] {
  if (state === "open")
    return [
      Prisma.sql`e.id = ANY (ARRAY(SELECT f.event_id FROM finding f WHERE f.status IN ('open', 'in_work') AND f.event_id IS NOT NULL))`,
    ];
  if (state === "done")
    return [
      Prisma.sql`${NOT_PLAIN} AND EXISTS (SELECT 1 FROM finding f WHERE f.event_id = e.id)
        AND NOT EXISTS (SELECT 1 FROM finding f WHERE f.event_id = e.id AND f.status IN ('open', 'in_work'))`,
    ];
  return [];
}

/**
 * Any number that somebody may hold in his hand: each leads by an index of its own to the events. Of a plain payment the payment knows the
 * event; the others are in the partial indexes.
 */
function numbered(q: string): Prisma.Sql[] {
  if (q === "") return [];
  const accounts = Prisma.sql`ARRAY(SELECT id FROM gateway_account)`;
  return [
    Prisma.sql`e.id = ANY (ARRAY(
      SELECT p.event_id FROM payment p WHERE p.account_id = ANY (${accounts}) AND p.gateway_trade_number = ${q}
      UNION SELECT e.id FROM payment_event e WHERE e.gateway_trade_number = ${q} AND ${NOT_PLAIN}
      UNION SELECT e.id FROM payment_event e WHERE e.out_trade_no = ${q} AND ${NOT_PLAIN}
      UNION SELECT e.id FROM payment_event e WHERE e.gateway_refund_number IS NOT NULL AND e.gateway_refund_number = ${q}
      UNION SELECT e.id FROM payment_event e WHERE e.dispute_number IS NOT NULL AND e.dispute_number = ${q}
      UNION SELECT e.id FROM payment_event e WHERE e.order_id = ANY (ARRAY(
        SELECT a.order_id FROM payment_attempt a WHERE a.account_id = ANY (${accounts}) AND a.out_trade_no = ${q}
        UNION SELECT o.id FROM orders o WHERE o.number = ${q.toUpperCase()}
        UNION SELECT r.order_id FROM refund r WHERE r.refund_no = ${q.toUpperCase()}))
      LIMIT ${limits.inboxFoundMax}::int))`,
  ];
}

/** The statement of one page. Exported for the test that looks at its plan. */
export function inboxSql(query: InboxQuery): Prisma.Sql {
  const clauses = [
    Prisma.sql`TRUE`,
    ...judgedAs(query.verdict),
    ...handledAs(query.state),
    ...within(query),
    ...numbered(query.q),
    ...(query.account ? [Prisma.sql`e.account_id = ${query.account}`] : []),
    ...(query.after ? [Prisma.sql`e.id < ${query.after}::uuid`] : []),
    ...(query.before ? [Prisma.sql`e.id > ${query.before}::uuid`] : []),
  ];
  const order = query.before ? Prisma.sql`e.id ASC` : Prisma.sql`e.id DESC`;
  return Prisma.sql`
    WITH page AS MATERIALIZED (
      SELECT e.* FROM payment_event e WHERE ${Prisma.join(clauses, " AND ")} ORDER BY ${order} LIMIT ${limits.listRowsPerPage + 1}::int)
    SELECT page.id, page.kind, page.account_id AS "accountId", page.source, page.out_trade_no AS "outTradeNo",
           page.gateway_trade_number AS "gatewayTradeNumber", page.refund_number AS "refundNumber",
           page.gateway_refund_number AS "gatewayRefundNumber", page.dispute_number AS "disputeNumber", page.amount_minor AS "amountMinor",
           page.currency, page.received_at AS "receivedAt", page.order_id AS "orderId", o.number AS "orderNumber", page.verdict, page.raw,
           coalesce((SELECT jsonb_agg(jsonb_build_object('id', f.id, 'kind', f.kind, 'status', f.status) ORDER BY f.opened_at)
                       FROM finding f WHERE f.event_id = page.id), '[]') AS findings
      FROM page LEFT JOIN orders o ON o.id = page.order_id ORDER BY page.id DESC`;
}

/**
 * A page of the inbox by its key: what comes in meanwhile moves nobody's page. It crosses every merchant and shows raw texts, so it is for
 * admins alone; whoever else asks finds it empty.
 */
export async function listPaymentEvents({ db }: Reads, viewer: Viewer, query: InboxQuery): Promise<InboxPage> {
  if (viewer.kind !== "admin") return { rows: [], newer: null, older: null };
  const found = await db.$queryRaw<Row[]>(inboxSql(query));
  const hasMore = found.length > limits.listRowsPerPage;
  // Read towards the newer end, the row too many is the first of the page, otherwise the last.
  const rows = hasMore ? (query.before ? found.slice(1) : found.slice(0, -1)) : found;
  const hasNewer = query.before ? hasMore : query.after !== undefined;
  const hasOlder = query.before ? true : hasMore;
  return {
    rows: rows.map(({ raw, ...row }) => ({ ...row, fields: readEvidence(raw) })),
    newer: hasNewer ? (rows[0]?.id ?? null) : null,
    older: hasOlder ? (rows.at(-1)?.id ?? null) : null,
  };
}

/** The accounts that the inbox may be narrowed to, by id. */
export async function listAccountIds({ db }: Reads): Promise<readonly string[]> {
  const rows = await db.gatewayAccount.findMany({
    orderBy: { id: "asc" },
    take: limits.gatewayAccountsMax,
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

/** How many events wait for a person, by what they were judged to be; admins alone. */
export async function countWaitingEvents(
  { db }: Reads,
  viewer: Viewer,
): Promise<readonly { readonly verdict: string; readonly count: number }[]> {
  if (viewer.kind !== "admin") return [];
  return db.$queryRaw<{ verdict: string; count: number }[]>(WAITING_SQL);
}

/** Exported for the test that looks at its plan. */
export const WAITING_SQL = Prisma.sql`
  SELECT coalesce(e.verdict, 'unjudged') AS verdict, count(*)::int AS count FROM payment_event e
   WHERE e.id = ANY (ARRAY(SELECT f.event_id FROM finding f WHERE f.status IN ('open', 'in_work') AND f.event_id IS NOT NULL))
   GROUP BY 1 ORDER BY 2 DESC, 1`;
