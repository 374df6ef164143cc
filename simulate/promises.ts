import type { Ask, Book, Client } from "./book";
import type { Facts, OrderFacts } from "./facts";
import { complaintAbout, type Debt, findOvertaken, isFalseSoldOut } from "./model";
import { judgeMoves } from "./move-promises";
import { availableIn, judgePools } from "./pool-promises";
import { hashOf } from "./quota-asks";
import { complaintsAboutKey } from "./quota-model";
import { complaintAboutTill } from "./refund-model";
import { judgeReplacements } from "./replace-promises";

/** What was done in a burst, as far as it could take cards from others. */
export interface Doings {
  readonly asks: readonly Ask[];
  /** Faults may leave cards in the hands of a process that is gone, and the net comes back to them. */
  readonly hasFaults: boolean;
  /** The machine decided whose turn it was: statements ran at the same time. */
  readonly isFree: boolean;
  /** Everything that could still come has come. */
  readonly isAtRest?: boolean;
}

/** Whether a process may still believe that a variant is short: after a burst, and from before it. */
export interface Latched {
  readonly isMaybeLatched: (variant: number) => boolean;
  readonly wasMaybeLatched: (variant: number) => boolean;
}

interface Frame {
  readonly book: Book;
  readonly before: Facts;
  readonly after: Facts;
  readonly doings: Doings;
}

const variantOf = (book: Book, variantId: string): number =>
  book.stage.scenery.variants.findIndex((variant) => variant.variantId === variantId);
const shelfOf = (book: Book, facts: Facts, variant: number) =>
  facts.shelves.get(book.stage.scenery.variants[variant]?.variantId ?? "") ?? {
    available: 0,
    reserved: 0,
    delivered: 0,
    draft: 0,
    withdrawn: 0,
    aside: 0,
    quarantined: 0,
  };

const paidIn = ({ purchase }: Client): number =>
  Math.min(...[...(purchase?.money.values() ?? [])].map(({ toldIn }) => toldIn ?? Number.POSITIVE_INFINITY));

function linesOf(book: Book, facts: Facts, isWanted: (order: OrderFacts) => boolean): Debt[] {
  const clientOf = new Map(book.clients.map((client) => [client.request.requestKey, client]));
  return facts.orders.filter(isWanted).flatMap((order) => {
    const client = clientOf.get(order.requestKey);
    // Nothing is handed out while a bank decides, so others may come first.
    if (!client || client.purchase?.isDisputed) return [];
    return order.lines.map(({ variantId, quantity, bound }) => ({
      order: client.n,
      variant: variantOf(book, variantId),
      lacking: quantity - bound,
      bound,
      paidIn: paidIn(client),
    }));
  });
}

const debtsOf = (book: Book, facts: Facts): Debt[] =>
  linesOf(book, facts, ({ isOwed }) => isOwed).filter(({ lacking }) => lacking > 0);

/** Every order is as its client was told, every client who was told of an order has it, and nobody else has one. */
function judgeOrders({ book, after }: Frame): string[] {
  const rows = new Map(after.orders.map((order) => [order.requestKey, order]));
  const complaints = book.clients.flatMap((client) => {
    const { order, purchase, n } = client;
    const row = rows.get(client.request.requestKey);
    rows.delete(client.request.requestKey);
    if (!order || !purchase) return row ? [`request ${n} was refused, and there is an order of it`] : [];
    if (!row || row.id !== order.id) return [`order of request ${n} was acknowledged, and is not there`];
    const complaint = complaintAbout(purchase, row, client.revealed?.length);
    return complaint ? [`order of request ${n} ${complaint}`] : [];
  });
  return [...complaints, ...[...rows.keys()].map((key) => `there is an order that nobody asked for: ${key}`)];
}

/** No card appears or vanishes: what the merchant sent and published is there, and what broke off is not. */
function judgeStock({ book, after }: Frame): string[] {
  return book.stage.scenery.variants.flatMap((_, variant) => {
    const { available, aside, quarantined, reserved, delivered, draft, withdrawn } = shelfOf(book, after, variant);
    const onSale = available + aside + quarantined + reserved + delivered + withdrawn;
    const [due, drafts] = [book.onSale[variant], book.drafts[variant]];
    return onSale === due && draft === drafts
      ? []
      : [`variant ${variant} has ${onSale} cards and ${draft} drafts, instead of ${due} and ${drafts}`];
  });
}

