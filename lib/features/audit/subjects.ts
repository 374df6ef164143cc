import type pg from "pg";
import type { Found } from "./position";
import type { Subjects } from "./window";

/**
 * What comes with what, so that a query over these rows alone says the same of them as a query over all: with a card its
 * order and its batch; with a payment event its order; with an order its twins by key or number, its cards, the cards that its ledger entries and reveals
 * name, the orders of those cards, and these orders' cards. Each is reached by an index.
 */
const CLOSURE = `
WITH seed AS MATERIALIZED (
  SELECT unnest($1::uuid[]) AS id
  UNION SELECT order_id FROM public.card WHERE id = ANY ($2::uuid[]) AND order_id IS NOT NULL
  UNION SELECT order_id FROM public.payment_event WHERE id = ANY ($3::uuid[]) AND order_id IS NOT NULL),
first AS MATERIALIZED (
  SELECT id FROM seed
  UNION SELECT t.id FROM public.orders t JOIN (SELECT scope, request_key FROM public.orders WHERE id = ANY (ARRAY(SELECT id FROM seed))) k USING (scope, request_key)
  UNION SELECT t.id FROM public.orders t JOIN (SELECT number FROM public.orders WHERE id = ANY (ARRAY(SELECT id FROM seed))) k USING (number)),
near AS MATERIALIZED (
  SELECT unnest($2::uuid[]) AS id
  UNION SELECT unnest(card_ids) FROM public.orders WHERE id = ANY (ARRAY(SELECT id FROM first))
  UNION SELECT unnest(card_ids) FROM public.stock_entry WHERE order_id = ANY (ARRAY(SELECT id FROM first))
  UNION SELECT unnest(card_ids) FROM public.reveal_record WHERE order_id = ANY (ARRAY(SELECT id FROM first))),
wide AS MATERIALIZED (
  SELECT id FROM first
  UNION SELECT order_id FROM public.card WHERE id = ANY (ARRAY(SELECT id FROM near)) AND order_id IS NOT NULL),
far AS MATERIALIZED (
  SELECT id FROM near
  UNION SELECT unnest(card_ids) FROM public.orders WHERE id = ANY (ARRAY(SELECT id FROM wide)))
SELECT ARRAY(SELECT id::text FROM wide) AS orders, ARRAY(SELECT id::text FROM far) AS cards,
       ARRAY(SELECT DISTINCT batch_id::text FROM public.card WHERE id = ANY (ARRAY(SELECT id FROM far))) AS batches`;

const asArray = (ids: Iterable<string>): string => `{${[...ids].join(",")}}`;

/** How many cards the subjects would come to, about: the orders' own, and those of a batch's entries. */
export async function weigh(client: pg.ClientBase, found: Found): Promise<number> {
  const { rows } = await client.query<{ cards: string }>(
    `SELECT (SELECT coalesce(sum(quantity), 0) FROM public.orders
              WHERE id = ANY ($1::uuid[] || ARRAY(SELECT order_id FROM public.card WHERE id = ANY ($2::uuid[]) AND order_id IS NOT NULL)))
          + (SELECT coalesce(sum(cardinality(card_ids)), 0) FROM public.stock_entry WHERE id = ANY ($3::bigint[])) AS cards`,
    [asArray(found.orders), asArray(found.cards), asArray(found.entries)],
  );
  return Number(rows[0]?.cards ?? 0) + found.cards.size;
}

/** Closes what was found, so that the invariants can be asked about it; see `CLOSURE`. */
export async function close(client: pg.ClientBase, found: Found, countedCardsMax: number | null): Promise<Subjects> {
  const { rows } = await client.query<{ orders: string[]; cards: string[]; batches: string[] }>(CLOSURE, [
    asArray(found.orders),
    asArray(found.cards),
    asArray(found.events),
  ]);
  const closed = rows[0]!;
  const counted = await client.query<{ id: string }>(
    "SELECT id::text FROM public.batch WHERE id = ANY ($1::uuid[]) AND ($2::int IS NULL OR accepted_count <= $2::int)",
    [asArray(found.countedBatches), countedCardsMax],
  );
  return {
    orders: closed.orders,
    cards: closed.cards,
    batches: [...new Set([...closed.batches, ...found.batches])],
    events: [...found.events],
    countedBatches: counted.rows.map(({ id }) => id),
    entries: [...found.entries],
    outbox: [...found.outbox],
    mails: [...found.mails],
  };
}
