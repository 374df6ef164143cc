import { Prisma } from "@/lib/generated/prisma/client";
import { type EvidenceField, readEvidence } from "@/lib/kernel/evidence";
import { limits } from "@/lib/kernel/limits";
import type { Db } from "@/lib/platform/db";
import type { FindingHead } from "./find-finding";

/** What can be on a finding's time line beside what happened to its order. */
export type StoryKind = "notice" | "statement" | "card" | "outbox" | "replacement" | "audit" | "finding";

/** One of them; `facts` fill in a sentence of the messages. Never a secret. */
export interface StoryRow {
  readonly at: Date;
  readonly kind: StoryKind;
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
  readonly number: string | null;
  /** What the gateway sent, without what signed it; null where there is none. */
  readonly fields: readonly EvidenceField[] | null;
}

type Row = Omit<StoryRow, "fields"> & { readonly raw: string | null };
const sql = Prisma.sql;

/** What a gateway told that led to no order; of an order's own, its time line tells. */
const notices = sql`
  SELECT e.received_at AS at, 'notice' AS kind, 0 AS seq,
         jsonb_build_object('account', e.account_id, 'source', e.source, 'verdict', e.verdict, 'told', e.kind,
                            'amountMinor', e.amount_minor::text, 'currency', e.currency) AS facts,
         coalesce(e.gateway_trade_number, e.gateway_refund_number, e.dispute_number, e.out_trade_no) AS number, e.raw
    FROM asked JOIN payment_event e ON e.id = asked.event_id AND e.order_id IS DISTINCT FROM asked.order_id`;

/** The gateway's own books, by any number that is the order's or the finding's: each by its index. */
const statements = sql`
  SELECT s.occurred_at, 'statement', 0,
         jsonb_build_object('account', s.account_id, 'rowKind', s.kind, 'amountMinor', s.amount_minor::text, 'currency', s.currency,
                            'status', s.status, 'line', s.line, 'file', s.file_id::text),
         nullif(s.gateway_trade_number, ''), NULL
    FROM (SELECT s.file_id, s.line, s.kind FROM numbers n JOIN statement_row s ON s.account_id = n.account_id AND s.gateway_trade_number = n.number
          UNION
          SELECT s.file_id, s.line, s.kind FROM numbers n JOIN statement_row s ON s.account_id = n.account_id AND s.out_trade_no = n.ours) k
    JOIN statement_row s ON s.file_id = k.file_id AND s.line = k.line AND s.kind = k.kind`;

const goods = sql`
  SELECT c.delivered_at, 'card', 1, jsonb_build_object('tail', right(c.id::text, 6), 'sku', v.sku, 'batch', b.number::text, 'status', c.status), NULL, NULL
    FROM asked CROSS JOIN LATERAL unnest(asked.card_ids) AS x (id)
    JOIN card c ON c.id = x.id JOIN variant v ON v.id = c.variant_id JOIN batch b ON b.id = c.batch_id WHERE c.delivered_at IS NOT NULL
  UNION ALL
  SELECT r.requested_at, 'replacement', 1, jsonb_build_object('position', r.position, 'reason', r.reason, 'status', r.status, 'note', r.note), NULL, NULL
    FROM asked JOIN replacement r ON r.order_id = asked.order_id
  UNION ALL
  SELECT x.created_at, 'outbox', 2, jsonb_build_object('event', x.kind, 'isDrained', x.drained_at IS NOT NULL), NULL, NULL
    FROM asked JOIN outbox x ON x.order_id = asked.order_id`;

/** What people did about any of it. */
const people = sql`
  SELECT a.at, 'audit', 3, jsonb_build_object('action', a.action, 'who', coalesce(u.email, a.actor_kind), 'detail', a.detail::text), NULL, NULL
    FROM asked JOIN audit_event a ON a.subject_id = ANY (ARRAY[asked.order_id::text, asked.product_id::text, asked.event_id::text, asked.subject])
    LEFT JOIN app_user u ON u.id = a.actor_id
  UNION ALL
  SELECT e.at, 'finding', 4, e.detail || jsonb_build_object('what', e.kind, 'who', u.email, 'note', e.note, 'to', t.email), NULL, NULL
    FROM asked JOIN finding_event e ON e.finding_id = asked.id LEFT JOIN app_user u ON u.id = e.actor_id
    LEFT JOIN app_user t ON e.kind = 'assigned' AND t.id::text = e.detail ->> 'to'`;

/**
 * Everything that belongs to a finding and is not on its order's own time line, the oldest first; the caller has found it. An admin's
 * reading: whole numbers, and what gateways sent without what signed it.
 */
export async function readFindingStory(
  db: Db,
  finding: FindingHead,
  cardIds: readonly string[],
): Promise<readonly StoryRow[]> {
  const { id, orderId, eventId, productId, accountId, subject, searchKeys } = finding;
  const rows = await db.$queryRaw<Row[]>`
    WITH asked AS MATERIALIZED (
      SELECT ${id}::uuid AS id, ${orderId}::uuid AS order_id, ${eventId}::uuid AS event_id, ${productId}::uuid AS product_id, ${subject}::text AS subject,
             ${[...cardIds]}::uuid[] AS card_ids),
    numbers AS MATERIALIZED (
      SELECT a.account_id, p.gateway_trade_number AS number, a.out_trade_no AS ours
        FROM asked JOIN payment_attempt a ON a.order_id = asked.order_id LEFT JOIN payment p ON p.order_id = a.order_id AND p.attempt_id = a.id
      UNION SELECT e.account_id, e.gateway_trade_number, e.out_trade_no FROM asked JOIN payment_event e ON e.id = asked.event_id
      UNION SELECT ${accountId}::text, k, k FROM unnest(${[...searchKeys]}::text[]) AS k WHERE ${accountId}::text IS NOT NULL),
    happened AS (${notices} UNION ALL ${statements} UNION ALL ${goods} UNION ALL ${people})
    SELECT at, kind, facts, number, raw FROM happened ORDER BY at, seq, kind LIMIT ${limits.timelineRowsMax}::int`;
  return rows.map(({ raw, ...row }) => ({ ...row, fields: raw === null ? null : readEvidence(raw) }));
}
