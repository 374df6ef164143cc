import type { Actor } from "@/lib/kernel/actor";
import { actorUserId } from "@/lib/kernel/actor";
import { err, ok, type Result } from "@/lib/kernel/result";
import { Secret } from "@/lib/kernel/secret";
import { createCoalescer } from "@/lib/platform/coalescer";
import { cardAad, open, openDataKey } from "@/lib/platform/crypto";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { observeBatch } from "@/lib/platform/measures";

export interface Reveal {
  readonly orderId: string;
  readonly actor: Extract<Actor, { kind: "buyer" | "merchant" | "admin" }>;
  readonly reason: string;
  readonly addressHash?: Uint8Array | undefined;
  readonly userAgent?: string | undefined;
  /** How many cards the order has: few reveals of many cards make a batch. */
  readonly cardCount?: number;
}

export interface RevealedCard {
  readonly line: number;
  readonly text: Secret;
}

/** A card that was replaced: where it stood among the order's cards, from 1. */
export interface ReplacedCard {
  readonly position: number;
  readonly text: Secret;
}

/** A ciphertext with all that opens it, as only the doors of the database answer it. */
export interface SealedRow {
  readonly card_id: string;
  readonly merchant_id: string;
  readonly variant_id: string;
  readonly batch_id: string;
  readonly data_key: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** Opens rows that a revealing function of the database returned: those functions alone give ciphertexts out. */
export function openRows<T extends SealedRow>(
  { keys }: Pick<Deps, "keys">,
  rows: readonly T[],
): (T & { text: Secret })[] {
  const dataKeys = new Map<string, Buffer>();
  return rows.map((row) => {
    const { merchant_id: merchantId, variant_id: variantId, batch_id: batchId, card_id: cardId } = row;
    const place = { merchantId, variantId, batchId, cardId };
    const dataKey = dataKeys.get(batchId) ?? openDataKey(keys, row.data_key, place);
    dataKeys.set(batchId, dataKey);
    return { ...row, text: new Secret(open(dataKey, row.ciphertext, cardAad(place)).toString("utf8")) };
  });
}

interface RevealRow extends SealedRow {
  /** Which reveal of the batch it belongs to. */
  readonly n: number;
  /** Set in what the order has now. */
  readonly line: number | null;
  /** Set in what it was given before that was replaced: where that stood among its cards, from 1. */
  readonly card_position: number | null;
}

const USER_AGENT_LETTERS_MAX = 300;

/**
 * Several reveals in one statement and one commit. Both functions of the database write the record of who revealed what in the statement
 * that returns the ciphertexts; of an order that is not delivered they do neither, and one of which nothing was replaced leaves one record.
 */
async function runReveals({ db }: Deps, reveals: readonly Reveal[]): Promise<RevealRow[][]> {
  const asked = reveals.map(({ orderId, actor, reason, addressHash, userAgent = "" }, n) => ({
    n,
    order_id: orderId,
    actor_kind: actor.kind,
    actor_id: actorUserId(actor),
    reason,
    address: addressHash ? Buffer.from(addressHash).toString("hex") : null,
    agent: userAgent.slice(0, USER_AGENT_LETTERS_MAX),
  }));
  const rows = await db.$queryRaw<RevealRow[]>`
    WITH asked AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
             AS a (n int, order_id uuid, actor_kind text, actor_id uuid, reason text, address text, agent text))
    SELECT a.n, c.place, c.line, NULL::int AS card_position, c.card_id, c.merchant_id, c.variant_id, c.batch_id, c.data_key, c.ciphertext
      FROM asked a
     CROSS JOIN LATERAL reveal_cards(a.order_id, a.actor_kind, a.actor_id, a.reason, decode(a.address, 'hex'), a.agent)
           WITH ORDINALITY AS c (card_id, line, merchant_id, variant_id, batch_id, key_id, data_key, ciphertext, place)
    UNION ALL
    SELECT a.n, c.place, NULL, c.card_position, c.card_id, c.merchant_id, c.variant_id, c.batch_id, c.data_key, c.ciphertext
      FROM asked a
     CROSS JOIN LATERAL reveal_replaced_cards(a.order_id, a.actor_kind, a.actor_id, decode(a.address, 'hex'), a.agent)
           WITH ORDINALITY AS c (card_id, card_position, merchant_id, variant_id, batch_id, key_id, data_key, ciphertext, place)
     ORDER BY n, place`;
  const answers = reveals.map((): RevealRow[] => []);
  for (const row of rows) answers[row.n]?.push(row);
  return answers;
}

/** Each reveal alone is a commit that waits for the disk; those that are asked for at the same moment share one. */
const revealsOf = (deps: Deps) =>
  ofDeps(deps, "inventory.reveal", () =>
    createCoalescer<Reveal, RevealRow[]>({
      name: "reveal",
      run: (reveals) => runReveals(deps, reveals),
      runAlone: async (reveal) => (await runReveals(deps, [reveal]))[0] ?? [],
      weigh: ({ cardCount = 1 }) => cardCount,
      onBatch: (batch) => observeBatch(deps.log, "reveal", batch),
      now: () => performance.now(),
    }),
  );

/** What an order has, and what was replaced in it. */
export interface RevealedCards {
  readonly secrets: readonly RevealedCard[];
  readonly replaced: readonly ReplacedCard[];
}

/**
 * The buyer's way from a ciphertext to its text, and the record of it; `reveal-vault.ts` is the other way. Cards come in the order's own
 * order, so what was revealed once reads the same for ever; with them, so that its buyer can tell which of his cards is void, what stood in
 * the places of those that were replaced. `busy`: so many wait that nobody should join them.
 */
export async function revealCards(
  deps: Deps,
  reveal: Reveal,
): Promise<Result<RevealedCards, "not_delivered" | "busy">> {
  const answer = await revealsOf(deps).ask(reveal);
  if (!answer.ok) return answer;
  const rows = openRows(deps, answer.value);
  const secrets = rows.flatMap(({ line, text }) => (line === null ? [] : [{ line, text }]));
  const replaced = rows.flatMap(({ card_position: position, text }) => (position === null ? [] : [{ position, text }]));
  return secrets.length === 0 ? err("not_delivered") : ok({ secrets, replaced });
}
