import { Prisma } from "@/lib/generated/prisma/client";
import { limits } from "@/lib/kernel/limits";
import { type IdWindow, inWindow } from "../window";
import { AT_REST, type Check, CUT, isCovered, iso, ofAccount, ofMerchant, type Reading } from "./check";

/** Rows of books that count: of files that were kept, and not of a second table of the same movements. */
export const KEPT_FILE = Prisma.sql`s.state = 'kept' AND s.format <> 'wechat_funds'`;

/** Payments with their order. */
const payments: Reading<IdWindow> = (ids, context) => Prisma.sql`
  p AS MATERIALIZED (
    SELECT p.id, p.account_id, p.gateway_trade_number, p.order_id, p.attempt_id, p.event_id, p.amount_minor, p.currency, p.verdict, p.received_at, o.merchant_id
      FROM payment p JOIN orders o ON o.id = p.order_id
     WHERE ${inWindow("p.id", ids)} AND ${ofMerchant("o.merchant_id", context)} AND ${ofAccount("p.account_id", context)})`;

/** Each with what the gateway's books have under its trade number; nothing where they have it not. */
const books: Reading<IdWindow> = () => Prisma.sql`
  looked AS MATERIALIZED (
    SELECT p.*, r.amount_minor AS bill_minor, r.currency AS bill_currency, r.file_id, r.line
      FROM p LEFT JOIN LATERAL (
        SELECT r.amount_minor, r.currency, r.file_id, r.line FROM statement_row r
         WHERE r.account_id = p.account_id AND r.gateway_trade_number = p.gateway_trade_number AND r.kind = 'payment' ORDER BY r.part LIMIT 5 OFFSET 0) r ON true)`;

const KEYS = Prisma.sql`ARRAY[p.gateway_trade_number]`;

/** Money that settled nothing and is still with us: a second payment, another amount, another currency. */
const unsettled: Check<IdWindow> = {
  kinds: ["double_payment", "amount_mismatch", "currency_mismatch"],
  reads: [payments],
  found: () => Prisma.sql`
      SELECT CASE p.verdict WHEN 'double' THEN 'double_payment' WHEN 'wrong_currency' THEN 'currency_mismatch' ELSE 'amount_mismatch' END,
             p.id::text, p.order_id, p.event_id, p.merchant_id, p.account_id, p.amount_minor, p.currency, concat_ws('/', p.verdict, p.amount_minor, p.currency),
             jsonb_build_object('verdict', p.verdict, 'amountMinor', p.amount_minor::text, 'currency', p.currency), ${KEYS}
        FROM p
       WHERE p.verdict <> 'settled' AND p.received_at < now() - ${AT_REST}
         AND p.amount_minor > (SELECT coalesce(sum(r.amount_minor), 0) FROM refund r WHERE r.payment_id = p.id AND r.status = 'succeeded')`,
};

/** Payments that no row of the books is about, by their trade number nor by ours, though the books of their time are had. */
const unseen: Reading<IdWindow> = (_ids, { covered }) => Prisma.sql`
  unseen AS MATERIALIZED (
    SELECT p.*, a.out_trade_no
      FROM looked p JOIN LATERAL (SELECT a.out_trade_no FROM payment_attempt a WHERE a.id = p.attempt_id OFFSET 0) a ON true
     WHERE p.file_id IS NULL AND ${isCovered(covered, { account: "p.account_id", at: "p.received_at", before: CUT, after: CUT })}
       AND NOT EXISTS (SELECT 1 FROM statement_row r WHERE r.account_id = p.account_id AND r.out_trade_no = a.out_trade_no AND r.kind = 'payment' OFFSET 0))`;

/**
 * A payment that the gateway's books should have and do not: never heard of by its trade number nor by ours. Told only when the books are
 * had for the hour before and after it, so that what a gateway puts on the other side of midnight has been looked at there too.
 * One that rests on a notice alone may have been forged.
 */
