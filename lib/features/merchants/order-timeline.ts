import { Prisma } from "@/lib/generated/prisma/client";
import { type EvidenceField, readEvidence } from "@/lib/kernel/evidence";
import { limits } from "@/lib/kernel/limits";
import type { Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";

/** What can happen to an order, in the words of the messages. */
export type TimelineKind =
  | "placed"
  | "changed"
  | "attempt"
  | "opening"
  | "event"
  | "payment"
  | "refund_asked"
  | "refund_told"
  | "refund_over"
  | "dispute"
  | "ledger"
  | "mail"
  | "reveal";

/** The kinds that tell of money. */
export const MONEY_KINDS: readonly TimelineKind[] = [
  "attempt",
  "opening",
  "event",
  "payment",
  "refund_asked",
  "refund_told",
  "refund_over",
  "dispute",
  "mail",
];

/** Something that happened to an order; `kind` has a sentence in the messages, `facts` fill it in. Never a secret. */
export interface TimelineRow {
  readonly at: Date;
  readonly kind: TimelineKind;
  readonly facts: Readonly<Record<string, string | number | null>>;
  /** A number of ours or the gateway's that an admin may want whole; null for everybody else. */
  readonly number?: string | null;
  /** What the gateway sent, for admins: its fields without what signed them. Absent where there is none. */
  readonly fields?: readonly EvidenceField[] | null;
}

type Row = Omit<TimelineRow, "fields"> & { readonly raw: string | null };

/** Enough of a number to compare, too little to look it up elsewhere. */
const ends = (column: Prisma.Sql): Prisma.Sql => Prisma.sql`left(${column}, 4) || '…' || right(${column}, 4)`;
const sql = Prisma.sql;

const money = sql`
  SELECT a.created_at AS at, 'attempt' AS kind, 0 AS seq, jsonb_build_object('account', a.account_id, 'short', ${ends(sql`a.out_trade_no`)},
         'amountMinor', a.amount_minor::text, 'currency', a.currency, 'queries', a.query_count) AS facts, a.out_trade_no AS number, NULL AS raw
    FROM asked JOIN payment_attempt a ON a.order_id = asked.id
  UNION ALL
  SELECT p.opened_at, 'opening', 0, jsonb_build_object('account', a.account_id, 'short', ${ends(sql`coalesce(p.gateway_trade_number, '')`)},
         'shown', p.presentation ->> 'kind'), p.gateway_trade_number, NULL
    FROM asked JOIN payment_attempt a ON a.order_id = asked.id JOIN payment_opening p ON p.attempt_id = a.id
  UNION ALL
  SELECT e.received_at, CASE e.kind WHEN 'refund' THEN 'refund_told' WHEN 'dispute' THEN 'dispute' ELSE 'event' END, 0,
         jsonb_build_object('account', e.account_id, 'source', e.source, 'verdict', e.verdict, 'state', e.state,
           'short', ${ends(sql`coalesce(e.gateway_refund_number, e.dispute_number, e.gateway_trade_number, e.refund_number, '')`)},
           'amountMinor', e.amount_minor::text, 'currency', e.currency),
         coalesce(e.gateway_refund_number, e.dispute_number, e.gateway_trade_number, e.refund_number), e.raw
    FROM asked JOIN payment_event e ON e.order_id = asked.id
  UNION ALL
  SELECT p.received_at, 'payment', 1, jsonb_build_object('account', p.account_id, 'verdict', p.verdict, 'short', ${ends(sql`p.gateway_trade_number`)},
         'amountMinor', p.amount_minor::text, 'currency', p.currency), p.gateway_trade_number, NULL
    FROM asked JOIN payment p ON p.order_id = asked.id
  UNION ALL
  SELECT r.created_at, 'refund_asked', 0, jsonb_build_object('method', r.method, 'by', r.requested_by_kind, 'who', CASE WHEN asked.is_admin THEN u.email END,
         'amountMinor', r.amount_minor::text, 'currency', p.currency, 'short', ${ends(sql`r.refund_no`)},
         'reference', CASE WHEN asked.is_admin THEN r.outside_reference END), r.refund_no, NULL
    FROM asked JOIN refund r ON r.order_id = asked.id JOIN payment p ON p.id = r.payment_id LEFT JOIN app_user u ON u.id = r.requested_by
  UNION ALL
  SELECT r.finished_at, 'refund_over', 1, jsonb_build_object('status', r.status, 'failure', r.failure, 'amountMinor', r.amount_minor::text,
         'currency', p.currency, 'short', ${ends(sql`coalesce(r.gateway_refund_number, r.refund_no)`)}), coalesce(r.gateway_refund_number, r.refund_no), NULL
    FROM asked JOIN refund r ON r.order_id = asked.id JOIN payment p ON p.id = r.payment_id WHERE r.finished_at IS NOT NULL AND r.method = 'source'
  UNION ALL
  SELECT coalesce(m.sent_at, m.created_at), 'mail', 2, jsonb_build_object('mailKind', m.kind, 'mailStatus', m.status, 'attempts', m.attempts), NULL, NULL
    FROM asked JOIN mail m ON m.order_id = asked.id`;

const goods = sql`
  SELECT v.at, 'changed', v.id, jsonb_build_object('fromStatus', v.from_status, 'toStatus', v.to_status,
         'fromException', v.from_exception, 'toException', v.to_exception, 'reason', v.reason), NULL, NULL
    FROM asked JOIN order_event v ON v.order_id = asked.id
  UNION ALL
  SELECT s.created_at, 'ledger', s.id, jsonb_build_object('entry', s.id::text, 'entryKind', s.kind, 'cards', cardinality(s.card_ids)), NULL, NULL
    FROM asked JOIN stock_entry s ON s.order_id = asked.id
  UNION ALL
  SELECT r.at, 'reveal', r.id, jsonb_build_object('by', r.actor_kind, 'cards', cardinality(r.card_ids)), NULL, NULL
    FROM asked JOIN reveal_record r ON r.order_id = asked.id`;

/**
 * Everything that ever happened to an order, the oldest first; the caller has established that the viewer may see it. Whole numbers and what
 * gateways sent are for admins: for everybody else a number is cut to its ends, and no raw text is read.
 */
export async function readTimeline(db: Db, viewer: Viewer, orderId: string): Promise<TimelineRow[]> {
  const isAdmin = viewer.kind === "admin";
  const rows = await db.$queryRaw<Row[]>`
    WITH asked AS (SELECT ${orderId}::uuid AS id, ${isAdmin}::boolean AS is_admin), happened AS (${money} UNION ALL ${goods})
    SELECT at, kind, facts, CASE WHEN asked.is_admin THEN number END AS number, CASE WHEN asked.is_admin THEN raw END AS raw
      FROM happened, asked ORDER BY at, seq, kind LIMIT ${limits.timelineRowsMax}::int`;
  return rows.map(({ raw, ...row }) => (raw === null ? row : { ...row, fields: readEvidence(raw) }));
}
