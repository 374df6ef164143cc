/** What the merchant was told of cards that he laid from one pool into another, and what the shop's promises make of it. Pure. */

/** A transfer that was asked for, and what was heard of it. */
export interface Transfer {
  /** The same form, however often it is sent. */
  readonly form: string;
  readonly variant: number;
  readonly from: number;
  readonly to: number;
  readonly quantity: number;
  readonly moved: number;
  readonly left: number;
}

/** Where a card lies, before and after a burst. */
export interface Lying {
  readonly pool: number;
  readonly status: string;
  readonly orderId: string | null;
}

/** One form is one transfer: whoever sends it again hears the same. Returns each once, and what is wrong. */
export function onceEach(transfers: readonly Transfer[]): {
  readonly once: readonly Transfer[];
  readonly wrong: string[];
} {
  const once = new Map<string, Transfer>();
  const wrong: string[] = [];
  for (const transfer of transfers) {
    const { form, moved, left, quantity } = transfer;
    const known = once.get(form) ?? transfer;
    if (known.moved !== moved || known.left !== left)
      wrong.push(`a transfer moved ${known.moved} of ${quantity}, and when it was asked again ${moved}`);
    if (moved + left !== quantity) wrong.push(`a transfer of ${quantity} moved ${moved} and left ${left}`);
    once.set(form, known);
  }
  return { once: [...once.values()], wrong };
}

/** Fewer went than were asked for only when, in some order of the burst's events, fewer lay there. */
export const isFalseShortage = (
  { quantity, moved }: Transfer,
  { lay, takenByOthersAtMost }: { readonly lay: number; readonly takenByOthersAtMost: number },
): boolean => moved < Math.min(quantity, lay - takenByOthersAtMost);

/** What is wrong with where one card lies; null when it may. `aside`: the pool from which nothing is sold. */
export function complaintAboutCard(before: Lying | undefined, after: Lying, aside: number): string | null {
  if (after.pool === aside && after.orderId !== null && (before?.orderId ?? null) === null)
    return "was sold from a pool from which nothing is sold";
  if (before?.status === "delivered" && before.pool !== after.pool) return "left its pool in its buyer's hands";
  return null;
}