const localOnly: Check<IdWindow> = {
  kinds: ["local_only"],
  reads: [payments, books, unseen],
  found: () => Prisma.sql`
      SELECT 'local_only', p.id::text, p.order_id, p.event_id, p.merchant_id, p.account_id, p.amount_minor, p.currency,
             concat_ws('/', p.gateway_trade_number, p.amount_minor, p.currency),
             jsonb_build_object('tradeNumber', p.gateway_trade_number, 'outTradeNo', p.out_trade_no, 'receivedAt', ${iso("p.received_at")}, 
                                'heardBy', (SELECT e.source FROM payment_event e WHERE e.id = p.event_id),
                                'amountMinor', p.amount_minor::text, 'currency', p.currency), ARRAY[p.gateway_trade_number, p.out_trade_no]
        FROM unseen p`,
};

/**
 * The gateway's books and ours have the same trade with another sum or another currency. Where the cents tell payments apart, they are not
 * compared that closely; what was paid in coins is in another currency by its nature.
 */
const billDiffers: Check<IdWindow> = {
  kinds: ["bill_amount_mismatch", "bill_currency_mismatch"],
  reads: [payments, books],
  found: () => Prisma.sql`
      SELECT DISTINCT ON (p.id) CASE WHEN p.bill_currency = p.currency THEN 'bill_amount_mismatch' ELSE 'bill_currency_mismatch' END,
             p.id::text, p.order_id, p.event_id, p.merchant_id, p.account_id,
             CASE WHEN p.bill_currency = p.currency THEN abs(p.bill_minor - p.amount_minor) ELSE p.amount_minor END, p.currency,
             concat_ws('/', p.amount_minor, p.currency, p.bill_minor, p.bill_currency),
             jsonb_build_object('amountMinor', p.amount_minor::text, 'currency', p.currency, 'billMinor', p.bill_minor::text, 'billCurrency', p.bill_currency,
                                'tradeNumber', p.gateway_trade_number, 'fileId', p.file_id::text, 'line', p.line::text), ${KEYS}
        FROM looked p JOIN statement_file s ON s.id = p.file_id AND ${KEPT_FILE} JOIN gateway_account g ON g.id = p.account_id
       WHERE (p.bill_minor, p.bill_currency) IS DISTINCT FROM (p.amount_minor, p.currency) AND g.gateway NOT IN ('epusdt', 'tokenpay')
         AND NOT (g.gateway IN ('vmq', 'codepay') AND p.bill_currency = p.currency AND abs(p.bill_minor - p.amount_minor) <= ${limits.amountShiftMinorMax}::bigint)
       ORDER BY p.id, p.line`,
};

/** Paid from a balance, and nothing was taken from it. */
const undebited: Check<IdWindow> = {
  kinds: ["balance_difference"],
  reads: [payments],
  found: () => Prisma.sql`
      SELECT 'balance_difference', 'payment:' || p.id, p.order_id, p.event_id, p.merchant_id, p.account_id, p.amount_minor, p.currency,
             concat_ws('/', p.amount_minor, w.amount_minor),
             jsonb_build_object('amountMinor', p.amount_minor::text, 'takenMinor', (-w.amount_minor)::text, 'currency', p.currency), ${KEYS}
        FROM p JOIN gateway_account g ON g.id = p.account_id AND g.gateway = 'balance'
        LEFT JOIN wallet_entry w ON w.order_id = p.order_id AND w.movement_id::text = p.gateway_trade_number AND w.side = 'buyer' AND w.kind = 'payment'
       WHERE (w.amount_minor = -p.amount_minor AND w.currency = p.currency) IS NOT TRUE`,
};

/** What is compared payment by payment: with its order, its refunds and the gateway's books. */
export const PAYMENT_CHECKS: readonly Check<IdWindow>[] = [unsettled, localOnly, billDiffers, undebited];
