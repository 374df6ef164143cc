import type pg from "pg";
import { listCards, type VaultPage } from "@/lib/features/vault/list-cards";
import { VaultQuery } from "@/lib/features/vault/schema";
import { findBySecret } from "@/lib/features/vault/search-secret";
import { newId, toPublicId } from "@/lib/kernel/id";
import { Secret } from "@/lib/kernel/secret";
import type { Viewer } from "@/lib/kernel/viewer";
import { fingerprint } from "@/lib/platform/crypto";
import { withClient } from "@/lib/platform/with-client";
import { percentile, type Sample } from "./figures";
import type { Options } from "./options";
import type { BenchShop } from "./shop";

/** What a first page may take. */
const PAGE_MS_MAX = 200;
const CARDS = 1_000_000;
const SMOKE_CARDS = 5_000;
const BATCHES = 400;
const ASKS = 40;
const SMOKE_ASKS = 3;
const NEEDLE = "the one card that is looked for";

/** Every second card is in the first batch; the others are spread. One state is rare, and one expires. */
const CARD_SQL = `
WITH place AS (SELECT id, row_number() OVER (ORDER BY number) - 1 AS n FROM batch WHERE variant_id = $2::uuid)
INSERT INTO card (id, merchant_id, variant_id, pool_id, batch_id, pick, status, order_id, delivered_at, expires_at)
SELECT ($4 || lpad(to_hex(i), 12, '0'))::uuid, $1::uuid, $2::uuid, $3::uuid, place.id, i,
       CASE WHEN i % 9973 = 0 THEN 'withdrawn' WHEN i % 10 < 7 THEN 'delivered' WHEN i % 10 < 9 THEN 'available' ELSE 'draft' END,
       CASE WHEN i % 9973 <> 0 AND i % 10 < 7 THEN ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid END,
       CASE WHEN i % 9973 <> 0 AND i % 10 < 7 THEN now() END,
       CASE WHEN i % 4 = 0 THEN timestamptz '2027-01-01' + make_interval(hours => (i % 8760)::int) END
  FROM generate_series(1, $5::int) AS i JOIN place ON place.n = CASE WHEN i % 2 = 0 THEN 0 ELSE i % ${BATCHES} END`;

const SECRET_SQL = `
INSERT INTO card_secret (card_id, variant_id, key_id, fingerprint, ciphertext)
SELECT ($2 || lpad(to_hex(i), 12, '0'))::uuid, $1::uuid, 'bench', CASE WHEN i = 7 THEN $3::bytea ELSE decode(md5(i::text), 'hex') END,
       decode(repeat(md5(i::text), 2), 'hex') FROM generate_series(1, $4::int) AS i`;

interface Scene {
  readonly viewer: Viewer;
  readonly whale: string;
}

/** A merchant's million cards, written as the owner of the tables: only their places and states matter here. */
async function fill(client: pg.Client, shop: BenchShop, cards: number): Promise<Scene> {
  const { merchantId, variantId, poolId, deps } = shop;
  await client.query("DELETE FROM card_secret WHERE variant_id = $1 AND key_id = 'bench'", [variantId]);
  for (let n = 0; n < BATCHES; n++) {
    await client.query(
      `INSERT INTO batch (id, merchant_id, variant_id, pool_id, status, key_id, data_key) VALUES ($1, $2, $3, $4, 'published', 'bench', '\\x00')`,
      [newId(), merchantId, variantId, poolId],
    );
  }
  const prefix = newId().slice(0, 24);
  await client.query(CARD_SQL, [merchantId, variantId, poolId, prefix, cards]);
  const needle = fingerprint(deps.keys.fingerprint(merchantId), Buffer.from(NEEDLE));
  await client.query(SECRET_SQL, [variantId, prefix, needle, cards]);
  await client.query("ANALYZE card, card_secret, batch");
  const { rows } = await client.query<{ id: string }>(
    "SELECT id FROM batch WHERE variant_id = $1 ORDER BY number LIMIT 1",
    [variantId],
  );
  return { viewer: { kind: "merchant", merchantId, userId: newId() }, whale: rows[0]?.id ?? "" };
}

/** What people ask of a vault; the rare ones are the ones that a walk would take long for. */
const filtersOf = ({ variantId, productId, poolId }: BenchShop, { whale }: Scene): Record<string, object> => ({
  "everything, newest batch first": {},
  "everything, oldest batch first": { sort: "old" },
  "on sale": { state: "available" },
  "withdrawn, which is rare": { state: "withdrawn" },
  "reserved, which is nothing": { state: "reserved" },
  "one batch of half of all": { batch: toPublicId("batch", whale) },
  "withdrawn of that batch": { batch: toPublicId("batch", whale), state: "withdrawn" },
  "one variant": { variant: toPublicId("variant", variantId) },
  "one product, drafts": { product: toPublicId("product", productId), state: "draft" },
  "one pool, on sale": { pool: poolId, state: "available" },
  "soonest to expire": { sort: "expiry" },
  "expiring in a week, on sale": { from: "2027-03-01", to: "2027-03-07", state: "available" },
  "expiring in a week, withdrawn": { from: "2027-03-01", to: "2027-03-07", state: "withdrawn" },
});

async function time(asks: number, ask: () => Promise<unknown>): Promise<Pick<Sample, "perSecond" | "p50Ms" | "p99Ms">> {
  const times: number[] = [];
  // The first one plans.
  await ask();
  for (let n = 0; n < asks; n++) {
    const startedAt = performance.now();
    await ask();
    times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  const total = times.reduce((sum, ms) => sum + ms, 0);
  return { perSecond: (asks * 1_000) / total, p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) };
}

/** How long the first page of each filter takes at a million cards, one further in, and the search for an exact text. */
export async function benchVault(
  shop: BenchShop,
  options: Options,
  tell: (line: string) => void,
): Promise<{ samples: Sample[]; note: string }> {
  const [cards, asks] = options.isSmoke ? [SMOKE_CARDS, SMOKE_ASKS] : [CARDS, ASKS];
  const scene = await withClient(shop.urls.owner, (client) => fill(client, shop, cards));
  const { deps } = shop;
  const samples: Sample[] = [];
  const take = async (contender: string, ask: () => Promise<unknown>) => {
    const figures = await time(asks, ask);
    samples.push({ bench: "vault", contender, inFlight: 1, round: 1, done: asks, failed: 0, soldTwice: 0, ...figures });
    tell(`${contender}: ${figures.p99Ms?.toFixed(1)} ms`);
  };
  for (const [name, filter] of Object.entries(filtersOf(shop, scene)))
    await take(name, () => listCards(deps, scene.viewer, VaultQuery.parse(filter)));
  let page: VaultPage = await listCards(deps, scene.viewer, VaultQuery.parse({}));
  for (let n = 0; n < asks && page.next; n++)
    page = await listCards(deps, scene.viewer, VaultQuery.parse({ after: page.next }));
  const { next: after } = page;
  await take("a page further in", () => listCards(deps, scene.viewer, VaultQuery.parse({ after })));
  await take("an exact text", () => findBySecret(deps, scene.viewer, new Secret(NEEDLE)));
  const slowest = Math.max(...samples.map(({ p99Ms }) => p99Ms ?? 0));
  const verdict = slowest < PAGE_MS_MAX ? "below" : "NOT below";
  const note = `The vault at ${cards.toLocaleString("en")} cards in ${BATCHES} batches: the slowest page, of ${samples.length} kinds, took ${slowest.toFixed(1)} ms at the 99th percentile, ${verdict} ${PAGE_MS_MAX} ms.`;
  return { samples, note };
}
