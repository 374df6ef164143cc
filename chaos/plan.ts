import { type Random, randomOf } from "./random";

/** How a buyer's money behaves. Every one of them is rightly signed, but for what `forge` adds beside it. */
const PAYING = {
  right: 46,
  storm: 2, // A hundred notices of one payment at once.
  silent: 7, // Paid, and no notice ever comes: the shop has to ask.
  "after the deadline": 6,
  "after the release": 2,
  "too little": 4,
  "too much": 3,
  "too little, then right": 4,
  "two trades": 5,
  "another order's trade": 4,
  "given back, then told": 3,
  cancelled: 4,
  "cancelled, then paid": 5,
  never: 8,
} as const;
export type Paying = keyof typeof PAYING;

/** Notices that no gateway sent, or that say nothing was paid. None of them may ever be answered with success. */
export const FORGERIES = [
  "wrong signature",
  "signature in capitals",
  "signature cut short",
  "no signature",
  "empty signature",
  "signed with an empty key",
  "other amount under the old signature",
  "other order under the old signature",
  "wrong account",
  "other gateway",
  "not a success",
  "amount in another spelling",
  "order that is not there",
  "repeated field",
] as const;
export type Forgery = (typeof FORGERIES)[number];

export interface BuyerPlan {
  readonly n: number;
  readonly atMs: number;
  readonly variant: number;
  readonly quantity: number;
  /** Which of the two processes is asked first. */
  readonly server: 0 | 1;
  readonly again: "no" | "same words" | "other words";
  readonly paying: Paying;
  /** How often each notice is sent at least, and how far the copies lie apart at most. */
  readonly copies: number;
  readonly spreadMs: number;
  /** How the amount is written: 10, 10.0 and 10.00 are the same money. */
  readonly spelling: "bare" | "padded";
  readonly forge: Forgery | null;
  readonly checks: boolean;
  readonly revealsAgain: boolean;
  /** Everybody of a flash sale comes in the same moment. */
  readonly isOfFlash: boolean;
}

export interface FaultPlan {
  readonly atMs: number;
  readonly fault: string;
  readonly server: 0 | 1;
  /** How long what lasts, lasts. */
  readonly ms: number;
}

export interface RestockPlan {
  readonly atMs: number;
  readonly variant: number;
  readonly cards: number;
}

/** The shelves: what is short, what is plenty, what is claimed only when paid. */
export const SHELVES = [
  { name: "short", priceMinor: 1_990n, stockPolicy: "reserve_on_order", share: 0.5, weight: 5 },
  { name: "plenty", priceMinor: 305n, stockPolicy: "reserve_on_order", share: 2, weight: 6 },
  { name: "on payment", priceMinor: 1_000n, stockPolicy: "claim_on_payment", share: 0.7, weight: 2 },
] as const;

const SHELF_WEIGHTS = Object.fromEntries(SHELVES.map(({ weight }, n) => [`${n}`, weight]));

export interface Plan {
  readonly seed: number;
  /** For how long there are buyers and faults. */
  readonly ms: number;
  readonly buyers: readonly BuyerPlan[];
  readonly faults: readonly FaultPlan[];
  readonly restocks: readonly RestockPlan[];
  /** How many cards each shelf begins with. */
  readonly stock: readonly number[];
  /** The fault of this kind that one of the processes is born with, so that its clock disagrees with the other's from the start. */
  readonly bornWith: string | null;
}

export interface Scale {
  readonly seed: number;
  readonly ms: number;
  readonly faults: readonly string[];
  readonly buyersPerSecond: number;
}

const FLASH_EVERY_MS = 45_000;
const FLASH_BUYERS = 60;
const RELEASE_MS = 36_000;

function planBuyer(random: Random, n: number, atMs: number, { ms, isOfFlash }: { ms: number; isOfFlash: boolean }) {
  const drawn = random.weighted(PAYING);
  // Whoever pays after the release must still have the time for it.
  const paying = drawn === "after the release" && ms - atMs < RELEASE_MS / 4 ? "after the deadline" : drawn;
  const variant = isOfFlash ? 0 : Number(random.weighted(SHELF_WEIGHTS));
  return {
    n,
    atMs,
    variant,
    quantity: isOfFlash || random.happens(0.7) ? 1 : random.int(2, 3),
    server: random.int(0, 1) as 0 | 1,
    again: random.weighted({ no: 7, "same words": 2, "other words": 1 }),
    paying,
    copies: random.int(1, 5),
    spreadMs: random.int(0, 800),
    spelling: random.pick(["bare", "padded"] as const),
    forge: random.happens(0.35) ? random.pick(FORGERIES) : null,
    checks: random.happens(0.25),
    revealsAgain: random.happens(0.5),
    isOfFlash,
  } satisfies BuyerPlan;
}

function planBuyers({ seed, ms, buyersPerSecond }: Scale): BuyerPlan[] {
  const random = randomOf(seed);
  const buyers: BuyerPlan[] = [];
  for (let atMs = 0; atMs < ms; atMs += random.int(1, 2_000 / buyersPerSecond)) {
    buyers.push(planBuyer(random, buyers.length, atMs, { ms, isOfFlash: false }));
  }
  for (let atMs = Math.min(ms / 2, FLASH_EVERY_MS); atMs < ms; atMs += FLASH_EVERY_MS) {
    for (let one = 0; one < FLASH_BUYERS; one++)
      buyers.push(planBuyer(random, buyers.length, atMs, { ms, isOfFlash: true }));
  }
  return buyers;
}

/** A deck of all faults, shuffled again each time it is through, so that none is left out of a long run. */
function planFaults({ seed, ms, faults }: Scale): FaultPlan[] {
  const random = randomOf(seed ^ 0x5f417c);
  const planned: FaultPlan[] = [];
  let deck: string[] = [];
  for (let atMs = 500; atMs < ms && faults.length > 0; ) {
    if (deck.length === 0) deck = random.shuffle(faults);
    const lasts = random.int(300, 2_000);
    planned.push({ atMs, fault: deck.pop() as string, server: random.int(0, 1) as 0 | 1, ms: lasts });
    atMs += lasts + random.int(200, 1_200);
  }
  return planned;
}

function planRestocks({ seed, ms }: Scale): RestockPlan[] {
  const random = randomOf(seed ^ 0x2e570c);
  const planned: RestockPlan[] = [];
  for (let atMs = ms / 3; atMs < ms; atMs += random.int(10_000, 25_000))
    planned.push({ atMs: Math.round(atMs), variant: random.pick([0, 2]), cards: random.int(5, 25) });
  return planned;
}

/** Everything that a seed decides. What is left to chance is how the operations and the faults meet. */
export function planOf(scale: Scale): Plan {
  const buyers = planBuyers(scale);
  const stock = SHELVES.map(({ share }, variant) => {
    const wanted = buyers.filter((buyer) => buyer.variant === variant).reduce((sum, { quantity }) => sum + quantity, 0);
    return Math.ceil(wanted * share) + 5;
  });
  const wrongClocks = scale.faults.filter((name) => /^clock:[+-]/.test(name));
  const bornWith = wrongClocks.length > 0 ? randomOf(scale.seed ^ 0x10c4).pick(wrongClocks) : null;
  return {
    seed: scale.seed,
    ms: scale.ms,
    buyers,
    faults: planFaults(scale),
    restocks: planRestocks(scale),
    stock,
    bornWith,
  };
}
