/** What was promised of bad cards, and what the shop's promises make of it. Pure. */

/** A card that was swapped for another one, or is to be, as the tables have it. */
export interface Replacement {
  /** The number of the decision that granted it. */
  readonly id: string;
  readonly orderId: string;
  readonly position: number;
  readonly status: string;
  readonly oldCardId: string;
  readonly newCardId: string | null;
}

/** A card as far as it matters here. */
export interface SwappedCard {
  readonly status: string;
  readonly orderId: string | null;
  readonly variantId: string;
}

/** Something that a buyer reported, and the decisions about it that were asked for. */
export interface Report {
  readonly decisions: ReadonlySet<string>;
  /** Those of them of which somebody was told that they are done. */
  readonly granted: ReadonlySet<string>;
}

interface Frame {
  readonly replacement: Replacement;
  /** As they were before the burst, and as they are. */
  readonly cardBefore: (id: string) => SwappedCard | undefined;
  readonly card: (id: string) => SwappedCard | undefined;
  /** Whether the swap happened in this burst. */
  readonly isNew: boolean;
}

/** What is wrong with one swap; null when it may be so: the old card is burnt, and a fresh one of its kind is in its place. */
export function complaintAboutSwap({ replacement, cardBefore, card, isNew }: Frame): string | null {
  const { status, orderId, oldCardId, newCardId } = replacement;
  const old = card(oldCardId);
  if (status !== "done") return newCardId === null ? null : `is ${status}, and gave a card`;
  if (newCardId === null || newCardId === oldCardId) return "is done, and gave no other card";
  const fresh = card(newCardId);
  if (old?.status !== "withdrawn") return `left the old card ${old?.status}`;
  if (fresh?.orderId !== orderId) return "gave a card that is not its order's";
  if (fresh.variantId !== old.variantId) return "gave a card of another kind";
  const was = cardBefore(newCardId);
  if (isNew && was && was.orderId !== null && was.status === "delivered") return "gave a card that somebody had";
  return null;
}

/** A report is granted once, a place has one swap at a time, and no card is swapped, or given, twice. */
export function complaintsAboutReports(reports: readonly Report[], rows: readonly Replacement[]): string[] {
  const known = new Set(reports.flatMap(({ decisions }) => [...decisions]));
  const ids = new Set(rows.map(({ id }) => id));
  const standing = rows.filter(({ status }) => status !== "cancelled");
  const twice = (cards: readonly (string | null)[]) => new Set(cards).size !== cards.length;
  const given = standing.flatMap(({ newCardId }) => (newCardId === null ? [] : [newCardId]));
  return [
    ...rows.filter(({ id }) => !known.has(id)).map(({ id }) => `the replacement ${id} was granted by nobody`),
    ...reports.flatMap(({ decisions, granted }) => [
      ...(granted.size > 1 ? ["a report was granted by two"] : []),
      ...([...decisions].filter((id) => ids.has(id)).length > 1 ? ["one report has two replacements"] : []),
      ...[...granted]
        .filter((id) => !ids.has(id))
        .map((id) => `the decision ${id} was told to be done, and nothing came of it`),
    ]),
    ...(twice(standing.map(({ oldCardId }) => oldCardId)) ? ["a card was swapped twice"] : []),
    ...(twice(given) ? ["a card was given for two"] : []),
  ];
}
