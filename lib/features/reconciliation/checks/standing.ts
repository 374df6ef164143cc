import { Prisma } from "@/lib/generated/prisma/client";
import { limits } from "@/lib/kernel/limits";
import { type AccountDay, type IdWindow, inWindow } from "../window";
import { type Check, iso, NO_ID, NO_TEXT, type Reading } from "./check";
import { KEPT_FILE } from "./payments";

const NO_ORDER = Prisma.sql`${NO_ID}, ${NO_ID}`;

const wallets: Reading<IdWindow> = (ids, { merchantId }) => Prisma.sql`
      w AS MATERIALIZED (SELECT w.id, w.currency, w.balance_minor FROM wallet w WHERE ${inWindow("w.id", ids)} AND ${merchantId === null}),
      e AS MATERIALIZED (SELECT e.wallet_id, e.movement_id, e.kind, e.amount_minor, e.order_id, e.request_key FROM wallet_entry e
                          WHERE ${inWindow("e.wallet_id", ids)} AND e.side = 'buyer'),
      sums AS (SELECT e.wallet_id, sum(e.amount_minor)::bigint AS minor FROM e GROUP BY 1),
      odd AS (
        SELECT w.id, w.currency, w.balance_minor AS stands, coalesce(s.minor, 0) AS should_be, 'sum' AS fault, ${NO_ID} AS order_id, 'wallet:' || w.id AS subject
          FROM w LEFT JOIN sums s ON s.wallet_id = w.id WHERE w.balance_minor <> coalesce(s.minor, 0)
        UNION ALL
        SELECT w.id, w.currency, abs(e.amount_minor), 0, CASE e.kind WHEN 'payment' THEN 'no_payment' ELSE 'no_refund' END, e.order_id, 'movement:' || e.movement_id
          FROM e JOIN w ON w.id = e.wallet_id
         WHERE (e.kind = 'payment' AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.order_id = e.order_id AND p.gateway_trade_number = e.movement_id::text))
            OR (e.kind = 'refund' AND NOT EXISTS (SELECT 1 FROM refund x WHERE x.order_id = e.order_id AND x.method = 'balance' AND x.status = 'succeeded'
                                                     AND e.request_key = 'refund:' || x.id)))`;

/** A balance that its entries do not add up to, and a movement that no payment or refund stands behind. */
const balance: Check<IdWindow> = {
  kinds: ["balance_difference"],
  reads: [wallets],
  found: () => Prisma.sql`
      SELECT 'balance_difference', o.subject, o.order_id, ${NO_ID}, ${NO_ID}, ${NO_TEXT}, abs(o.stands - o.should_be), o.currency,
             concat_ws('/', o.fault, o.stands, o.should_be),
             jsonb_build_object('fault', o.fault, 'walletId', o.id::text, 'stands', o.stands::text, 'shouldBe', o.should_be::text, 'currency', o.currency), ARRAY[]::text[]
        FROM odd o`,
};

/** What is compared wallet by wallet. */
export const WALLET_CHECKS: readonly Check<IdWindow>[] = [balance];

/** Blocks of the sealed ledger by their numbers, after one up to another. */
export interface BlockWindow {
  readonly after: bigint;
  readonly until: bigint;
}

const namedEntries: Reading<BlockWindow> = ({ after, until }, { merchantId }) => Prisma.sql`
      named AS MATERIALIZED (
        SELECT b.number, u.id FROM stock_block b CROSS JOIN LATERAL unnest(b.entry_ids) AS u (id)
         WHERE b.number > ${after}::bigint AND b.number <= ${until}::bigint AND ${merchantId === null}),
      there AS MATERIALIZED (
        SELECT e.id FROM stock_entry e WHERE e.id >= (SELECT min(id) FROM named) AND e.id <= (SELECT max(id) FROM named)),
      gone AS (SELECT n.number, count(*) AS entries, min(n.id) AS first FROM named n LEFT JOIN there t ON t.id = n.id WHERE t.id IS NULL GROUP BY 1)`;

/** A sealed block names an entry that is not there any more. */
const missingEntries: Check<BlockWindow> = {
  kinds: ["ledger_gap"],
  reads: [namedEntries],
  found: () => Prisma.sql`
      SELECT 'ledger_gap', 'block:' || g.number, ${NO_ORDER}, ${NO_ID}, ${NO_TEXT}, NULL::bigint, ${NO_TEXT}, g.entries::text,
             jsonb_build_object('block', g.number::text, 'entries', g.entries::text, 'entry', g.first::text), ARRAY[]::text[]
        FROM gone g`,
};
export const BLOCK_CHECKS: readonly Check<BlockWindow>[] = [missingEntries];

