import { Prisma } from "@/lib/generated/prisma/client";
import type { RowWindow } from "../window";
import { type Check, type CheckContext, iso, NO_ID, NO_TEXT, type Reading } from "./check";
import { KEPT_FILE } from "./payments";

/** The trades that are asked about; none where lines of a file are. */
const asked: Reading<RowWindow> = (rows) => {
  const trades = "trades" in rows ? rows.trades : [];
  return Prisma.sql`
  asked AS MATERIALIZED (
    SELECT * FROM unnest(${trades.map(({ accountId }) => accountId)}::text[], ${trades.map(({ tradeNumber }) => tradeNumber)}::text[],
                         ${trades.map(({ outTradeNo }) => outTradeNo)}::text[]) AS t (account_id, trade, out_trade_no))`;
};

/** Rows of one kind; those of files that are not kept do not count. */
function rowsOf(rows: RowWindow, kind: "payment" | "refund", { merchantId }: CheckContext): Prisma.Sql {
  const where =
    "fileId" in rows
      ? Prisma.sql`r.file_id = ${rows.fileId}::uuid AND r.line > ${rows.afterLine}::int AND r.line <= ${rows.untilLine}::int AND r.kind = ${kind}`
      : Prisma.sql`r.kind = ${kind} AND EXISTS (SELECT 1 FROM asked t WHERE t.account_id = r.account_id AND t.trade = r.gateway_trade_number
                                             AND (t.trade <> '' OR t.out_trade_no = r.out_trade_no))
         AND (r.account_id, r.gateway_trade_number) IN (SELECT t.account_id, t.trade FROM asked t)`;
  const ofShop = merchantId === null ? Prisma.sql`true` : Prisma.sql`g.merchant_id = ${merchantId}::uuid`;
  return Prisma.sql`
    SELECT r.account_id, r.gateway_trade_number AS trade, r.part, r.out_trade_no, r.refund_number, r.gateway_refund_number, r.amount_minor, r.currency,
           r.occurred_at, r.status, r.file_id, r.line, g.gateway, g.merchant_id
      FROM statement_row r JOIN statement_file s ON s.id = r.file_id AND ${KEPT_FILE}
      LEFT JOIN gateway_account g ON g.id = r.account_id
     WHERE ${where} AND ${ofShop}`;
}
const receipts: Reading<RowWindow> = (rows, context) =>
  Prisma.sql`receipt AS MATERIALIZED (${rowsOf(rows, "payment", context)})`;
const returns: Reading<RowWindow> = (rows, context) =>
  Prisma.sql`returned AS MATERIALIZED (${rowsOf(rows, "refund", context)})`;

const KEYS = Prisma.sql`array_remove(ARRAY[nullif(r.trade, ''), r.out_trade_no, r.refund_number, r.gateway_refund_number], NULL)`;
const DETAIL = Prisma.sql`'tradeNumber', r.trade, 'part', r.part, 'outTradeNo', r.out_trade_no, 'amountMinor', r.amount_minor::text, 'currency', r.currency,
  'occurredAt', ${iso("r.occurred_at")}, 'fileId', r.file_id::text, 'line', r.line::text`;
const SUBJECT = Prisma.sql`concat_ws('/', r.account_id, r.trade, r.part, CASE WHEN r.trade = '' THEN r.out_trade_no END)`;
const LOOK = Prisma.sql`concat_ws('/', r.amount_minor, r.currency, r.out_trade_no)`;

/** A person has this money before them already, or has dealt with it, under the name of the notice that told of it. */
const TOLD = Prisma.sql`EXISTS (
  SELECT 1 FROM payment_event e JOIN finding f ON f.event_id = e.id
   WHERE e.gateway_trade_number = r.trade AND e.account_id = r.account_id AND e.verdict IS DISTINCT FROM 'settled' AND r.trade <> '' OFFSET 0)`;

/** The same of a refund: its own notice, or an answer of the gateway's, has put it before a person. */
const TOLD_OF_REFUND = Prisma.sql`EXISTS (
  SELECT 1 FROM payment_event e JOIN finding f ON f.event_id = e.id AND f.kind = 'refunded_outside'
   WHERE e.gateway_trade_number = r.trade AND e.account_id = r.account_id AND e.verdict IS DISTINCT FROM 'settled' AND r.trade <> ''
     AND (e.gateway_refund_number IS NULL OR r.gateway_refund_number IS NULL OR e.gateway_refund_number = r.gateway_refund_number))`;

