import type { Invariant } from "./invariant";

/** The few rows an invariant is asked about. They are closed: see subjects.ts for what comes with what. */
export interface Subjects {
  readonly orders: readonly string[];
  readonly cards: readonly string[];
  readonly batches: readonly string[];
  readonly events: readonly string[];
  /** Batches whose cards are counted; the others only lend their columns. */
  readonly countedBatches: readonly string[];
  /** Rows that are looked at for themselves, because nothing else leads to them by index. */
  readonly entries: readonly string[];
  readonly outbox: readonly string[];
  readonly mails: readonly string[];
}

const SECRET_COLUMNS = "s.card_id, s.variant_id, s.key_id, s.fingerprint";
const BATCH_COLUMNS =
  "id, merchant_id, variant_id, pool_id, number, status, line_count, accepted_count, duplicate_count, rejected_count, heartbeat_at, published_at, hold_id";
const QUOTA_COLUMNS = "card_id, merchant_id, variant_id, batch_id, order_id, uses_max, used, is_open";
const ofOrders = (table: string): string =>
  `${table} AS (SELECT * FROM public.${table} WHERE order_id = ANY ($1::uuid[]))`;
/** Rows of the orders, and every other row with the same key: what is there twice is seen from either side. */
const withTwins = (table: string, key: string, where = "order_id = ANY ($1::uuid[])"): string =>
  `${table} AS (SELECT t.* FROM public.${table} t JOIN (SELECT DISTINCT ${key} FROM public.${table} WHERE ${where}) k USING (${key}))`;

/**
 * The tables of the shop, narrowed to the subjects: common table expressions under the tables' own names, so that the same
 * query that judges everything judges only these. A card whose order is not among the subjects is left out; the order that
 * claims it is then seen to miss it.
 */
const NARROWED = [
  "orders AS (SELECT * FROM public.orders WHERE id = ANY ($1::uuid[]))",
  ofOrders("order_line"),
  ofOrders("order_event"),
  `order_promise AS (SELECT order_id, merchant_id, variant_id, quantity FROM public.order_promise WHERE order_id = ANY ($1::uuid[]))`,
  ofOrders("order_pick"),
  "card_preview AS (SELECT * FROM public.card_preview WHERE card_id = ANY ($2::uuid[]))",
  ofOrders("reveal_record"),
  ofOrders("refund"),
  ofOrders("replacement"),
  ofOrders("dispute"),
  ofOrders("dispute_decision"),
  withTwins("payment", "account_id, gateway_trade_number"),
  withTwins("payment_attempt", "account_id, out_trade_no"),
  withTwins(
    "payment_event",
    "account_id, dedupe",
    "order_id = ANY ($1::uuid[]) OR id = ANY ($4::uuid[]) OR id = ANY (ARRAY(SELECT event_id FROM payment))",
  ),
  `stock_entry AS (SELECT * FROM public.stock_entry WHERE order_id = ANY ($1::uuid[])
     UNION ALL SELECT * FROM public.stock_entry WHERE id = ANY ($6::bigint[]) AND order_id IS NULL)`,
  `card AS (SELECT * FROM public.card WHERE id = ANY ($2::uuid[]) AND (order_id IS NULL OR order_id = ANY ($1::uuid[])))`,
  `quota AS (SELECT ${QUOTA_COLUMNS} FROM public.quota WHERE card_id = ANY ($2::uuid[]))`,
  "quota_use AS (SELECT * FROM public.quota_use WHERE card_id = ANY ($2::uuid[]))",
  "asked_card AS (SELECT unnest($2::uuid[]) AS id)",
  `card_secret AS (SELECT ${SECRET_COLUMNS} FROM public.card_secret s
     JOIN (SELECT DISTINCT variant_id, fingerprint FROM public.card_secret WHERE card_id = ANY ($2::uuid[])) k
       ON (s.variant_id, s.fingerprint) = (k.variant_id, k.fingerprint))`,
  `batch AS (SELECT ${BATCH_COLUMNS} FROM public.batch WHERE id = ANY ($3::uuid[]))`,
  `counted_batch AS (SELECT ${BATCH_COLUMNS} FROM public.batch WHERE id = ANY ($5::uuid[]))`,
  `finding AS (SELECT * FROM public.finding WHERE order_id = ANY ($1::uuid[])
     UNION SELECT * FROM public.finding WHERE event_id = ANY (ARRAY(SELECT id FROM payment_event) || $4::uuid[]))`,
  // All of a wallet that an order of these touched: a balance is judged by all of its entries.
  `wallet_entry AS (SELECT * FROM public.wallet_entry
     WHERE wallet_id = ANY (ARRAY(SELECT wallet_id FROM public.wallet_entry WHERE order_id = ANY ($1::uuid[]))))`,
  `wallet AS (SELECT * FROM public.wallet WHERE id = ANY (ARRAY(SELECT wallet_id FROM public.wallet_entry WHERE order_id = ANY ($1::uuid[]))))`,
  "outbox AS (SELECT * FROM public.outbox WHERE id = ANY ($7::bigint[]))",
  "mail AS (SELECT * FROM public.mail WHERE id = ANY ($8::uuid[]))",
].join(",\n");

/** The query that asks an invariant about some subjects, or null when only a full pass can tell. Its parameters: `windowValues`. */
export function windowQuery({ sql, window }: Pick<Invariant, "sql" | "window">, rowsMax: number): string | null {
  if (window === null) return null;
  return `WITH asked AS (SELECT ${[1, 2, 3, 4, 5].map((n) => `$${n}::uuid[]`).join(", ")}, $6::bigint[], $7::bigint[], $8::uuid[]),
${NARROWED},
violation AS MATERIALIZED (${window === "same" ? sql : window})
SELECT to_jsonb(violation) AS row FROM violation LIMIT ${rowsMax + 1}`;
}

/** The parameters of `windowQuery`. */
export const windowValues = (subjects: Subjects): string[] =>
  [
    subjects.orders,
    subjects.cards,
    subjects.batches,
    subjects.events,
    subjects.countedBatches,
    subjects.entries,
    subjects.outbox,
    subjects.mails,
  ].map((ids) => `{${ids.join(",")}}`);

/** Whether there is anything to ask about. */
export const isEmpty = (subjects: Subjects): boolean => Object.values(subjects).every((ids) => ids.length === 0);
