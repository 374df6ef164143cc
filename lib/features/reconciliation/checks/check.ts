import { Prisma } from "@/lib/generated/prisma/client";
import type { FindingKind } from "../kinds";
import type { Coverage } from "../window";

/** What a comparison is told beside its rows. */
export interface CheckContext {
  /** Only what concerns this shop; null: all. */
  readonly merchantId: string | null;
  /** Only what was paid through this account; null: all. */
  readonly accountId: string | null;
  /** Of which times the books of which accounts are had. */
  readonly covered: readonly Coverage[];
  /** The same, where those books tell of each refund. */
  readonly refundsCovered: readonly Coverage[];
}

/** What a statement reads before it compares: one or more common table expressions, in columns that every comparison of its group knows. */
export type Reading<W> = (window: W, context: CheckContext) => Prisma.Sql;

/**
 * One comparison: the kinds of difference that it may find, what it reads, and the query over that which finds them in a window. Whether
 * there is a row is asked with OFFSET 0, which the planner cannot turn round: it asks an index for each row, and never reads a whole table
 * for a step.
 */
export interface Check<W> {
  readonly kinds: readonly FindingKind[];
  /** In their order; what two comparisons of a group both name is read once for both. */
  readonly reads: readonly Reading<W>[];
  /** Selects the columns of `COLUMNS` in their order; of the order, if one is there, the rest is read. */
  readonly found: Reading<W>;
}

/** How long after a step the next one may rightly be missing; the database's clock. */
export const AT_REST = Prisma.sql`interval '150 seconds'`;
/** What a bill may put on the other side of midnight. */
export const CUT = Prisma.sql`interval '1 hour'`;
/** How late a gateway may put a refund into its books. */
export const REFUND_LAG = Prisma.sql`interval '36 hours'`;

const COLUMNS =
  "kind, subject, order_id, event_id, merchant_id, account_id, amount_minor, currency, look, detail, keys";

/**
 * All differences that the comparisons of a group find in a window, in the one shape that the store takes: one statement, so that all of
 * them judge the same view of the shop, and what several of them need is read once.
 */
export function statementOf<W>(checks: readonly Check<W>[], window: W, context: CheckContext): Prisma.Sql {
  const reads = [...new Set(checks.flatMap(({ reads }) => reads))].map((read) => read(window, context));
  const found = checks.map((check) => Prisma.sql`(${check.found(window, context)})`);
  return Prisma.sql`
WITH ${Prisma.join(reads)},
found (${Prisma.raw(COLUMNS)}) AS MATERIALIZED (${Prisma.join(found, " UNION ALL ")})
SELECT f.kind, f.subject, o.id::text AS "orderId", f.event_id::text AS "eventId", coalesce(f.merchant_id, o.merchant_id)::text AS "merchantId",
       p.product_id::text AS "productId", f.account_id AS "accountId", f.amount_minor::text AS "amountMinor", f.currency, f.look,
       jsonb_strip_nulls(f.detail) AS detail, array_remove(f.keys || o.number, NULL) AS "searchKeys"
  FROM found f LEFT JOIN LATERAL (SELECT o.id, o.merchant_id, o.number FROM orders o WHERE o.id = f.order_id OFFSET 0) o ON true
  LEFT JOIN LATERAL (SELECT v.product_id FROM order_line l JOIN variant v ON v.id = l.variant_id WHERE l.order_id = o.id ORDER BY l.line LIMIT 1) p ON true`;
}

/** A time as every part of the shop can read it, whatever zone the database's session is in. */
export const iso = (column: string): Prisma.Sql =>
  Prisma.sql`to_char(${Prisma.raw(column)} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

/** Null where there is no such value, with the type that a union needs. */
export const NO_ID = Prisma.sql`NULL::uuid`;
export const NO_TEXT = Prisma.sql`NULL::text`;
export const NO_AMOUNT = Prisma.sql`NULL::bigint`;
export const NO_KEYS = Prisma.sql`ARRAY[]::text[]`;

/** Whether a row's shop is the one that is asked about. */
export const ofMerchant = (column: string, { merchantId }: CheckContext): Prisma.Sql =>
  merchantId === null ? Prisma.sql`true` : Prisma.sql`${Prisma.raw(column)} = ${merchantId}::uuid`;

/** Whether a row's account is the one that is asked about. */
export const ofAccount = (column: string, { accountId }: CheckContext): Prisma.Sql =>
  accountId === null ? Prisma.sql`true` : Prisma.sql`${Prisma.raw(column)} = ${accountId}`;

/** Whether the books are had without a gap from a while before a time to a while after it. */
export function isCovered(
  coverage: readonly Coverage[],
  { account, at, before, after }: { account: string; at: string; before: Prisma.Sql; after: Prisma.Sql },
): Prisma.Sql {
  const [ids, froms, tos] = [
    coverage.map(({ accountId }) => accountId),
    coverage.map(({ from }) => from),
    coverage.map(({ to }) => to),
  ];
  const time = Prisma.raw(at);
  return Prisma.sql`EXISTS (
    SELECT 1 FROM unnest(${ids}::text[], ${froms}::timestamptz[], ${tos}::timestamptz[]) AS h (account_id, begins, ends)
     WHERE h.account_id = ${Prisma.raw(account)} AND h.begins <= ${time} - ${before} AND h.ends >= ${time} + ${after})`;
}
