import { gripOffered, insertPick, type OfferedCard } from "@/lib/features/previews/store";
import { hasRoom, insertPromise } from "@/lib/features/promises/store";
import { assert } from "@/lib/kernel/assert";
import { err, ok } from "@/lib/kernel/result";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import type { OrderDraft } from "./draft-order";
import { type PlaceAnswer, type PlaceLine, runPlace } from "./place-statement";

/** How many pieces of a variant one buyer may have, by variant; a variant without an entry is not limited. */
export type BuyerCaps = ReadonlyMap<string, number>;

/** Everybody who counts for the same buyer and variant waits here for each other; in one order, so that nobody waits in a circle. */
const lock = (tx: Tx, keys: readonly string[]) =>
  tx.$queryRaw`
    SELECT count(pg_advisory_xact_lock(k)) FROM (
      SELECT DISTINCT hashtextextended(key, 7270736900003) AS k FROM unnest(${[...keys]}::text[]) AS key ORDER BY k) keys`;

/** What the buyer has of a variant: whatever waits for its payment, is paid or delivered, by e-mail address or by browser. */
async function countHeld(tx: Tx, { row }: OrderDraft, variantId: string): Promise<number> {
  const [counted] = await tx.$queryRaw<{ held: number }[]>`
    SELECT coalesce(sum(h.quantity), 0)::int AS held FROM buyer_hold h JOIN orders o ON o.id = h.order_id
     WHERE h.variant_id = ${variantId}::uuid AND (h.email = ${row.email} OR h.device_id = ${row.device_id})
       AND o.status NOT IN ('expired', 'cancelled', 'refunded')
       AND (o.status <> 'pending' OR o.deadline_at > clock_timestamp())`;
  return counted?.held ?? 0;
}

const keysOf = ({ row }: OrderDraft, variantId: string): string[] => [
  `${variantId} by ${row.email}`,
  ...(row.device_id === null ? [] : [`${variantId} on ${row.device_id}`]),
];

export interface Alone {
  readonly caps: BuyerCaps;
  readonly lines: readonly PlaceLine[];
}

type Limit = "buyer_limit" | "presale_full";

/** Whether the buyer may have it: two of the same buyer at once are one after the other, whichever process has them. */
async function judgeLimits(tx: Tx, draft: OrderDraft, { caps, lines }: Alone): Promise<Limit | null> {
  await lock(
    tx,
    lines.flatMap((line) => keysOf(draft, line.variant_id)),
  );
  for (const { variant_id: variantId, quantity } of lines) {
    const held = await countHeld(tx, draft, variantId);
    if (held + quantity > (caps.get(variantId) as number)) return "buyer_limit";
  }
  return draft.promise && !(await hasRoom(tx, draft.promise)) ? "presale_full" : null;
}

/**
 * One order and the count it adds to, together or not at all: nobody ends up with more than the limit. What the order is promised is
 * written with it, within the cap. A replay of an order that is there counts nothing.
 */
export async function runLimited(
  deps: Deps,
  draft: OrderDraft,
  { caps, lines }: Alone,
): Promise<PlaceAnswer | { readonly verdict: Limit }> {
  const limited = draft.lines.filter((line) => caps.has(line.variant_id));
  const fromZero = lines.map((line) => ({ ...line, start: "0" }));
  const result = await inTransaction<PlaceAnswer, Limit>(deps.db, async (tx) => {
    const limit = await judgeLimits(tx, draft, { caps, lines: limited });
    if (limit) return err(limit);
    const answer = (await runPlace(tx, [draft.row], fromZero))[0] as PlaceAnswer;
    if (answer.verdict === "placed") await remember(tx, draft, limited);
    if (answer.verdict === "placed" && draft.promise) await insertPromise(tx, draft.row.id, draft.promise);
    return ok(answer);
  });
  return result.ok ? result.value : { verdict: result.error };
}

/**
 * One order and the very card that its buyer chose, together or not at all. The card is locked first, at the price that was drafted; then
 * the statement that places every order begins at this card's own place and takes it. Two at one card: one has it, and the other hears so
 * at once, or waits for as long as the first one may yet roll back (`short`).
 */
export async function runChosen(
  deps: Deps,
  draft: OrderDraft,
  { caps, chosen }: { readonly caps: BuyerCaps; readonly chosen: OfferedCard },
): Promise<PlaceAnswer | { readonly verdict: Limit | "card_taken" | "stale" | "short" }> {
  const limited = draft.lines.filter((line) => caps.has(line.variant_id));
  const lines = draft.lines.map((line) => ({ ...line, start: chosen.pick.toString() }));
  const result = await inTransaction<PlaceAnswer, Limit | "card_taken" | "stale" | "short">(deps.db, async (tx) => {
    const limit = await judgeLimits(tx, draft, { caps, lines: limited });
    if (limit) return err(limit);
    const grip = await gripOffered(tx, chosen);
    if (grip !== "mine") return err(VERDICT_OF[grip]);
    const answer = (await runPlace(tx, [draft.row], lines))[0] as PlaceAnswer;
    if (answer.verdict !== "placed") return ok(answer);
    assert(answer.last_pick === chosen.pick, "the statement took the card that was chosen");
    await remember(tx, draft, limited);
    const { id: orderId, merchant_id: merchantId } = draft.row;
    await insertPick(tx, { orderId, merchantId }, chosen);
    return ok(answer);
  });
  return result.ok ? result.value : { verdict: result.error };
}

const VERDICT_OF = { held: "short", gone: "card_taken", changed: "stale" } as const;

const remember = (tx: Tx, { row }: OrderDraft, lines: readonly PlaceLine[]) =>
  tx.$executeRaw`
    INSERT INTO buyer_hold (variant_id, order_id, email, device_id, quantity)
    SELECT variant_id, ${row.id}::uuid, ${row.email}, ${row.device_id}, quantity
      FROM unnest(${lines.map((line) => line.variant_id)}::uuid[], ${lines.map((line) => line.quantity)}::int[]) AS l (variant_id, quantity)`;