const unknownMoney: Reading<RowWindow> = () => Prisma.sql`
      unknown AS MATERIALIZED (
        SELECT r.* FROM receipt r
         WHERE NOT EXISTS (SELECT 1 FROM payment p WHERE p.account_id = r.account_id AND p.gateway_trade_number = r.trade OFFSET 0)
           AND r.gateway IS NOT NULL AND r.occurred_at < now() - interval '5 minutes'
           AND NOT EXISTS (SELECT 1 FROM test_payment t WHERE t.account_id = r.account_id AND t.out_trade_no = r.out_trade_no OFFSET 0) AND NOT ${TOLD}),
      judged AS MATERIALIZED (
        SELECT r.*, a.order_id, q.payments, q.elsewhere
          FROM unknown r LEFT JOIN payment_attempt a ON a.account_id = r.account_id AND a.out_trade_no = r.out_trade_no
          LEFT JOIN LATERAL (
            SELECT count(*) AS payments,
                   count(*) FILTER (WHERE EXISTS (SELECT 1 FROM statement_row t WHERE t.account_id = p.account_id AND t.gateway_trade_number = p.gateway_trade_number
                                                                                AND t.kind = 'payment')) AS elsewhere
              FROM payment p WHERE p.order_id = a.order_id AND p.account_id = r.account_id AND p.attempt_id = a.id) q ON true)`;

/**
 * Money in the gateway's books that the shop never heard of. Looked for by the trade's number; then by ours: where the payment of that
 * number is in the books under a number of its own, this is a second one; where it is not, both are the same.
 */
const gatewayOnly: Check<RowWindow> = {
  kinds: ["gateway_only", "duplicate_payment"],
  reads: [asked, receipts, unknownMoney],
  found: () => Prisma.sql`
      SELECT CASE WHEN coalesce(r.payments, 0) > 0 THEN 'duplicate_payment' ELSE 'gateway_only' END, ${SUBJECT}, r.order_id, ${NO_ID}, r.merchant_id, r.account_id,
             r.amount_minor, r.currency, ${LOOK}, jsonb_build_object(${DETAIL}, 'isOurNumber', (r.order_id IS NOT NULL)::text), ${KEYS}
        FROM judged r
       -- The payment of our number is in no row of its own: this row is it, under another number of the gateway's.
       WHERE coalesce(r.payments, 0) = coalesce(r.elsewhere, 0)`,
};

const placedReturns: Reading<RowWindow> = () => Prisma.sql`
      placed AS MATERIALIZED (
        SELECT r.*, p.id AS payment_id, coalesce(p.order_id, a.order_id) AS order_id
          FROM returned r LEFT JOIN payment p ON p.account_id = r.account_id AND p.gateway_trade_number = r.trade
          LEFT JOIN payment_attempt a ON a.account_id = r.account_id AND a.out_trade_no = r.out_trade_no
         WHERE r.gateway IS NOT NULL AND NOT ${TOLD_OF_REFUND}
           AND NOT EXISTS (SELECT 1 FROM test_payment t WHERE t.account_id = r.account_id AND (t.refund_number = r.refund_number OR t.out_trade_no = r.out_trade_no)))`;

/** A refund in the gateway's books that no refund of ours answers to: given back at the gateway's own desk, or by whoever has its keys. */
const refundMissing: Check<RowWindow> = {
  kinds: ["refund_missing_local"],
  reads: [asked, returns, placedReturns],
  found: () => Prisma.sql`
      SELECT 'refund_missing_local', ${SUBJECT}, r.order_id, ${NO_ID}, r.merchant_id, r.account_id, r.amount_minor, r.currency, ${LOOK},
             jsonb_build_object(${DETAIL}, 'refundNumber', r.refund_number, 'gatewayRefundNumber', r.gateway_refund_number), ${KEYS}
        FROM placed r
       WHERE NOT EXISTS (
         SELECT 1 FROM refund x
          WHERE x.order_id = r.order_id AND (r.payment_id IS NULL OR x.payment_id = r.payment_id)
            AND (x.refund_no = r.refund_number OR x.gateway_refund_number = r.gateway_refund_number
                 OR x.outside_reference IN (r.refund_number, r.gateway_refund_number)
                 -- A sum alone says so only of a refund that no other row names.
                 OR (x.amount_minor = r.amount_minor AND x.status <> 'failed' AND NOT EXISTS (
                   SELECT 1 FROM statement_row b WHERE b.account_id = r.account_id AND b.gateway_trade_number = r.trade AND b.kind = 'refund' AND b.part <> r.part
                      AND (b.refund_number = x.refund_no OR b.gateway_refund_number = x.gateway_refund_number)))))`,
};

