import { timingSafeEqual } from "node:crypto";
import type pg from "pg";
import { limits } from "@/lib/kernel/limits";
import { type CardPlace, cardAad, fingerprint, type Keys, open, openDataKey } from "@/lib/platform/crypto";
import { withClient } from "@/lib/platform/with-client";

/** A sampled card that is not sealed as it should be. */
export interface BadSeal {
  readonly fault: "does not open in its own row" | "opens in another row" | "text is not that of its fingerprint";
  readonly card_id: string;
  readonly batch_id: string;
  readonly other_card_id: string | null;
  readonly product_id: string;
}

export interface SealProbe {
  readonly sampled: number;
  readonly at: string;
  readonly ms: number;
  readonly bad: readonly BadSeal[];
}

interface Sample extends CardPlace {
  readonly productId: string;
  readonly dataKey: Buffer;
  readonly ciphertext: Buffer;
  readonly fingerprint: Buffer;
}

/** As many pages as hold about the wanted number of rows; a small table whole. */
const SAMPLE = (percent: number) => `
  SELECT c.id::text AS "cardId", c.merchant_id::text AS "merchantId", c.variant_id::text AS "variantId", c.batch_id::text AS "batchId",
         v.product_id::text AS "productId", b.data_key AS "dataKey", s.ciphertext, s.fingerprint
    FROM card_secret s TABLESAMPLE SYSTEM (${percent})
    JOIN card c ON c.id = s.card_id JOIN batch b ON b.id = c.batch_id JOIN variant v ON v.id = c.variant_id
   ORDER BY random() LIMIT ${limits.probeCardsSampled}`;

async function readSample(client: pg.Client): Promise<{ at: string; samples: Sample[] }> {
  await client.query("BEGIN READ ONLY");
  const size = await client.query<{ at: Date; rows: number }>(
    "SELECT now() AS at, greatest(reltuples, 0)::float8 AS rows FROM pg_class WHERE oid = 'public.card_secret'::regclass",
  );
  const { at, rows } = size.rows[0]!;
  // Whole pages are drawn, so somewhat more of them than the rows need; below that, everything.
  const percent = rows < 50_000 ? 100 : Math.min(100, (limits.probeCardsSampled * 2_000) / rows);
  const { rows: samples } = await client.query<Sample>(SAMPLE(percent));
  await client.query("COMMIT");
  return { at: at.toISOString(), samples };
}

/**
 * Opens a sample of ciphertexts, each in its own row, where it must open and be the text of its fingerprint, and in other
 * rows of the sample, where it must not, not even under the right batch's key. A text exists for the length of one
 * comparison and is overwritten; it is not a reveal, and nobody sees it. Needs the owner's address: the application's role
 * cannot read a ciphertext, and this opens no door for it.
 */
export async function probeSeals(keys: Keys, ownerUrl: string): Promise<SealProbe> {
  const startedAt = performance.now();
  const { at, samples } = await withClient(ownerUrl, readSample);
  const bad = samples.flatMap((sample, n) => probeOne(keys, sample, others(samples, n)));
  return { sampled: samples.length, at, ms: Math.round(performance.now() - startedAt), bad };
}

/** The next ones in the sample, round its end. */
function others(samples: readonly Sample[], n: number): Sample[] {
  const count = Math.min(limits.probeForeignPlaces, samples.length - 1);
  return Array.from({ length: count }, (_, k) => samples[(n + k + 1) % samples.length] as Sample);
}

function probeOne(keys: Keys, sample: Sample, foreign: readonly Sample[]): BadSeal[] {
  const { cardId, batchId, productId, ciphertext } = sample;
  const bad = (fault: BadSeal["fault"], other: string | null = null): BadSeal => ({
    fault,
    card_id: cardId,
    batch_id: batchId,
    other_card_id: other,
    product_id: productId,
  });
  const found: BadSeal[] = [];
  const own = keyOf(keys, sample);
  const text = own && tryOpen(own, ciphertext, sample);
  const isRight = text && timingSafeEqual(fingerprint(keys.fingerprint(sample.merchantId), text), sample.fingerprint);
  text?.fill(0);
  if (!text) found.push(bad("does not open in its own row"));
  else if (!isRight) found.push(bad("text is not that of its fingerprint"));
  for (const other of foreign) {
    const theirs = keyOf(keys, other);
    const opened = (own && tryOpen(own, ciphertext, other)) ?? (theirs && tryOpen(theirs, ciphertext, other));
    opened?.fill(0);
    if (opened) found.push(bad("opens in another row", other.cardId));
  }
  return found;
}

function keyOf(keys: Keys, sample: Sample): Buffer | null {
  try {
    return openDataKey(keys, sample.dataKey, sample);
  } catch {
    return null;
  }
}

function tryOpen(key: Buffer, ciphertext: Buffer, place: CardPlace): Buffer | null {
  try {
    return open(key, ciphertext, cardAad(place));
  } catch {
    return null;
  }
}
