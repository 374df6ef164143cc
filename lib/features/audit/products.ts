import type pg from "pg";
import type { Invariant, SubjectKind } from "./invariant";
import type { OffendingRow } from "./run-audit";

type Named = Record<SubjectKind, Set<string>>;

/** The ids under which an offending row names what it is about, by kind. */
export function subjectsOf({ names }: Pick<Invariant, "names">, rows: readonly OffendingRow[]): Named {
  const named: Named = { order: new Set(), card: new Set(), batch: new Set(), variant: new Set(), event: new Set() };
  for (const row of rows) {
    for (const [column, kind] of Object.entries(names)) {
      for (const value of [row[column]].flat()) if (typeof value === "string") named[kind].add(value);
    }
  }
  return named;
}

const PRODUCTS = `
SELECT 'order' AS kind, l.order_id::text AS id, v.product_id::text AS product
  FROM order_line l JOIN variant v ON v.id = l.variant_id WHERE l.order_id = ANY ($1::uuid[])
UNION SELECT 'card', c.id::text, v.product_id::text FROM card c JOIN variant v ON v.id = c.variant_id WHERE c.id = ANY ($2::uuid[])
UNION SELECT 'card', s.card_id::text, v.product_id::text FROM card_secret s JOIN variant v ON v.id = s.variant_id WHERE s.card_id = ANY ($2::uuid[])
UNION SELECT 'batch', b.id::text, v.product_id::text FROM batch b JOIN variant v ON v.id = b.variant_id WHERE b.id = ANY ($3::uuid[])
UNION SELECT 'variant', v.id::text, v.product_id::text FROM variant v WHERE v.id = ANY ($4::uuid[])
UNION SELECT 'event', e.id::text, v.product_id::text
  FROM payment_event e JOIN order_line l ON l.order_id = e.order_id JOIN variant v ON v.id = l.variant_id WHERE e.id = ANY ($5::uuid[])`;

/** The offending rows by the product whose sale they concern; under null those that lead to none. A row may concern several. */
export async function byProduct(
  client: pg.ClientBase,
  invariant: Pick<Invariant, "names">,
  rows: readonly OffendingRow[],
): Promise<Map<string | null, OffendingRow[]>> {
  const named = subjectsOf(invariant, rows);
  const values = [named.order, named.card, named.batch, named.variant, named.event].map(
    (ids) => `{${[...ids].join(",")}}`,
  );
  const found = await client.query<{ kind: SubjectKind; id: string; product: string }>(PRODUCTS, values);
  const products = new Map<string, string[]>();
  for (const { kind, id, product } of found.rows) {
    const known = products.get(`${kind} ${id}`) ?? [];
    products.set(`${kind} ${id}`, [...known, product]);
  }
  const grouped = new Map<string | null, OffendingRow[]>();
  for (const row of rows) {
    const own = subjectsOf(invariant, [row]);
    const keys = Object.entries(own).flatMap(([kind, ids]) =>
      [...ids].flatMap((id) => products.get(`${kind} ${id}`) ?? []),
    );
    for (const product of keys.length > 0 ? new Set(keys) : [null]) {
      grouped.set(product, [...(grouped.get(product) ?? []), row]);
    }
  }
  return grouped;
}
