import type { Book } from "./book";
import type { Facts } from "./facts";
import { complaintAboutSwap, complaintsAboutReports } from "./replace-model";

interface Frame {
  readonly book: Book;
  readonly before: Facts;
  readonly after: Facts;
  /** Everything that could still come has come. */
  readonly isAtRest: boolean;
}

const cardsOf = ({ cards }: Facts) => new Map(cards.map((card) => [card.id, card]));

/** At rest nobody waits for another card while one of its kind is to be had; a bank that thinks holds him up. */
function judgeWaiting({ book, after, isAtRest }: Frame, now: ReturnType<typeof cardsOf>): string[] {
  if (!isAtRest) return [];
  const disputed = new Set(book.clients.filter(({ purchase }) => purchase?.isDisputed).map(({ order }) => order?.id));
  const delivered = new Set(after.orders.filter(({ status }) => status === "delivered").map(({ id }) => id));
  return after.replacements.flatMap(({ id, status, orderId, oldCardId }) => {
    if (status !== "waiting" || disputed.has(orderId) || !delivered.has(orderId)) return [];
    const lies = after.shelves.get(now.get(oldCardId)?.variantId ?? "")?.available ?? 0;
    return lies > 0 ? [`the replacement ${id} waits, while ${lies} are on sale`] : [];
  });
}

/** Whoever was promised another card has one, of the same kind and nobody else's, once; and the bad one is burnt. */
export function judgeReplacements(frame: Frame): string[] {
  const { book, before, after } = frame;
  const [old, now] = [cardsOf(before), cardsOf(after)];
  const done = new Set(before.replacements.filter(({ status }) => status === "done").map(({ id }) => id));
  const swaps = after.replacements.flatMap((replacement) => {
    const complaint = complaintAboutSwap({
      replacement,
      cardBefore: (id) => old.get(id),
      card: (id) => now.get(id),
      isNew: !done.has(replacement.id),
    });
    return complaint ? [`the replacement ${replacement.id} ${complaint}`] : [];
  });
  return [...swaps, ...judgeWaiting(frame, now), ...complaintsAboutReports(book.reports, after.replacements)];
}
