import type { Subjects } from "./window";

/** What a row of a feed leads to: the kinds of subject that `Subjects` lists, and the expression that gives the id. */
type Leads = Partial<Record<keyof Subjects, string>>;

/** A table in the order of its key: by it the audit finds what was touched, and walks through all that there is. */
export interface Feed {
  readonly table: string;
  readonly key: string;
  readonly type: "bigint" | "uuid";
  readonly leads: Leads;
}

const byOrder = (table: string, type: Feed["type"], also: Leads = {}): Feed => ({
  table,
  key: "id",
  type,
  leads: { orders: "order_id", ...also },
});

const ENTRIES: Feed = byOrder("stock_entry", "bigint", {
  batches: "batch_id",
  countedBatches: "batch_id",
  entries: "CASE WHEN order_id IS NULL THEN id END",
});
const EVENTS = byOrder("order_event", "bigint");
const OUTBOX = byOrder("outbox", "bigint", { outbox: "id" });
const REVEALS = byOrder("reveal_record", "bigint");

/** Whatever the shop does leaves a row in one of these, and the database numbers them. */
export const TOUCHED: readonly Feed[] = [ENTRIES, EVENTS, OUTBOX, REVEALS];

/** Every table that an invariant reads, for the rolling look: what changed without leaving a row is found there. */
export const ROLLING: readonly Feed[] = [
  { table: "orders", key: "id", type: "uuid", leads: { orders: "id" } },
  { table: "card", key: "id", type: "uuid", leads: { cards: "id", batches: "batch_id" } },
  { table: "card_secret", key: "card_id", type: "uuid", leads: { cards: "card_id" } },
  { table: "batch", key: "id", type: "uuid", leads: { batches: "id", countedBatches: "id" } },
  { table: "order_line", key: "order_id", type: "uuid", leads: { orders: "order_id" } },
  { table: "order_promise", key: "order_id", type: "uuid", leads: { orders: "order_id" } },
  { table: "quota", key: "card_id", type: "uuid", leads: { cards: "card_id" } },
  { table: "order_pick", key: "order_id", type: "uuid", leads: { orders: "order_id", cards: "card_id" } },
  { table: "card_preview", key: "card_id", type: "uuid", leads: { cards: "card_id" } },
  ENTRIES,
  EVENTS,
  byOrder("payment_event", "uuid", { events: "id" }),
  byOrder("payment", "uuid"),
  byOrder("payment_attempt", "uuid"),
  byOrder("refund", "uuid"),
  byOrder("replacement", "uuid"),
  byOrder("dispute", "uuid"),
  byOrder("dispute_decision", "uuid"),
  byOrder("finding", "uuid", { events: "event_id" }),
  OUTBOX,
  byOrder("mail", "uuid", { mails: "id" }),
  REVEALS,
];

/** The columns of a feed's row that `Found` reads. */
export const selectFeed = ({ key, leads }: Feed): string =>
  [`${key}::text AS key`, ...Object.entries(leads).map(([name, sql]) => `(${sql})::text AS "${name}"`)].join(", ");

/**
 * The full transaction id of the row's last writer, which a snapshot can be asked about. A row keeps 32 bits of it; the rest
 * is that of the present, or of the round before when the number lies ahead.
 */
export const ROW_XID = `(CASE WHEN ((pg_snapshot_xmax(pg_current_snapshot())::text::bigint >> 32) << 32) + xmin::text::bigint >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
       THEN greatest(((pg_snapshot_xmax(pg_current_snapshot())::text::bigint >> 32) << 32) + xmin::text::bigint - 4294967296, 0)
       ELSE ((pg_snapshot_xmax(pg_current_snapshot())::text::bigint >> 32) << 32) + xmin::text::bigint END)::text::xid8`;
