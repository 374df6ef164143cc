import { limits } from "@/lib/kernel/limits";
import { merchantScope, type Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";
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

/** Something that happened to an order; `kind` has a sentence in the messages, `facts` fill it in. Never a secret. */
export interface TimelineRow {
  readonly at: Date;
  readonly kind: "placed" | "changed" | "attempt" | "event" | "ledger" | "mail" | "reveal";
  readonly facts: Readonly<Record<string, string | number | null>>;
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
 * reads no ciphertext and no raw notice.
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
  const [lines, timeline] = await Promise.all([readLines(db, orderId), readTimeline(db, orderId)]);
  const placed: TimelineRow = { at: head.createdAt, kind: "placed", facts: {} };
  return { ...head, lines, timeline: [placed, ...timeline] };
}

const readLines = (db: Db, orderId: string): Promise<OrderLineRow[]> =>
  db.$queryRaw`
    SELECT l.line, v.sku, v.id AS "variantId", p.id AS "productId", p.title_zh || ' · ' || v.title_zh AS "titleZh",
           p.title_en || ' · ' || v.title_en AS "titleEn", l.quantity, l.unit_price_minor AS "unitPriceMinor"
      FROM order_line l JOIN variant v ON v.id = l.variant_id JOIN product p ON p.id = v.product_id
     WHERE l.order_id = ${orderId}::uuid ORDER BY l.line`;

/** Numbers of a gateway are cut to their ends: enough to compare, too little to look up elsewhere. */
const readTimeline = (db: Db, orderId: string): Promise<TimelineRow[]> =>
  db.$queryRaw`
    WITH happened AS (
      SELECT at, 'changed' AS kind, id AS seq, jsonb_build_object('fromStatus', from_status, 'toStatus', to_status,
             'fromException', from_exception, 'toException', to_exception, 'reason', reason) AS facts
        FROM order_event WHERE order_id = ${orderId}::uuid
      UNION ALL
      SELECT created_at, 'attempt', 0, jsonb_build_object('account', account_id, 'outTradeNo', left(out_trade_no, 4) || '…' || right(out_trade_no, 4),
             'amountMinor', amount_minor::text, 'currency', currency)
        FROM payment_attempt WHERE order_id = ${orderId}::uuid
      UNION ALL
      SELECT received_at, 'event', 0, jsonb_build_object('account', account_id, 'source', source, 'verdict', verdict,
             'tradeNo', left(gateway_trade_number, 2) || '…' || right(gateway_trade_number, 4), 'amountMinor', amount_minor::text, 'currency', currency)
        FROM payment_event WHERE order_id = ${orderId}::uuid AND amount_minor IS NOT NULL
      UNION ALL
      SELECT created_at, 'ledger', id, jsonb_build_object('entry', id::text, 'entryKind', kind, 'cards', cardinality(card_ids))
        FROM stock_entry WHERE order_id = ${orderId}::uuid
      UNION ALL
      SELECT coalesce(sent_at, created_at), 'mail', 0, jsonb_build_object('mailKind', kind, 'mailStatus', status, 'attempts', attempts)
        FROM mail WHERE order_id = ${orderId}::uuid
      UNION ALL
      SELECT at, 'reveal', id, jsonb_build_object('by', actor_kind, 'cards', cardinality(card_ids))
        FROM reveal_record WHERE order_id = ${orderId}::uuid)
    SELECT at, kind, facts FROM happened ORDER BY at, kind, seq LIMIT ${limits.timelineRowsMax}::int`;