const oddRows: Reading<RowWindow> = () => Prisma.sql`
      odd AS MATERIALIZED (
        SELECT h.*, CASE WHEN h.gateway IS NULL THEN 'foreign_account'
                         WHEN h.occurred_at > now() + interval '1 day' THEN 'future'
                         WHEN coalesce(t.occurred_at, p.received_at) > h.occurred_at + interval '1 hour' THEN 'refund_before_payment'
                         WHEN coalesce(t.amount_minor, p.amount_minor) < (
                           SELECT sum(b.amount_minor) FROM statement_row b JOIN statement_file f ON f.id = b.file_id AND f.state = 'kept' AND f.format <> 'wechat_funds'
                            WHERE b.account_id = h.account_id AND b.gateway_trade_number = h.trade AND b.kind = 'refund') THEN 'refunds_beyond_payment' END AS fault,
               p.order_id
          FROM returned h LEFT JOIN payment p ON p.account_id = h.account_id AND p.gateway_trade_number = h.trade
          LEFT JOIN LATERAL (SELECT t.occurred_at, t.amount_minor FROM statement_row t WHERE t.account_id = h.account_id AND t.gateway_trade_number = h.trade
                              AND t.kind = 'payment' ORDER BY t.part LIMIT 1) t ON true
         WHERE h.trade <> ''
        UNION ALL
        SELECT q.*, CASE WHEN q.gateway IS NULL THEN 'foreign_account' ELSE 'future' END, ${NO_ID} FROM receipt q
         WHERE q.gateway IS NULL OR q.occurred_at > now() + interval '1 day')`;

/** Rows that cannot be: dated after today, refunds older than what they give back, more given back than was paid, of an account that the shop has not. */
const anomaly: Check<RowWindow> = {
  kinds: ["bill_anomaly"],
  reads: [asked, receipts, returns, oddRows],
  found: () => Prisma.sql`
      SELECT 'bill_anomaly', ${SUBJECT} || '/' || r.fault, r.order_id, ${NO_ID}, r.merchant_id, r.account_id, r.amount_minor, r.currency, r.fault,
             jsonb_build_object(${DETAIL}, 'fault', r.fault), ${KEYS}
        FROM odd r WHERE r.fault IS NOT NULL`,
};

const contradictions: Reading<RowWindow> = (rows) => {
  const file = "fileId" in rows ? rows.fileId : null;
  return Prisma.sql`
      contradicted AS (SELECT s.id, s.account_id, s.name, count(*) AS lines, min(j.line) AS line FROM statement_file s JOIN statement_reject j ON j.file_id = s.id AND j.reason = 'differs'
             WHERE s.id = ${file}::uuid AND s.state = 'kept' GROUP BY s.id)`;
};

/** Lines that were left out of a file because another file has the same row with another sum. */
const contradicted: Check<RowWindow> = {
  kinds: ["bill_anomaly"],
  reads: [contradictions],
  found: () => Prisma.sql`
      SELECT 'bill_anomaly', 'file:' || r.id, ${NO_ID}, ${NO_ID}, g.merchant_id, r.account_id, NULL::bigint, ${NO_TEXT}, r.lines::text,
             jsonb_build_object('fault', 'contradicted', 'fileId', r.id::text, 'line', r.line::text, 'lines', r.lines::text), ARRAY[]::text[]
        FROM contradicted r LEFT JOIN gateway_account g ON g.id = r.account_id`,
};

/** What is compared row by row of the gateways' books: with our payments, attempts and refunds. */
export const ROW_CHECKS: readonly Check<RowWindow>[] = [gatewayOnly, refundMissing, anomaly, contradicted];