/** One payment pays for one order: of those that showed the same trade number, one heard that it was taken. */
function judgeTrades({ book }: Frame): string[] {
  return [...book.claims].flatMap(([trade, { clients }]) => {
    const taken = [...clients].filter(({ purchase }) => {
      const money = purchase?.money.get(trade);
      return money && money.toldIn !== null && money.givenBackIn === null;
    });
    return taken.length > 1 ? [`one payment was taken for requests ${taken.map(({ n }) => n).join(" and ")}`] : [];
  });
}

/** No money leaves a till twice, none that was not paid, and what the shop says of it is what the till says. */
function judgeTills({ book, after, doings }: Frame): string[] {
  const rows = after.orders.flatMap(({ refunds }) => refunds).filter(({ method }) => method === "source");
  return book.stage.tills().flatMap(({ payment, ...till }) => {
    const own = rows.filter((row) => row.payment === payment);
    const complaint = complaintAboutTill(till, own, { isAtRest: doings.isAtRest ?? false });
    return complaint ? [`${payment}: ${complaint}`] : [];
  });
}

/** At rest no refund is on its way any more: the gateway has answered for all of them. */
function judgeOpenRefunds({ after, doings }: Frame): string[] {
  if (!doings.isAtRest) return [];
  const open = after.orders
    .flatMap(({ refunds }) => refunds)
    .filter(({ status }) => status === "requested" || status === "processing");
  return open.map(({ refundNo, status }) => `the refund ${refundNo} is still ${status}`);
}

const wantsOf = ({ wants }: Pick<Client, "wants">, variant: number): number => wants.get(variant) ?? 0;
const NOBODY: Pick<Client, "wants"> = { wants: new Map() };

/** What others than this refusal's own ask could take of a variant in the burst, at most; the merchant may take it from where it is sold. */
function takenByOthers({ book, before, doings }: Frame, refused: Ask, variant: number): number {
  const owed = debtsOf(book, before).filter((debt) => debt.variant === variant);
  let most = owed.reduce((sum, { lacking }) => sum + lacking, book.takenByMerchant(variant));
  let isCounted = false;
  for (const ask of doings.asks) {
    // One ask of the refused request is itself; a second one at the same time could have been first.
    if (ask === refused && !isCounted) isCounted = true;
    else most += ask.wants ? wantsOf(ask.wants, variant) : ask.client ? wantsOf(ask.client, variant) : 0;
  }
  return most;
}

/** Nobody hears "sold out" of what lies there. `scarceAt`: when a variant was last short, which a process may believe a moment longer. */
function judgeRefusals(frame: Frame, isMaybeLatched: (variant: number) => boolean): string[] {
  const { book, before } = frame;
  return book.refusals.flatMap(({ client, ask }) => {
    const isTrue = [...client.wants].some(
      ([variant, quantity]) =>
        isMaybeLatched(variant) ||
        !isFalseSoldOut(shelfOf(book, before, variant).available, takenByOthers(frame, ask, variant), quantity),
    );
    return isTrue ? [] : [`request ${client.n} heard that it is sold out, and it was not`];
  });
}

/** Whether a pick that did not fit may have held cards of the variant for a moment, in which another passed them by. */
function wasHeld({ book, doings }: Pick<Frame, "book" | "doings">, variant: number): boolean {
  const isRefused = book.refusals.some(({ client }) => wantsOf(client, variant) > 0);
  return isRefused || (doings.isFree && doings.asks.some(({ wants }) => wants && wantsOf(wants, variant) > 0));
}

/** Cards do not lie there while somebody who paid waits for them. */
export function judgeLeftovers(frame: Pick<Frame, "book" | "after" | "doings">): string[] {
  const { book, after, doings } = frame;
  if (doings.hasFaults) return [];
  return debtsOf(book, after).flatMap(({ order, variant, lacking }) => {
    const { available } = shelfOf(book, after, variant);
    if (available === 0 || wasHeld(frame, variant)) return [];
    return [`request ${order} has paid and lacks ${lacking} of variant ${variant}, while ${available} are on sale`];
  });
}

