import { hasRoom, insertPromise } from "@/lib/features/promises/store";
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

/**
 * One order and the count it adds to, together or not at all: two of the same buyer at once are one after the other, whichever
 * process has them, so nobody ends up with more than the limit. What the order is promised is written with it, within the cap. A replay of an order that is there counts nothing.
 */
export async function runLimited(
  deps: Deps,
  draft: OrderDraft,
  { caps, lines }: { caps: BuyerCaps; lines: readonly PlaceLine[] },
): Promise<PlaceAnswer | { readonly verdict: "buyer_limit" | "presale_full" }> {
  const limited = draft.lines.filter((line) => caps.has(line.variant_id));
  const fromZero = lines.map((line) => ({ ...line, start: "0" }));
  const result = await inTransaction<PlaceAnswer, "buyer_limit" | "presale_full">(deps.db, async (tx) => {
    await lock(
      tx,
      limited.flatMap((line) => keysOf(draft, line.variant_id)),
    );
    for (const { variant_id: variantId, quantity } of limited) {
      const held = await countHeld(tx, draft, variantId);
      if (held + quantity > (caps.get(variantId) as number)) return err("buyer_limit");
    }
    if (draft.promise && !(await hasRoom(tx, draft.promise))) return err("presale_full");
    const answer = (await runPlace(tx, [draft.row], fromZero))[0] as PlaceAnswer;
    if (answer.verdict === "placed") await remember(tx, draft, limited);
    if (answer.verdict === "placed" && draft.promise) await insertPromise(tx, draft.row.id, draft.promise);
    return ok(answer);
  });
  return result.ok ? result.value : { verdict: result.error };
}

const remember = (tx: Tx, { row }: OrderDraft, lines: readonly PlaceLine[]) =>
  tx.$executeRaw`
    INSERT INTO buyer_hold (variant_id, order_id, email, device_id, quantity)
    SELECT variant_id, ${row.id}::uuid, ${row.email}, ${row.device_id}, quantity
      FROM unnest(${lines.map((line) => line.variant_id)}::uuid[], ${lines.map((line) => line.quantity)}::int[]) AS l (variant_id, quantity)`;
