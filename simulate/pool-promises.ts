import type { Ask, Book } from "./book";
import { ASIDE, POOLS } from "./commands";
import type { CardSeen, Facts } from "./facts";
import { complaintAboutCard, isFalseShortage, type Lying, onceEach, type Transfer } from "./pool-model";

interface Frame {
  readonly book: Book;
  readonly before: Facts;
  readonly after: Facts;
  readonly asks: readonly Ask[];
  readonly hasFaults: boolean;
  readonly isFree: boolean;
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
    const taken = takenAtMost(frame, variant) + book.takenByMerchant(variant, pool) - moved;
    const lay = availableIn(book, before, { variant, pool });
    return isFalseShortage(transfer, { lay, takenByOthersAtMost: taken })
      ? [`a transfer of ${quantity} moved ${moved} of variant ${variant}, where ${lay} lay`]
      : [];
  });
}

/** What gives no card back to a pool. */
const TAKES_ONLY = /^(place|other words|pay|forge|reveal|spend|drain outbox|quarantine|withdraw|report|replace)/;

/** Whether the first pool of a variant may have had fewer cards for a moment than it has in the end. */
const mayHaveGrown = ({ book, asks, hasFaults, isFree }: Frame, variant: number): boolean =>
  hasFaults ||
  isFree ||
  asks.some(({ kind }) => kind !== "transfer" && !TAKES_ONLY.test(kind)) ||
  book.transfers.some((one) => one.variant === variant && one.to === 0 && one.moved > 0) ||
  book.refusals.some(({ client }) => client.wants.has(variant));

/** A new order is filled from the first pool as long as that has enough; then from the second. */
function judgeOrder(frame: Frame, wasMaybeLatched: (variant: number) => boolean): string[] {
  const { book, before, after } = frame;
  const old = new Set(before.orders.map(({ id }) => id));
  const fresh = after.orders.filter(({ id }) => !old.has(id));
  return book.stage.scenery.variants.flatMap(({ variantId }, variant) => {
    if (wasMaybeLatched(variant) || mayHaveGrown(frame, variant)) return [];
    const left = availableIn(book, after, { variant, pool: 0 });
    const isServedElsewhere = (orderId: string) =>
      cardsOf(book, after, variant).some((card) => card.orderId === orderId && lyingOf(book, card).pool !== 0);
    return fresh
      .filter(({ id, lines }) => {
        const line = lines.find((one) => one.variantId === variantId);
        return line !== undefined && line.quantity <= left && isServedElsewhere(id);
      })
      .map(({ requestKey }) => `${requestKey} was served from the second pool, while the first had enough`);
  });
}

/** Everything that is wrong with where cards lie after a burst. */
export function judgePools(frame: Frame, wasMaybeLatched: (variant: number) => boolean): string[] {
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
    ...judgeOrder(frame, wasMaybeLatched),
  ];
}
