import type { Ask, Book } from "./book";
import { ASIDE, POOLS } from "./commands";
import type { CardSeen, Facts } from "./facts";
import { complaintAboutCard, isFalseShortage, type Lying, onceEach, type Transfer } from "./pool-model";

interface Frame {
  readonly book: Book;
  readonly before: Facts;
  readonly after: Facts;
  readonly asks: readonly Ask[];
}

const lyingOf = ({ stage }: Book, { poolId, status, orderId }: CardSeen): Lying => ({
  pool: stage.scenery.pools.indexOf(poolId),
  status,
  orderId,
});

const cardsOf = ({ stage }: Book, { cards }: Facts, variant: number): readonly CardSeen[] =>
  cards.filter(({ variantId }) => variantId === stage.scenery.variants[variant]?.variantId);

/** Cards that are to be had in one pool of a variant. */
export const availableIn = (book: Book, facts: Facts, { variant, pool }: { variant: number; pool: number }): number =>
  cardsOf(book, facts, variant)
    .map((card) => lyingOf(book, card))
    .filter((card) => card.pool === pool && card.status === "available").length;

/** What all asks of the burst could take of a variant for buyers, at most; those who are owed are served whenever cards come. */
function takenAtMost({ book, before, asks }: Frame, variant: number): number {
  const variantId = book.stage.scenery.variants[variant]?.variantId;
  const owed = before.orders
    .filter(({ isOwed }) => isOwed)
    .flatMap(({ lines }) => lines)
    .filter((line) => line.variantId === variantId)
    .reduce((sum, { quantity, bound }) => sum + quantity - bound, 0);
  return asks.reduce((sum, { wants, client }) => sum + ((wants ?? client)?.wants.get(variant) ?? 0), owed);
}

/** Cards that came to a pool and left it again add up, whoever has them now: none is lost, and none is there twice. */
function judgeSums({ book, after }: Frame): string[] {
  return book.stage.scenery.variants.flatMap((_, variant) => {
    const cards = cardsOf(book, after, variant).map((card) => lyingOf(book, card));
    return POOLS.flatMap((name, pool) => {
      const there = cards.filter((card) => card.pool === pool).length;
      const due = book.laid[variant]?.[pool];
      return there === due ? [] : [`the ${name} pool holds ${there} cards of variant ${variant}, instead of ${due}`];
    });
  });
}

function judgeCards({ book, before, after }: Frame): string[] {
  const known = new Map(before.cards.map((card) => [card.id, lyingOf(book, card)]));
  return after.cards.flatMap((card) => {
    const complaint = complaintAboutCard(known.get(card.id), lyingOf(book, card), ASIDE);
    return complaint ? [`card ${card.id} ${complaint}`] : [];
  });
}

function judgeShortages(frame: Frame, transfers: readonly Transfer[]): string[] {
  const { book, before } = frame;
  return transfers.flatMap((transfer) => {
    const { variant, from: pool, quantity, moved } = transfer;
    const rivals = transfers.filter((one) => one !== transfer && one.variant === variant && one.from === pool);
    const taken = rivals.reduce((sum, one) => sum + one.moved, takenAtMost(frame, variant));
    const lay = availableIn(book, before, { variant, pool });
    return isFalseShortage(transfer, { lay, takenByOthersAtMost: taken })
      ? [`a transfer of ${quantity} moved ${moved} of variant ${variant}, where ${lay} lay`]
      : [];
  });
}

/** A new order is filled from the second pool only when, in some order of the burst's events, the first had too few. */
function judgeOrder(
  frame: Frame,
  transfers: readonly Transfer[],
  isMaybeLatched: (variant: number) => boolean,
): string[] {
  const { book, before, after } = frame;
  const old = new Set(before.orders.map(({ id }) => id));
  return book.stage.scenery.variants.flatMap((_, variant) => {
    const left = transfers
      .filter((one) => one.variant === variant && one.from === 0)
      .reduce((sum, { moved }) => sum + moved, takenAtMost(frame, variant));
    if (isMaybeLatched(variant) || availableIn(book, before, { variant, pool: 0 }) < left) return [];
    const taken = cardsOf(book, after, variant).filter(
      (card) => card.orderId !== null && !old.has(card.orderId) && lyingOf(book, card).pool !== 0,
    );
    return taken.map(({ id }) => `card ${id} was sold from the second pool, while the first had enough`);
  });
}

/** Everything that is wrong with where cards lie after a burst. */
export function judgePools(frame: Frame, isMaybeLatched: (variant: number) => boolean): string[] {
  const { once, wrong } = onceEach(frame.book.transfers);
  for (const { variant, from, to, moved } of once) {
    frame.book.lay(variant, from, -moved);
    frame.book.lay(variant, to, moved);
  }
  return [
    ...wrong,
    ...judgeSums(frame),
    ...judgeCards(frame),
    ...judgeShortages(frame, once),
    ...judgeOrder(frame, once, isMaybeLatched),
  ];
}
