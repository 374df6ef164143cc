import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import type { Tx } from "@/lib/platform/db";
import { readFairness } from "./counters";

/** Moments travel as text in the snapshot. */
const moment = z.string();
const count = z.number().int();
const fairness = z.object({ reports: count, upheld: count, rejected: count });

/** Somebody saw the cards: when, from which address (a code that can only be compared), and with what, as it was recorded then. */
const reveal = z.object({
  at: moment,
  by: z.string(),
  network: z.string().nullable(),
  device: z.string().nullable(),
});

/**
 * What was known when a dispute was opened. It is written once and never brought up to date: what anybody decides is judged by what could
 * be seen then. No secret, no ciphertext and no address is in it.
 */
export const Evidence = z.object({
  report: z.object({ network: z.string().nullable(), device: z.string().nullable() }),
  order: z.object({
    number: z.string(),
    placedAt: moment,
    paidAt: moment.nullable(),
    deliveredAt: moment.nullable(),
    quantity: count,
    totalMinor: z.string(),
    currency: z.string(),
  }),
  /** Of the reported card; of a whole order its first ones. `print` is the beginning of a keyed hash: it names a card and tells nothing of it. */
  cards: z.array(
    z.object({ tail: z.string(), print: z.string().nullable(), batch: z.string(), sku: z.string(), position: count }),
  ),
  reveals: z.object({ count, first: reveal.nullable(), last: reveal.nullable(), networks: count }),
  /** How often the back office opened the card before it was delivered, and after. */
  vault: z.object({ before: count, after: count }).nullable(),
  payments: z.array(
    z.object({
      account: z.string(),
      tradeNumber: z.string(),
      ourNumber: z.string().nullable(),
      amountMinor: z.string(),
      currency: z.string(),
      receivedAt: moment,
      verdict: z.string(),
    }),
  ),
  batch: z.object({ number: z.string(), sold: count, replaced: count, refunded: count }).nullable(),
  /** Other reports on cards of the same batch and of the same order. */
  neighbours: z.object({
    batch: z.object({ reports: count, upheld: count, rejected: count }).nullable(),
    order: count,
  }),
  warranty: z.object({ hours: count.nullable(), isOver: z.boolean(), replaced: count }),
  buyer: fairness,
  merchant: fairness,
});
export type Evidence = z.output<typeof Evidence>;

/** An address under the shop's key, shortened: equal codes are equal addresses, and nobody reads one back. */
export const networkCode = (hash: Uint8Array | null): string | null =>
  hash ? Buffer.from(hash).toString("hex").slice(0, 10) : null;

interface Asked {
  readonly orderId: string;
  readonly merchantId: string;
  readonly cardId: string | null;
  readonly batchId: string | null;
  readonly buyerHash: Buffer;
  readonly addressHash: Uint8Array | null;
  readonly userAgent: string;
}

type Part<K extends keyof Evidence> = Promise<Evidence[K]>;

async function readOrder(tx: Tx, orderId: string): Part<"order"> {
  const [row] = await tx.$queryRaw<{ order: Evidence["order"] }[]>`
    SELECT jsonb_build_object('number', number, 'placedAt', created_at, 'paidAt', paid_at, 'deliveredAt', delivered_at, 'quantity', quantity,
             'totalMinor', total_minor::text, 'currency', currency) AS "order" FROM orders WHERE id = ${orderId}::uuid`;
  return Evidence.shape.order.parse(row?.order);
}

const readCards = (tx: Tx, { orderId, cardId }: Asked): Part<"cards"> =>
  tx.$queryRaw`
    SELECT right(replace(c.id::text, '-', ''), 8) AS tail, left(encode(s.fingerprint, 'hex'), 12) AS print, b.number::text AS batch, v.sku, u.position::int AS position
      FROM orders o CROSS JOIN LATERAL unnest(o.card_ids) WITH ORDINALITY AS u (id, position)
      JOIN card c ON c.id = u.id JOIN batch b ON b.id = c.batch_id JOIN variant v ON v.id = c.variant_id
      LEFT JOIN card_secret s ON s.card_id = c.id
     WHERE o.id = ${orderId}::uuid AND (${cardId}::uuid IS NULL OR c.id = ${cardId}::uuid)
     ORDER BY u.position LIMIT ${limits.disputeCardsShown}::int`;

interface RevealRow {
  readonly at: Date;
  readonly by: string;
  readonly addressHash: Uint8Array | null;
  readonly userAgent: string;
}

const toReveal = ({ at, by, addressHash, userAgent }: RevealRow) => ({
  at: at.toISOString(),
  by,
  network: networkCode(addressHash),
  device: userAgent === "" ? null : userAgent,
});

async function readReveals(tx: Tx, { orderId, cardId }: Asked): Part<"reveals"> {
  const [sum] = await tx.$queryRaw<[{ count: number; networks: number }]>`
    SELECT count(*)::int AS count, count(DISTINCT address_hash)::int AS networks FROM reveal_record
     WHERE order_id = ${orderId}::uuid AND (${cardId}::uuid IS NULL OR ${cardId}::uuid = ANY (card_ids))`;
  const ends = await tx.$queryRaw<RevealRow[]>`
    SELECT at, actor_kind AS by, address_hash AS "addressHash", user_agent AS "userAgent" FROM (
      (SELECT * FROM reveal_record WHERE order_id = ${orderId}::uuid AND (${cardId}::uuid IS NULL OR ${cardId}::uuid = ANY (card_ids)) ORDER BY id LIMIT 1)
      UNION ALL
      (SELECT * FROM reveal_record WHERE order_id = ${orderId}::uuid AND (${cardId}::uuid IS NULL OR ${cardId}::uuid = ANY (card_ids)) ORDER BY id DESC LIMIT 1)) r
     ORDER BY id`;
  const [first = null, last = null] = ends.map(toReveal);
  return { ...sum, first, last };
}

