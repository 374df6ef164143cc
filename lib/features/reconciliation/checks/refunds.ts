import { Prisma } from "@/lib/generated/prisma/client";
import { limits } from "@/lib/kernel/limits";
import { type IdWindow, inWindow } from "../window";
import { type Check, CUT, isCovered, iso, NO_ID, ofAccount, ofMerchant, REFUND_LAG, type Reading } from "./check";

const refunds: Reading<IdWindow> = (ids, context) => Prisma.sql`
  x AS MATERIALIZED (
    SELECT x.id, x.payment_id, x.order_id, x.refund_no, x.gateway_refund_number, x.outside_reference, x.amount_minor, x.status, x.method, x.created_at,
           x.finished_at, p.account_id, p.gateway_trade_number, p.currency, o.merchant_id
      FROM refund x JOIN payment p ON p.id = x.payment_id JOIN orders o ON o.id = x.order_id
     WHERE ${inWindow("x.id", ids)} AND ${ofMerchant("o.merchant_id", context)} AND ${ofAccount("p.account_id", context)})`;

const KEYS = Prisma.sql`array_remove(ARRAY[x.refund_no, x.gateway_refund_number, x.gateway_trade_number], NULL)`;
const DETAIL = Prisma.sql`'refundNo', x.refund_no, 'amountMinor', x.amount_minor::text, 'currency', x.currency, 'tradeNumber', x.gateway_trade_number`;

/** Money that was to go back, and nobody has had an answer for a long while. */
const stuck: Check<IdWindow> = {
  kinds: ["refund_stuck"],
  reads: [refunds],
  found: () => Prisma.sql`
      SELECT 'refund_stuck', x.id::text, x.order_id, ${NO_ID}, x.merchant_id, x.account_id, x.amount_minor, x.currency, x.status,
             jsonb_build_object(${DETAIL}, 'status', x.status, 'since', ${iso("x.created_at")}), ${KEYS}
        FROM x WHERE x.status IN ('requested', 'processing') AND x.created_at < now() - make_interval(secs => ${limits.refundStuckSeconds}::int)`,
};

const missed: Reading<IdWindow> = (_ids, { refundsCovered }) => Prisma.sql`
      missed AS MATERIALIZED (
        SELECT x.* FROM x
         WHERE x.status = 'succeeded' AND x.method = 'source'
           AND ${isCovered(refundsCovered, { account: "x.account_id", at: "x.finished_at", before: CUT, after: REFUND_LAG })}
           AND NOT EXISTS (
                 SELECT 1 FROM statement_row r
                  WHERE r.account_id = x.account_id AND r.gateway_trade_number = x.gateway_trade_number AND r.kind = 'refund'
                    AND (r.refund_number = x.refund_no OR r.gateway_refund_number = x.gateway_refund_number OR r.amount_minor = x.amount_minor) OFFSET 0))`;

/** Refunds that the shop takes for done, and the gateway's books do not have. Told only when the books are had for long enough around it. */
const missing: Check<IdWindow> = {
  kinds: ["refund_missing_gateway"],
  reads: [refunds, missed],
  found: () => Prisma.sql`
      SELECT 'refund_missing_gateway', x.id::text, x.order_id, ${NO_ID}, x.merchant_id, x.account_id, x.amount_minor, x.currency,
             concat_ws('/', x.refund_no, x.amount_minor), jsonb_build_object(${DETAIL}, 'finishedAt', ${iso("x.finished_at")}), ${KEYS}
        FROM missed x`,
};

const met: Reading<IdWindow> = () => Prisma.sql`
      met AS MATERIALIZED (
        SELECT x.*, r.amount_minor AS bill_minor, r.currency AS bill_currency, r.file_id, r.line
          FROM x JOIN statement_row r ON r.account_id = x.account_id AND r.gateway_trade_number = x.gateway_trade_number AND r.kind = 'refund'
                  AND (r.refund_number = x.refund_no OR r.gateway_refund_number = x.gateway_refund_number)
         WHERE x.method = 'source' AND (x.status = 'failed' OR (r.amount_minor, r.currency) IS DISTINCT FROM (x.amount_minor, x.currency)))`;

/** A refund of which the gateway's books and ours say different things: another sum, or that it came to nothing. */
const differs: Check<IdWindow> = {
  kinds: ["refund_mismatch"],
  reads: [refunds, met],
  found: () => Prisma.sql`
      SELECT DISTINCT ON (x.id) 'refund_mismatch', x.id::text, x.order_id, ${NO_ID}, x.merchant_id, x.account_id, x.amount_minor, x.currency,
             concat_ws('/', x.status, x.amount_minor, x.bill_minor, x.bill_currency),
             jsonb_build_object(${DETAIL}, 'stands', x.status, 'billMinor', x.bill_minor::text, 'billCurrency', x.bill_currency,
                                'fileId', x.file_id::text, 'line', x.line::text), ${KEYS}
        FROM met x JOIN statement_file s ON s.id = x.file_id AND s.state = 'kept' ORDER BY x.id, x.line`,
};

/** What is compared refund by refund. */
export const REFUND_CHECKS: readonly Check<IdWindow>[] = [stuck, missing, differs];
