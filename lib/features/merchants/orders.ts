import { Prisma } from "@/lib/generated/prisma/client";
import { readShopTime } from "@/lib/i18n/shop-time";
import { limits } from "@/lib/kernel/limits";
import { merchantScope, type Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";
import { firstIdAt, type Page, toPage } from "./rules";
import type { OrderListQuery } from "./schema";

interface Reads {
  readonly db: Db;
}

export interface OrderRow {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly exception: string;
  readonly email: string;
  readonly quantity: number;
  readonly totalMinor: bigint;
  readonly currency: string;
  readonly createdAt: Date;
  readonly paidAt: Date | null;
  readonly owedAt: Date | null;
  readonly deliveredAt: Date | null;
  readonly merchantName: string;
  readonly titleZh: string;
  readonly titleEn: string;
}

/** A pending order past its deadline is expired for every reader, whether or not the sweeper has been there. */
export const VISIBLE_STATUS = Prisma.sql`
  CASE WHEN o.status = 'pending' AND o.deadline_at <= clock_timestamp() THEN 'expired' ELSE o.status END`;

/** What a list of orders shows of each; the first line names the rest. */
export const ORDER_COLUMNS = Prisma.sql`
  o.id, o.number, ${VISIBLE_STATUS} AS status, o.exception, o.email, o.quantity, o.total_minor AS "totalMinor", o.currency,
  o.created_at AS "createdAt", o.paid_at AS "paidAt", o.owed_at AS "owedAt", o.delivered_at AS "deliveredAt",
  m.name AS "merchantName",
  (SELECT p.title_zh || ' · ' || v.title_zh FROM order_line l JOIN variant v ON v.id = l.variant_id JOIN product p ON p.id = v.product_id
    WHERE l.order_id = o.id ORDER BY l.line LIMIT 1) AS "titleZh",
  (SELECT p.title_en || ' · ' || v.title_en FROM order_line l JOIN variant v ON v.id = l.variant_id JOIN product p ON p.id = v.product_id
    WHERE l.order_id = o.id ORDER BY l.line LIMIT 1) AS "titleEn"`;

/** One search box: an e-mail address, an order number or its beginning, or a number that a gateway knows the payment by. */
function searchFor(text: string): Prisma.Sql {
  if (text === "") return Prisma.sql`TRUE`;
  if (text.includes("@")) return Prisma.sql`o.email = ${text.toLowerCase()}`;
  const prefix = `${text.toUpperCase().replace(/[\\%_]/g, "\\$&")}%`;
  return Prisma.sql`(o.number LIKE ${prefix}
    OR o.id IN (SELECT a.order_id FROM payment_attempt a
                 WHERE a.account_id = ANY (ARRAY(SELECT id FROM gateway_account)) AND a.out_trade_no = ${text})
    OR o.id IN (SELECT y.order_id FROM payment y
                 WHERE y.account_id = ANY (ARRAY(SELECT id FROM gateway_account)) AND y.gateway_trade_number = ${text}))`;
}

function exceptionFilter(exception: OrderListQuery["exception"]): Prisma.Sql {
  if (!exception) return Prisma.sql`TRUE`;
  if (exception === "open")
    return Prisma.sql`o.id IN (SELECT f.order_id FROM finding f WHERE f.status IN ('open', 'in_work'))`;
  return exception === "any" ? Prisma.sql`o.exception <> 'none'` : Prisma.sql`o.exception = ${exception}`;
}

/** Placed on these days. Ids begin with their time, by a clock that may be wrong by hours: they narrow it down, and the date decides. */
function dayFilter({ from, to }: Pick<OrderListQuery, "from" | "to">): Prisma.Sql {
  const begins = from ? readShopTime(`${from}T00:00`) : null;
  const lastBegins = to ? readShopTime(`${to}T00:00`) : null;
  const ends = lastBegins && new Date(lastBegins.getTime() + DAY_MS);
  const lower = begins
    ? Prisma.sql`o.id >= ${firstIdAt(begins.getTime() - SKEW_MS)}::uuid AND o.created_at >= ${begins}`
    : Prisma.sql`TRUE`;
  const upper = ends
    ? Prisma.sql`o.id < ${firstIdAt(ends.getTime() + SKEW_MS)}::uuid AND o.created_at < ${ends}`
    : Prisma.sql`TRUE`;
  return Prisma.sql`${lower} AND ${upper}`;
}

const DAY_MS = 24 * 3600 * 1000;
const SKEW_MS = 3 * 3600 * 1000;

/** What of the viewer's orders a list shows. */
type OrderFilter = Pick<OrderListQuery, "q" | "status" | "exception" | "from" | "to">;

function filterOf(viewer: Viewer, query: OrderFilter): Prisma.Sql {
  const scope = merchantScope(viewer);
  const owner = scope === null ? Prisma.sql`TRUE` : Prisma.sql`o.merchant_id = ${scope}::uuid`;
  const status = query.status ? Prisma.sql`${VISIBLE_STATUS} = ${query.status}` : Prisma.sql`TRUE`;
  return Prisma.sql`${owner} AND ${status} AND ${exceptionFilter(query.exception)} AND ${searchFor(query.q)} AND ${dayFilter(query)}`;
}

/** The same orders without pages, the newest first: those behind one, so that a reader of a million never reads one twice. */
export const readOrdersAfter = (
  { db }: Reads,
  viewer: Viewer,
  query: OrderFilter,
  { after, limit }: { after: string | null; limit: number },
): Promise<OrderRow[]> =>
  db.$queryRaw<OrderRow[]>`
    SELECT ${ORDER_COLUMNS} FROM orders o JOIN merchant m ON m.id = o.merchant_id
     WHERE ${filterOf(viewer, query)} AND ${after === null ? Prisma.sql`TRUE` : Prisma.sql`o.id < ${after}::uuid`}
     ORDER BY o.id DESC LIMIT ${limit}::int`;

/** The viewer's orders by number, e-mail, gateway number, status, exception and day. */
export async function listOrders({ db }: Reads, viewer: Viewer, query: OrderListQuery): Promise<Page<OrderRow>> {
  const size = limits.listRowsPerPage;
  const order = query.sort === "old" ? Prisma.sql`o.id ASC` : Prisma.sql`o.id DESC`;
  const rows = await db.$queryRaw<OrderRow[]>`
    SELECT ${ORDER_COLUMNS} FROM orders o JOIN merchant m ON m.id = o.merchant_id
     WHERE ${filterOf(viewer, query)}
     ORDER BY ${order} LIMIT ${size + 1}::int OFFSET ${(query.page - 1) * size}::int`;
  return toPage(rows, query.page, size);
}

/** Paid orders that wait for stock, in the order in which they will be served. */
export async function listOwedOrders({ db }: Reads, viewer: Viewer, page: number): Promise<Page<OrderRow>> {
  const size = limits.listRowsPerPage;
  const scope = merchantScope(viewer);
  const rows = await db.$queryRaw<OrderRow[]>`
    SELECT ${ORDER_COLUMNS} FROM orders o JOIN merchant m ON m.id = o.merchant_id
     WHERE o.owed_at IS NOT NULL AND (${scope}::uuid IS NULL OR o.merchant_id = ${scope}::uuid)
     ORDER BY o.paid_at, o.id LIMIT ${size + 1}::int OFFSET ${(page - 1) * size}::int`;
  return toPage(rows, page, size);
}