async function readVault(tx: Tx, { cardId }: Asked): Part<"vault"> {
  if (!cardId) return null;
  const [row] = await tx.$queryRaw<[{ before: number; after: number }]>`
    SELECT count(*) FILTER (WHERE r.at < c.delivered_at)::int AS before, count(*) FILTER (WHERE r.at >= c.delivered_at)::int AS after
      FROM card c JOIN vault_reveal r ON r.card_ids @> ARRAY[c.id] WHERE c.id = ${cardId}::uuid`;
  return row;
}

const readPayments = (tx: Tx, orderId: string): Part<"payments"> =>
  tx.$queryRaw`
    SELECT p.account_id AS account, p.gateway_trade_number AS "tradeNumber", a.out_trade_no AS "ourNumber", p.amount_minor::text AS "amountMinor", p.currency,
           to_char(p.received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "receivedAt", p.verdict
      FROM payment p LEFT JOIN payment_attempt a ON a.id = p.attempt_id WHERE p.order_id = ${orderId}::uuid
     ORDER BY p.received_at, p.id LIMIT ${limits.disputeCardsShown}::int`;

async function readBatch(tx: Tx, { batchId }: Asked): Part<"batch"> {
  if (!batchId) return null;
  const rows = await tx.$queryRaw<NonNullable<Evidence["batch"]>[]>`
    SELECT b.number::text AS number, k.replaced, k.back - k.replaced AS refunded, (k.back + k.held)::int AS sold FROM batch b CROSS JOIN LATERAL (
      SELECT (SELECT count(*)::int FROM card c WHERE c.batch_id = b.id AND c.status = 'withdrawn' AND c.delivered_at IS NOT NULL) AS back,
             (SELECT count(*)::int FROM card c WHERE c.batch_id = b.id AND c.status = 'delivered') AS held,
             (SELECT count(*)::int FROM replacement r WHERE r.old_batch_id = b.id AND r.status = 'done') AS replaced) k
     WHERE b.id = ${batchId}::uuid`;
  return rows[0] ?? null;
}

async function readNeighbours(tx: Tx, { orderId, batchId }: Asked): Part<"neighbours"> {
  const [row] = await tx.$queryRaw<[{ reports: number; upheld: number; rejected: number; order: number }]>`
    SELECT count(*) FILTER (WHERE d.batch_id = ${batchId}::uuid)::int AS reports,
           count(*) FILTER (WHERE d.batch_id = ${batchId}::uuid AND x.outcome IN ('replace', 'refund', 'compensate'))::int AS upheld,
           count(*) FILTER (WHERE d.batch_id = ${batchId}::uuid AND x.outcome = 'reject')::int AS rejected,
           count(*) FILTER (WHERE d.order_id = ${orderId}::uuid)::int AS "order"
      FROM dispute d LEFT JOIN dispute_decision x ON x.id = d.decision_id AND x.state = 'done'
     WHERE d.order_id = ${orderId}::uuid OR d.batch_id = ${batchId}::uuid`;
  const { order, ...batch } = row;
  return { order, batch: batchId ? batch : null };
}

async function readWarranty(tx: Tx, { orderId, batchId }: Asked): Part<"warranty"> {
  const [row] = await tx.$queryRaw<Evidence["warranty"][]>`
    SELECT w.hours, coalesce(o.delivered_at + make_interval(hours => w.hours) <= clock_timestamp(), false) AS "isOver",
           (SELECT count(*)::int FROM replacement r WHERE r.order_id = o.id AND r.status <> 'cancelled') AS replaced
      FROM orders o LEFT JOIN LATERAL (
        SELECT coalesce(b.warranty_days * 24, v.warranty_hours) AS hours FROM batch b JOIN variant v ON v.id = b.variant_id WHERE b.id = ${batchId}::uuid) w ON true
     WHERE o.id = ${orderId}::uuid`;
  return row ?? { hours: null, isOver: false, replaced: 0 };
}

/** Gathers what the shop knows at this moment about an order and a card of it, in the transaction that opens the dispute. */
export async function gatherEvidence(tx: Tx, asked: Asked): Promise<Evidence> {
  const { buyer, merchant } = await readFairness(tx, asked);
  return {
    report: { network: networkCode(asked.addressHash), device: asked.userAgent === "" ? null : asked.userAgent },
    order: await readOrder(tx, asked.orderId),
    cards: await readCards(tx, asked),
    reveals: await readReveals(tx, asked),
    vault: await readVault(tx, asked),
    payments: await readPayments(tx, asked.orderId),
    batch: await readBatch(tx, asked),
    neighbours: await readNeighbours(tx, asked),
    warranty: await readWarranty(tx, asked),
    buyer,
    merchant,
  };
}
