import { Prisma } from "@/lib/generated/prisma/client";
import { limits } from "@/lib/kernel/limits";
import type { Tx } from "@/lib/platform/db";
import type { RunScope } from "./runs";

/** How far the continuous run has come: the last row of each table that whatever the shop does leaves one in. */
export interface Position {
  readonly entry: string;
  readonly event: string;
  readonly outbox: string;
  /** Files of books that were kept up to then have had a run of their own. */
  readonly filesUntil: string;
  /** When what is due by time alone was last looked at. */
  readonly dueAt: string;
  /** The finding behind which open ones are asked about again. */
  readonly doubt: string;
}

const FEEDS = [
  { name: "entry", table: "stock_entry", at: "created_at" },
  { name: "event", table: "order_event", at: "at" },
  { name: "outbox", table: "outbox", at: "created_at" },
] as const;
type FeedName = (typeof FEEDS)[number]["name"];

/** Begins at the end of every table: what was there before is for the runs of the hour and of the day. */
export async function beginPosition(tx: Tx): Promise<Omit<Position, "doubt">> {
  const [row] = await tx.$queryRaw<[Omit<Position, "doubt">]>`
    SELECT (SELECT coalesce(max(id), 0)::text FROM stock_entry) AS entry, (SELECT coalesce(max(id), 0)::text FROM order_event) AS event,
           (SELECT coalesce(max(id), 0)::text FROM outbox) AS outbox, now()::text AS "filesUntil", 'epoch'::timestamptz::text AS "dueAt"`;
  return row;
}

/** Orders that were touched, and the position behind the rows that say so. */
export interface Touched {
  readonly orderIds: readonly string[];
  readonly rows: number;
  readonly position: Pick<Position, FeedName>;
}

interface FeedRow {
  readonly id: string;
  readonly orderId: string | null;
  readonly isOld: boolean;
}

/**
 * The orders of the next rows of the ledger, of the orders' events and of the outbox. Numbers are given out before they are committed, so a
 * row may appear below one that was seen already; every transaction of the shop has a time limit, and rows are taken up only when they are
 * older than that: by then nothing appears below them, and what was on its way behind them has arrived.
 */
export async function takeTouched(
  tx: Tx,
  from: Pick<Position, FeedName>,
  { lagSeconds, rowsMax }: { readonly lagSeconds: number; readonly rowsMax: number },
): Promise<Touched> {
  const orders = new Set<string>();
  const position: Record<FeedName, string> = { entry: from.entry, event: from.event, outbox: from.outbox };
  let most = 0;
  for (const { name, table, at } of FEEDS) {
    const rows = await tx.$queryRaw<FeedRow[]>`
      SELECT id::text, order_id::text AS "orderId", ${Prisma.raw(at)} <= now() - make_interval(secs => ${lagSeconds}::float8) AS "isOld"
        FROM ${Prisma.raw(table)} t WHERE t.id > ${from[name]}::bigint ORDER BY t.id LIMIT ${rowsMax}::int`;
    const young = rows.findIndex(({ isOld }) => !isOld);
    const old = young === -1 ? rows : rows.slice(0, young);
    for (const { orderId } of old) if (orderId) orders.add(orderId);
    position[name] = old.at(-1)?.id ?? from[name];
    most = Math.max(most, old.length);
  }
  return { orderIds: [...orders], rows: most, position };
}

/** Orders and refunds that something is wrong with by now if nothing has happened to them: no row says so. */
export async function readDue(tx: Tx): Promise<{ readonly orderIds: string[]; readonly refundIds: string[] }> {
  const [row] = await tx.$queryRaw<[{ orderIds: string[]; refundIds: string[] }]>`
    SELECT ARRAY(SELECT id::text FROM orders WHERE status = 'pending' AND closed_at IS NULL AND deadline_at < now() - interval '180 seconds'
                  ORDER BY deadline_at LIMIT ${limits.reconcileDuePerPass}::int) AS "orderIds",
           ARRAY(SELECT id::text FROM refund WHERE status IN ('requested', 'processing')
                    AND created_at < now() - make_interval(secs => ${limits.refundStuckSeconds}::int) LIMIT ${limits.reconcileDuePerPass}::int) AS "refundIds"`;
  return row;
}

interface KeptFile {
  readonly accountId: string;
  readonly from: Date;
  readonly to: Date;
}

/** What was kept of the gateways' books since a moment, as the scopes that are to be compared for it: a day more on either side. */
export async function readKeptSince(
  tx: Tx,
  since: string,
  lagSeconds: number,
): Promise<{ readonly scopes: readonly RunScope[]; readonly until: string }> {
  const [{ until }] = await tx.$queryRaw<[{ until: string }]>`
    SELECT greatest(${since}::timestamptz, now() - make_interval(secs => ${lagSeconds}::float8))::text AS until`;
  const files = await tx.$queryRaw<KeptFile[]>`
    SELECT account_id AS "accountId", min(first_at) - interval '1 day' AS from, max(last_at) + interval '1 day' AS to FROM statement_file
     WHERE state = 'kept' AND finished_at > ${since}::timestamptz AND finished_at <= ${until}::timestamptz AND first_at IS NOT NULL
     GROUP BY account_id`;
  const scopes = files.map(({ accountId, from, to }) => ({
    accountId,
    from: from.toISOString(),
    to: to.toISOString(),
  }));
  return { scopes, until };
}