const charges: Reading<readonly AccountDay[]> = (days, { merchantId }) => Prisma.sql`
      d AS (SELECT * FROM unnest(${days.map(({ accountId }) => accountId)}::text[], ${days.map(({ day }) => day)}::text[],
                                 ${days.map(({ from }) => from)}::timestamptz[], ${days.map(({ to }) => to)}::timestamptz[]) AS d (account_id, day, begins, ends)),
      charged AS (
        SELECT d.account_id, d.day, g.merchant_id, r.currency, r.gateway_trade_number AS trade, r.fee::numeric * CASE r.currency WHEN 'JPY' THEN 1 WHEN 'USDT' THEN 1000000 ELSE 100 END AS taken,
               r.amount_minor::numeric * g.fee_rate / 10000 + g.fee_fixed_minor AS expected
          FROM d JOIN gateway_account g ON g.id = d.account_id AND (g.fee_rate > 0 OR g.fee_fixed_minor > 0)
          JOIN statement_row r ON r.account_id = d.account_id AND r.occurred_at >= d.begins AND r.occurred_at < d.ends AND r.kind = 'payment' AND r.fee IS NOT NULL
          JOIN statement_file s ON s.id = r.file_id AND ${KEPT_FILE}
         WHERE g.currency = r.currency AND (${merchantId}::uuid IS NULL OR g.merchant_id = ${merchantId}::uuid)),
      odd AS (
        SELECT c.account_id, c.day, c.merchant_id, c.currency, count(*) AS rows, round(sum(c.taken - c.expected))::bigint AS minor,
               (array_agg(c.trade ORDER BY abs(c.taken - c.expected) DESC))[1:5] AS trades
          FROM charged c WHERE abs(c.taken - c.expected) > greatest(1, c.expected / 10) GROUP BY 1, 2, 3, 4)`;

/** Whether a row's cost is another than the one that is on record for its account, by more than a cent and a tenth. */
const fees: Check<readonly AccountDay[]> = {
  kinds: ["fee_anomaly"],
  reads: [charges],
  found: () => Prisma.sql`
      SELECT 'fee_anomaly', concat_ws('/', o.account_id, o.day, o.currency), ${NO_ORDER}, o.merchant_id, o.account_id, abs(o.minor), o.currency, concat_ws('/', o.rows, o.minor),
             jsonb_build_object('day', o.day, 'rows', o.rows::text, 'differenceMinor', o.minor::text, 'currency', o.currency, 'trades', array_to_string(o.trades, ', ')),
             o.trades
        FROM odd o`,
};
export const FEE_CHECKS: readonly Check<readonly AccountDay[]>[] = [fees];

const standstills: Reading<null> = () => Prisma.sql`
      stuck AS (
        SELECT 'stuck_import' AS kind, 'upload:' || u.id AS subject, u.merchant_id, NULL::text AS account_id, u.state AS look,
               jsonb_build_object('fault', 'import', 'uploadId', u.id::text, 'since', ${iso("u.heartbeat_at")}) AS detail
          FROM card_upload u WHERE u.state = 'importing' AND u.heartbeat_at < now() - interval '10 minutes'
        UNION ALL
        SELECT 'stuck_import', 'batch:' || b.id, b.merchant_id, NULL, b.status, jsonb_build_object('fault', 'import', 'batchId', b.id::text, 'since', ${iso("b.heartbeat_at")})
          FROM batch b WHERE b.status = 'importing' AND b.heartbeat_at < now() - interval '10 minutes'
           AND NOT EXISTS (SELECT 1 FROM card_upload u WHERE u.batch_id = b.id AND u.state = 'importing')
        UNION ALL
        SELECT 'stuck_import', 'statement:' || s.id, g.merchant_id, s.account_id, s.state, jsonb_build_object('fault', 'statement', 'fileId', s.id::text, 'since', ${iso("s.created_at")})
          FROM statement_file s LEFT JOIN gateway_account g ON g.id = s.account_id WHERE s.state = 'reading' AND s.created_at < now() - interval '6 hours'
        UNION ALL
        SELECT 'statement_missing', concat_ws('/', d.account_id, d.day), g.merchant_id, d.account_id, coalesce(d.failure, ''),
               jsonb_build_object('day', d.day, 'reason', d.failure, 'tries', d.try_count::text)
          FROM statement_day d JOIN gateway_account g ON g.id = d.account_id AND g.status = 'active' WHERE d.state = 'failed'
        UNION ALL
        SELECT 'ledger_gap', 'unsealed', NULL, NULL, 'unsealed', jsonb_build_object('fault', 'unsealed', 'since', ${iso("e.created_at")})
          FROM (SELECT e.created_at FROM stock_entry e
                 WHERE (e.xid, e.id) > (SELECT b.last_xid, b.last_id FROM stock_block b ORDER BY b.number DESC LIMIT 1) ORDER BY e.xid, e.id LIMIT 1) e
         WHERE e.created_at < now() - make_interval(secs => ${limits.ledgerUnsealedSecondsMax}::int))`;

/** Imports whose heart stands still, files of books that nobody reads to their end, days of books that were given up, a ledger that is not sealed. */
const stopped: Check<null> = {
  kinds: ["stuck_import", "statement_missing", "ledger_gap"],
  reads: [standstills],
  found: (_all, { merchantId }) => Prisma.sql`
      SELECT s.kind, s.subject, ${NO_ORDER}, s.merchant_id, s.account_id, NULL::bigint, ${NO_TEXT}, s.look, s.detail, ARRAY[]::text[]
        FROM stuck s WHERE ${merchantId}::uuid IS NULL OR s.merchant_id = ${merchantId}::uuid`,
};
export const STANDING_CHECKS: readonly Check<null>[] = [stopped];
