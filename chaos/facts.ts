import pg from "pg";

/** What the tables say when everything is over, read by SQL of the harness's own. */
export interface Facts {
  readonly orders: readonly {
    readonly id: string;
    readonly status: string;
    readonly exception: string;
    readonly isOwed: boolean;
    readonly quantity: number;
    readonly totalMinor: string;
    readonly deliveredCards: number;
    readonly ledgerDelivered: number;
    readonly openFindings: number;
    readonly findings: number;
  }[];
  readonly payments: readonly { readonly tradeNo: string; readonly order: string; readonly minor: string }[];
  /** What the shop has asked the gateway to give back, and what became of it. */
  readonly refunds: readonly {
    readonly tradeNo: string;
    readonly order: string;
    readonly minor: string;
    readonly status: string;
  }[];
  /** What the inbox holds: events that became a payment, and those that did not. */
  readonly events: readonly { readonly tradeNo: string; readonly order: string | null; readonly hasFinding: boolean }[];
  readonly cardsByVariant: Readonly<Record<string, number>>;
  /** Pending orders that nobody can pay any more; none is left at rest. */
  readonly unclosed: number;
  readonly unsentOutbox: number;
  /** Every mail that was asked for; `queued` ones wait to be sent. */
  readonly mails: readonly {
    readonly id: string;
    readonly order: string | null;
    readonly kind: string;
    readonly status: string;
  }[];
  /** What the shop's own audit says: products that it took off sale, promises that it holds for broken, and how long it has been silent. */
  readonly halts: readonly string[];
  readonly alarms: readonly string[];
  readonly auditSilentSeconds: number;
}

const ORDER_ID = (column: string): string => `'ord_' || replace(${column}::text, '-', '')`;

/** Each table is read once, whatever has an index: there may be tens of thousands of orders. */
const ORDERS = `
  WITH c AS (SELECT order_id, count(*)::int AS cards FROM card WHERE status = 'delivered' GROUP BY 1),
       e AS (SELECT order_id, sum(cardinality(card_ids))::int AS cards FROM stock_entry WHERE kind IN ('deliver', 'claim') GROUP BY 1),
       f AS (SELECT order_id, count(*)::int AS findings, (count(*) FILTER (WHERE status IN ('open', 'in_work')))::int AS open FROM finding GROUP BY 1)
  SELECT ${ORDER_ID("o.id")} AS id, o.status, o.exception, o.owed_at IS NOT NULL AS "isOwed", o.quantity, o.total_minor::text AS "totalMinor",
         coalesce(c.cards, 0) AS "deliveredCards", coalesce(e.cards, 0) AS "ledgerDelivered",
         coalesce(f.open, 0) AS "openFindings", coalesce(f.findings, 0) AS findings
    FROM orders o LEFT JOIN c ON c.order_id = o.id LEFT JOIN e ON e.order_id = o.id LEFT JOIN f ON f.order_id = o.id`;
const PAYMENTS = `
  SELECT gateway_trade_number AS "tradeNo", ${ORDER_ID("order_id")} AS "order", amount_minor::text AS minor FROM payment`;
const REFUNDS = `
  SELECT p.gateway_trade_number AS "tradeNo", ${ORDER_ID("r.order_id")} AS "order", r.amount_minor::text AS minor, r.status
    FROM refund r JOIN payment p ON p.id = r.payment_id`;
const EVENTS = `
  SELECT e.gateway_trade_number AS "tradeNo", ${ORDER_ID("e.order_id")} AS "order",
         e.id IN (SELECT event_id FROM finding WHERE event_id IS NOT NULL) AS "hasFinding" FROM payment_event e`;
const MAILS = `
  SELECT id::text, CASE WHEN order_id IS NULL THEN NULL ELSE ${ORDER_ID("order_id")} END AS "order", kind, status FROM mail`;
const HALTS = "SELECT halted_reason AS text FROM product WHERE halted_at IS NOT NULL";
const ALARMS =
  "SELECT subject || ' ' || left(evidence::text, 300) AS text FROM finding WHERE kind = 'invariant_broken' AND status IN ('open', 'in_work')";
/** When the snapshot was taken, and not after everything else was read of it. */
const SILENCE = `
  SELECT coalesce(extract(epoch FROM now() - finished_at), 1e6)::int AS seconds FROM audit_progress WHERE pass = 'continuous'`;
const COUNTS = `
  SELECT (SELECT count(*)::int FROM orders WHERE status = 'pending' AND closed_at IS NULL) AS unclosed,
         (SELECT count(*)::int FROM outbox WHERE drained_at IS NULL) AS "unsentOutbox"`;

async function withReader<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: "kapu-chaos" });
  client.on("error", () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Whether an order is there for everybody. */
export const isCommitted = (url: string, order: string): Promise<boolean> =>
  withReader(url, async (client) => {
    const { rowCount } = await client.query("SELECT 1 FROM orders WHERE id = $1::uuid", [order.replace("ord_", "")]);
    return rowCount === 1;
  });

/** How many cards of a variant anybody may buy now. */
export const countAvailable = (url: string, variantId: string): Promise<number> =>
  withReader(url, async (client) => {
    const sql = "SELECT count(*)::int AS n FROM card WHERE variant_id = $1 AND status = 'available'";
    return (await client.query<{ n: number }>(sql, [variantId])).rows[0]?.n ?? 0;
  });

/** Everything that is judged, in one snapshot. */
export const readFacts = (url: string): Promise<Facts> =>
  withReader(url, async (client) => {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const rows = async <T extends pg.QueryResultRow>(sql: string): Promise<T[]> => (await client.query<T>(sql)).rows;
    const [counts] = await rows<Pick<Facts, "unclosed" | "unsentOutbox">>(COUNTS);
    const cards = await rows<{ variant: string; n: number }>(
      "SELECT variant_id::text AS variant, count(*)::int AS n FROM card GROUP BY 1",
    );
    return {
      orders: await rows(ORDERS),
      payments: await rows(PAYMENTS),
      refunds: await rows(REFUNDS),
      events: await rows(EVENTS),
      cardsByVariant: Object.fromEntries(cards.map(({ variant, n }) => [variant, n])),
      unclosed: counts?.unclosed ?? 0,
      unsentOutbox: counts?.unsentOutbox ?? 0,
      mails: await rows(MAILS),
      halts: (await rows<{ text: string }>(HALTS)).map(({ text }) => text),
      alarms: (await rows<{ text: string }>(ALARMS)).map(({ text }) => text),
      auditSilentSeconds: (await rows<{ seconds: number }>(SILENCE))[0]?.seconds ?? Number.POSITIVE_INFINITY,
    };
  });
