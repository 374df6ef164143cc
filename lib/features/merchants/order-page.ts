import { merchantScope, type Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";
import { readTimeline, type TimelineRow } from "./order-timeline";
import { ORDER_COLUMNS, type OrderRow } from "./orders";

interface Reads {
  readonly db: Db;
}

export interface OrderLineRow {
  readonly line: number;
  readonly sku: string;
  readonly variantId: string;
  readonly productId: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly quantity: number;
  readonly unitPriceMinor: bigint;
}

interface Head extends OrderRow {
  readonly merchantId: string;
  readonly locale: string;
  readonly deadlineAt: Date;
  readonly paidMinor: bigint;
  readonly paymentCount: number;
  readonly cardCount: number;
  /** Expired, and by *deduct on order* it still keeps its cards until somebody releases them. */
  readonly isReleasable: boolean;
}

export interface OrderPage extends Head {
  readonly lines: readonly OrderLineRow[];
  readonly timeline: readonly TimelineRow[];
}

/**
 * One order with everything that ever happened to it on one time line, or null when it is not there for this viewer. It
 * reads no ciphertext.
 */
export async function findOrderPage({ db }: Reads, viewer: Viewer, orderId: string): Promise<OrderPage | null> {
  const scope = merchantScope(viewer);
  const [head] = await db.$queryRaw<Head[]>`
    SELECT ${ORDER_COLUMNS}, o.merchant_id AS "merchantId", o.locale, o.deadline_at AS "deadlineAt", o.paid_minor AS "paidMinor",
           o.payment_count AS "paymentCount", cardinality(o.card_ids) AS "cardCount",
           o.status = 'expired' AND o.stock_policy = 'deduct_on_order' AND o.card_ids <> '{}' AS "isReleasable"
      FROM orders o JOIN merchant m ON m.id = o.merchant_id
     WHERE o.id = ${orderId}::uuid AND (${scope}::uuid IS NULL OR o.merchant_id = ${scope}::uuid)`;
  if (!head) return null;
  const [lines, timeline] = await Promise.all([readLines(db, orderId), readTimeline(db, viewer, orderId)]);
  const placed: TimelineRow = { at: head.createdAt, kind: "placed", facts: {} };
  return { ...head, lines, timeline: [placed, ...timeline] };
}

const readLines = (db: Db, orderId: string): Promise<OrderLineRow[]> =>
  db.$queryRaw`
    SELECT l.line, v.sku, v.id AS "variantId", p.id AS "productId", p.title_zh || ' · ' || v.title_zh AS "titleZh",
           p.title_en || ' · ' || v.title_en AS "titleEn", l.quantity, l.unit_price_minor AS "unitPriceMinor"
      FROM order_line l JOIN variant v ON v.id = l.variant_id JOIN product p ON p.id = v.product_id
     WHERE l.order_id = ${orderId}::uuid ORDER BY l.line`;
