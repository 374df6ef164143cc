import type { Db } from "@/lib/platform/db";
import type { PaymentVerdict } from "./rules";
import type { ReceivedMoney, RefundMethod } from "./tell-order";

/** Something that happened to an order and that its buyer should read; no number of a gateway is in it. */
export interface StoryRow {
  readonly at: Date;
  readonly kind:
    | "placed"
    | "expired"
    | "cancelled"
    | "paid"
    | "owed"
    | "promised"
    | "chosen_card_gone"
    | "delivered"
    | "replaced"
    | "refund_asked"
    | "refund_done"
    | "refund_failed"
    | "refund_cancelled"
    | "dispute_opened"
    | "dispute_won"
    | "dispute_lost";
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
  /** Of money that came in: what it was to the order. */
  readonly verdict: PaymentVerdict | null;
  /** Of money that went back: by which way. */
  readonly method: RefundMethod | null;
  /** The way to pay by the name that the shop gives it. */
  readonly titleZh: string | null;
  readonly titleEn: string | null;
  readonly isLate: boolean;
}

export interface OrderStory {
  readonly rows: readonly StoryRow[];
  readonly money: readonly ReceivedMoney[];
}

interface Reads {
  readonly db: Db;
}

/** Everything about an order's money from its first moment, for callers that have established who asks. */
export async function findOrderStory({ db }: Reads, orderId: string): Promise<OrderStory> {
  const [rows, money] = await Promise.all([readRows(db, orderId), readMoney(db, orderId)]);
  return { rows, money };
}

/** A deadline that passed unpaid is told with the time that it had, whoever noticed it and when. */
const readRows = (db: Db, orderId: string): Promise<StoryRow[]> =>
  db.$queryRaw`
    WITH o AS (SELECT * FROM orders WHERE id = ${orderId}::uuid),
    happened (at, seq, kind, amount, currency, verdict, method, zh, en, late) AS (
      SELECT created_at, 0, 'placed', total_minor, currency, NULL::text, NULL::text, NULL::text, NULL::text, false FROM o
      UNION ALL
      SELECT deadline_at, 1, 'expired', NULL, NULL, NULL, NULL, NULL, NULL, false FROM o
       WHERE (status = 'pending' AND deadline_at <= clock_timestamp())
          OR EXISTS (SELECT 1 FROM order_event e WHERE e.order_id = o.id AND e.to_status = 'expired' AND e.from_status = 'pending')
      UNION ALL
      SELECT e.at, 2, CASE WHEN e.reason LIKE 'cancelled_by_%' THEN 'cancelled' WHEN e.reason = 'no_stock' THEN 'owed' ELSE e.reason END,
             NULL, NULL, NULL, NULL, NULL, NULL, false
        FROM order_event e JOIN o ON o.id = e.order_id
       WHERE e.reason LIKE 'cancelled_by_%' OR e.reason IN ('no_stock', 'promised', 'chosen_card_gone', 'dispute_opened', 'dispute_won', 'dispute_lost')
      UNION ALL
      SELECT p.received_at, 1, 'paid', p.amount_minor, p.currency, p.verdict, NULL, g.title_zh, g.title_en, p.received_at > o.deadline_at
        FROM payment p JOIN o ON o.id = p.order_id LEFT JOIN gateway_account g ON g.id = p.account_id
      UNION ALL
      SELECT delivered_at, 3, 'delivered', NULL, NULL, NULL, NULL, NULL, NULL, false FROM o WHERE delivered_at IS NOT NULL
      UNION ALL
      SELECT r.done_at, 3, 'replaced', NULL, NULL, NULL, NULL, NULL, NULL, false FROM replacement r JOIN o ON o.id = r.order_id WHERE r.status = 'done'
      UNION ALL
      SELECT r.created_at, 4, 'refund_asked', r.amount_minor, p.currency, NULL, r.method, NULL, NULL, false
        FROM refund r JOIN o ON o.id = r.order_id JOIN payment p ON p.id = r.payment_id WHERE r.method = 'source'
      UNION ALL
      SELECT coalesce(r.finished_at, r.created_at), 5,
             CASE WHEN r.status = 'succeeded' THEN 'refund_done' WHEN r.failure = 'cancelled_by_admin' THEN 'refund_cancelled' ELSE 'refund_failed' END,
             r.amount_minor, p.currency, NULL, r.method, NULL, NULL, false
        FROM refund r JOIN o ON o.id = r.order_id JOIN payment p ON p.id = r.payment_id WHERE r.status IN ('succeeded', 'failed'))
    SELECT at, kind, amount AS "amountMinor", currency, verdict, method, zh AS "titleZh", en AS "titleEn", late AS "isLate"
      FROM happened ORDER BY at, seq LIMIT 100`;

/** Every payment with what became of it: what is on its way back, and what is back. */
const readMoney = (db: Db, orderId: string): Promise<ReceivedMoney[]> =>
  db.$queryRaw`
    SELECT p.verdict, p.amount_minor AS "amountMinor", p.currency, p.id = o.settled_payment_id AS "isSettling",
           coalesce(sum(r.amount_minor) FILTER (WHERE r.status IN ('requested', 'processing')), 0)::bigint AS "underWayMinor",
           coalesce(sum(r.amount_minor) FILTER (WHERE r.status = 'succeeded'), 0)::bigint AS "returnedMinor",
           coalesce((array_agg(r.status ORDER BY r.created_at DESC, r.id DESC))[1] = 'failed'
                      AND (array_agg(r.failure ORDER BY r.created_at DESC, r.id DESC))[1] IS DISTINCT FROM 'cancelled_by_admin', false) AS "isRefundFailed",
           (array_agg(r.method ORDER BY r.created_at DESC, r.id DESC) FILTER (WHERE r.status = 'succeeded'))[1] AS "returnedBy"
      FROM payment p JOIN orders o ON o.id = p.order_id LEFT JOIN refund r ON r.payment_id = p.id
     WHERE p.order_id = ${orderId}::uuid GROUP BY p.id, o.settled_payment_id ORDER BY p.received_at, p.id`;
