import { Prisma } from "@/lib/generated/prisma/client";
import { limits } from "@/lib/kernel/limits";
import { merchantScope, type Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";
import type { ReplacementReason, ReplacementState } from "./rules";
import type { ReplacementListQuery } from "./schema";

interface Reads {
  readonly db: Db;
}

/** A replacement as its merchant and the platform see it; no card text. */
export interface ReplacementRow {
  readonly id: string;
  readonly orderId: string;
  readonly orderNumber: string;
  readonly position: number;
  readonly status: ReplacementState;
  readonly reason: ReplacementReason;
  readonly note: string;
  readonly isGoodwill: boolean;
  readonly batchId: string;
  readonly batchNumber: bigint;
  readonly newBatchNumber: bigint | null;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly requestedAt: Date;
  readonly doneAt: Date | null;
  readonly byKind: "merchant" | "admin";
  /** Told to admins, and to merchants of their own people. */
  readonly email: string | null;
}

const rowsOf = (db: Db, viewer: Viewer, where: Prisma.Sql, page: Prisma.Sql): Promise<ReplacementRow[]> => {
  const scope = merchantScope(viewer);
  return db.$queryRaw`
    SELECT r.id, r.order_id AS "orderId", o.number AS "orderNumber", r.position, r.status, r.reason, r.note, r.is_goodwill AS "isGoodwill",
           b.id AS "batchId", b.number AS "batchNumber", nb.number AS "newBatchNumber", p.title_zh || ' · ' || v.title_zh AS "titleZh",
           p.title_en || ' · ' || v.title_en AS "titleEn", r.requested_at AS "requestedAt", r.done_at AS "doneAt", r.requested_by_kind AS "byKind",
           CASE WHEN ${scope}::uuid IS NULL OR u.merchant_id = ${scope}::uuid THEN u.email END AS email
      FROM replacement r
      JOIN orders o ON o.id = r.order_id
      JOIN batch b ON b.id = r.old_batch_id
      JOIN variant v ON v.id = r.variant_id JOIN product p ON p.id = v.product_id
      LEFT JOIN card n ON n.id = r.new_card_id LEFT JOIN batch nb ON nb.id = n.batch_id
      LEFT JOIN app_user u ON u.id = r.requested_by
     WHERE ${where} AND (${scope}::uuid IS NULL OR r.merchant_id = ${scope}::uuid)
     ORDER BY r.id DESC ${page}`;
};

/** The viewer's replacements, the newest first. */
export async function listReplacements({ db }: Reads, viewer: Viewer, { status, page }: ReplacementListQuery) {
  const size = limits.listRowsPerPage;
  const where = status ? Prisma.sql`r.status = ${status}` : Prisma.sql`TRUE`;
  const paging = Prisma.sql`LIMIT ${size + 1}::int OFFSET ${(page - 1) * size}::int`;
  const rows = await rowsOf(db, viewer, where, paging);
  return { rows: rows.slice(0, size), page, hasMore: rows.length > size };
}

/** Those of one order. */
export const listReplacementsOf = ({ db }: Reads, viewer: Viewer, orderId: string): Promise<ReplacementRow[]> =>
  rowsOf(db, viewer, Prisma.sql`r.order_id = ${orderId}::uuid`, Prisma.sql`LIMIT ${limits.orderQuantityMax}::int`);

/** What the buyer is told of a replacement. */
export interface BuyersReplacement {
  readonly position: number;
  readonly status: "waiting" | "done";
  readonly at: Date;
}

/** The replacements of an order, for callers that have established who asks, in the order of its cards. */
export const findBuyersReplacements = ({ db }: Reads, orderId: string): Promise<BuyersReplacement[]> =>
  db.$queryRaw`
    SELECT position, status, coalesce(done_at, requested_at) AS at FROM replacement
     WHERE order_id = ${orderId}::uuid AND status <> 'cancelled' ORDER BY position, requested_at, id`;

/** What was promised of one line of an order. */
export interface PromisedWarranty {
  readonly titleZh: string;
  readonly titleEn: string;
  /** The shortest of the batches that its cards are from; null where nothing is promised. */
  readonly hours: number | null;
  readonly countMax: number;
  readonly used: number;
  readonly deliveredAt: Date;
  readonly isOver: boolean;
}

/** The warranties of a delivered order, a row for each of its lines that has one; for callers that have established who asks. */
export const findWarranties = ({ db }: Reads, orderId: string): Promise<PromisedWarranty[]> =>
  db.$queryRaw`
    SELECT p.title_zh || ' · ' || v.title_zh AS "titleZh", p.title_en || ' · ' || v.title_en AS "titleEn", w.hours,
           least(coalesce(v.warranty_count, l.quantity), l.quantity)::int AS "countMax",
           (SELECT count(*)::int FROM replacement r WHERE r.order_id = o.id AND r.variant_id = v.id AND r.status <> 'cancelled') AS used,
           o.delivered_at AS "deliveredAt", o.delivered_at + make_interval(hours => w.hours) <= clock_timestamp() AS "isOver"
      FROM orders o
      JOIN order_line l ON l.order_id = o.id
      JOIN variant v ON v.id = l.variant_id JOIN product p ON p.id = v.product_id
      CROSS JOIN LATERAL (
        SELECT min(coalesce(b.warranty_days * 24, v.warranty_hours)) AS hours
          FROM batch b WHERE b.id IN (SELECT c.batch_id FROM card c WHERE c.id = ANY (o.card_ids) AND c.variant_id = v.id)) w
     WHERE o.id = ${orderId}::uuid AND o.status = 'delivered' AND w.hours > 0
     ORDER BY l.line`;
