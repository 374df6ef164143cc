import type { PlaceOrder } from "@/lib/features/orders/place-command";
import { setPreview } from "@/lib/flows/set-preview";
import { newId } from "@/lib/kernel/id";
import type { Stocked, TestShop } from "./shop";

/** A card that can be chosen, as a test speaks of it. */
export interface Choice {
  readonly cardId: string;
  /** What the public knows it by. */
  readonly previewId: string;
}

/** Says of that many cards of a variant what is public about them: "No. 1" for +1.00, and so on. */
export async function offer(shop: TestShop, { variantId, merchantId }: Stocked, count: number): Promise<Choice[]> {
  const owner = { kind: "merchant", userId: newId(), merchantId } as const;
  const cards = await shop.rows<{ id: string }>(
    "SELECT id FROM card WHERE variant_id = $1 AND status = 'available' AND pick >= 0 ORDER BY pick LIMIT $2",
    [variantId, count],
  );
  for (const [n, { id: cardId }] of cards.entries()) {
    const said = await setPreview(shop.deps, owner, { cardId, preview: `No. ${n + 1}`, extra: `${n + 1}.00` });
    if (!said.ok) throw new Error(said.error);
  }
  return Promise.all(
    cards.map(async ({ id: cardId }) => ({
      cardId,
      previewId: (await shop.deps.db.cardPreview.findUniqueOrThrow({ where: { cardId } })).id,
    })),
  );
}

/** What an order for this card says beyond the others. */
export const choosing = (choice: Choice | undefined, extraMinor?: bigint): Partial<PlaceOrder> => ({
  chosen: { previewId: choice?.previewId ?? newId(), ...(extraMinor !== undefined && { extraMinor }) },
});
