import { withClient } from "@/lib/platform/with-client";
import type { BenchShop } from "./shop";

/** What buyers heard before the kill, as ids of orders. */
export interface Promised {
  readonly accepted: ReadonlySet<string>;
  readonly sold: ReadonlySet<string>;
}

export interface Aftermath {
  /** Sales that were heard of, without an order that holds its card. */
  readonly lost: number;
  /** Orders that were written and not heard of. */
  readonly unheard: number;
  /** Cards that more than one order holds. */
  readonly heldTwice: number;
  /** Cards on sale, and cards held for an order that does not exist. */
  readonly stranded: number;
  /** Orders that were accepted and do not exist. */
  readonly neverSold: number;
}

const HELD_FOR_NOBODY = `status = 'reserved' AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = card.order_id)`;

const AFTERMATH = `
WITH own AS MATERIALIZED (
  SELECT o.id, o.card_ids FROM orders o WHERE o.id IN (SELECT order_id FROM order_line WHERE variant_id = $1::uuid))
SELECT (SELECT count(*) FROM unnest($2::uuid[]) AS told (id)
         WHERE NOT EXISTS (SELECT 1 FROM own JOIN card c ON c.order_id = own.id AND c.id = ANY (own.card_ids) WHERE own.id = told.id))::int AS lost,
       (SELECT count(*) FROM own WHERE NOT own.id = ANY ($2::uuid[]))::int AS unheard,
       (SELECT count(*) FROM (SELECT 1 FROM own CROSS JOIN unnest(own.card_ids) AS held (id) GROUP BY held.id HAVING count(*) > 1) t)::int AS "heldTwice",
       (SELECT count(*) FROM card WHERE variant_id = $1::uuid AND (status = 'available' OR ${HELD_FOR_NOBODY}))::int AS stranded,
       (SELECT count(*) FROM unnest($3::uuid[]) AS accepted (id) WHERE NOT EXISTS (SELECT 1 FROM own WHERE own.id = accepted.id))::int AS "neverSold"`;

/** Asks the database what became of what buyers heard. */
export async function readAftermath({ urls, variantId }: BenchShop, { sold, accepted }: Promised): Promise<Aftermath> {
  const { rows } = await withClient(urls.owner, (client) =>
    client.query<Aftermath>(AFTERMATH, [variantId, [...sold], [...accepted]]),
  );
  const [row] = rows;
  if (!row) throw new Error("the aftermath is one row");
  return row;
}

/** Puts cards that are held for an order that does not exist back on sale, as an operator would who looked for them. */
export async function releaseHeld({ urls, variantId }: BenchShop): Promise<void> {
  await withClient(urls.owner, (client) =>
    client.query(
      `UPDATE card SET status = 'available', order_id = NULL, reserved_until = NULL WHERE variant_id = $1::uuid AND ${HELD_FOR_NOBODY}`,
      [variantId],
    ),
  );
}