function judgeTurns({ book, before, after, doings }: Frame): string[] {
  if (doings.hasFaults) return [];
  const boundBefore = new Map(
    linesOf(book, before, () => true).map((line) => [`${line.order} ${line.variant}`, line.bound]),
  );
  const gained = linesOf(book, after, () => true).filter(
    ({ order, variant, bound }) => bound > (boundBefore.get(`${order} ${variant}`) ?? 0),
  );
  return findOvertaken(
    debtsOf(book, before).filter(({ variant }) => shelfOf(book, before, variant).available === 0),
    debtsOf(book, after),
    gained,
  );
}

/** A key is spent by whoever has it, as often as it has uses and no more, and a call is counted once. */
function judgeKeys({ book, before, after, doings }: Frame): string[] {
  const touched = new Set(book.clients.filter(({ purchase }) => purchase?.isTouched).map(({ order }) => order?.id));
  const known = book.keys.flatMap((key, n) => {
    const seen = after.keys.get(hashOf(key));
    if (!seen) return [`key ${n} is not there`];
    const unused = { ...seen, used: 0, counted: new Map(), orderId: null, orderStatus: null, cardStatus: "draft" };
    const calls = book.calls.filter((one) => one.key === key).map(({ call }) => call);
    const isTouched = touched.has(seen.orderId ?? "");
    const frame = {
      before: before.keys.get(hashOf(key)) ?? unused,
      after: seen,
      calls,
      isTouched,
      hasFaults: doings.hasFaults,
    };
    return complaintsAboutKey(frame).map((complaint) => `key ${n}: ${complaint}`);
  });
  const invented = book.calls.filter(({ key, call }) => !book.keys.includes(key) && call.verdict !== "not_found");
  return [...known, ...invented.map(({ call }) => `a key that nobody made heard ${call.verdict}`)];
}

/** Whether nobody could have had a card of the variant for a moment, and given it back. */
const isQuiet = ({ book, before, doings }: Frame, variant: number): boolean =>
  !doings.asks.some(({ wants, client }) => wantsOf((wants ?? client) || NOBODY, variant) > 0) &&
  debtsOf(book, before).length === 0;

/** Everything that is wrong after a burst, as sentences. */
export function judge(frame: Frame, { isMaybeLatched, wasMaybeLatched }: Latched): string[] {
  return [
    ...frame.book.wrongs,
    ...judgeOrders(frame),
    ...judgeStock(frame),
    ...judgeTrades(frame),
    ...judgeTills(frame),
    ...judgeOpenRefunds(frame),
    ...judgeRefusals(frame, isMaybeLatched),
    ...judgeLeftovers(frame),
    ...judgeTurns(frame),
    ...judgeKeys(frame),
    ...judgeMoves({
      ...frame,
      hasFaults: frame.doings.hasFaults,
      isAtRest: frame.doings.isAtRest ?? false,
      isQuiet: (variant) => isQuiet(frame, variant),
    }),
    ...judgeReplacements({ ...frame, isAtRest: frame.doings.isAtRest ?? false }),
    ...judgePools({ ...frame, ...frame.doings }, wasMaybeLatched),
  ];
}

/** Whether the orders and stock of a burst leave a variant's first pool so short that it may be passed by for a moment, and "sold out" be said. */
export function isShort({ book, before, doings }: Omit<Frame, "after">, variant: number): boolean {
  const asked = doings.asks
    .map(({ wants }) => (wants ? wantsOf(wants, variant) : 0))
    .filter((quantity) => quantity > 0);
  const available = availableIn(book, before, { variant, pool: 0 });
  const all = doings.asks.reduce(
    (sum, { wants, client }) => sum + (wants ? wantsOf(wants, variant) : client ? wantsOf(client, variant) : 0),
    book.takenByMerchant(variant, 0),
  );
  return asked.length > 0 && available < all;
}
