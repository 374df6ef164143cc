import fc from "fast-check";
import { MOVES, type MoveKind } from "./move-model";

/** What may happen to the shop, as far as a seed decides it. Numbers choose among what is there when it happens. */
export type Command =
  /** `also`: a second line, of the variant that holds its stock in the same way. `twice`: from both processes at once. */
  | {
      readonly do: "place";
      readonly variant: number;
      readonly quantity: number;
      readonly also: number;
      readonly twice: boolean;
    }
  | { readonly do: "ask again"; readonly request: number; readonly otherWords: boolean }
  | { readonly do: "pay"; readonly order: number; readonly trade: number; readonly times: number }
  | { readonly do: "pay wrong"; readonly order: number; readonly how: WrongPayment }
  | { readonly do: "reuse a trade"; readonly order: number; readonly of: number }
  | { readonly do: "forge"; readonly order: number; readonly how: Forgery }
  | { readonly do: "query"; readonly order: number; readonly says: GatewayWord }
  | { readonly do: "cancel"; readonly order: number; readonly by: "buyer" | "merchant" | "admin" }
  | { readonly do: "release"; readonly order: number; readonly by: By }
  | {
      readonly do: "restock";
      readonly variant: number;
      readonly cards: number;
      readonly publish: boolean;
      readonly pool: number;
    }
  /** Cards of a variant go from one of its merchant's pools to another. `twice`: the same form from both processes at once. */
  | {
      readonly do: "transfer";
      readonly variant: number;
      readonly from: number;
      readonly to: number;
      readonly quantity: number;
      readonly by: By;
      readonly twice: boolean;
    }
  /** Cards are put aside, returned or withdrawn: some by name, or the whole batch that one of them came with. */
  | {
      readonly do: "move";
      readonly variant: number;
      readonly card: number;
      readonly count: number;
      readonly whole: boolean;
      readonly kind: MoveKind;
      readonly by: By;
      readonly twice: boolean;
    }
  | { readonly do: "publish"; readonly file: number }
  | { readonly do: "import again"; readonly file: number }
  | { readonly do: "withdraw"; readonly variant: number; readonly cards: number }
  | { readonly do: "reveal"; readonly order: number }
  /** The price, at a gateway that gives back when it is asked. */
  | { readonly do: "pay on paper"; readonly order: number }
  /** `twice`: one admin presses twice. `by two`: two admins, each with a wish of his own. */
  | {
      readonly do: "give back";
      readonly order: number;
      readonly payment: number;
      readonly half: boolean;
      readonly way: "source" | "by_hand" | "balance";
      readonly presses: "once" | "twice" | "by two";
    }
  | { readonly do: "drive refunds"; readonly mood: Mood }
  | {
      readonly do: "dispute";
      readonly order: number;
      readonly payment: number;
      readonly says: "opened" | "won" | "lost";
    }
  /** Pieces of a key, mostly of one that somebody has bought. `twice`: from both processes at once. */
  | {
      readonly do: "spend";
      readonly key: number;
      readonly call: number;
      readonly uses: number;
      readonly twice: boolean;
    }
  /** A buyer reports one of the cards that he was given. */
  | { readonly do: "report"; readonly order: number; readonly card: number }
  /** He is given another one. `twice`: one presses twice. `by two`: an admin decides at the same time. */
  | { readonly do: "decide"; readonly report: number; readonly by: By; readonly presses: "once" | "twice" | "by two" }
  | { readonly do: "sweep" | "serve owed" | "drain outbox" };

/** Who asks for what only a merchant, for his own, and an admin may do. */
export type By = "merchant" | "admin" | "stranger";
export type WrongPayment = "less" | "more" | "other currency" | "other account";
export type Forgery = "wrong key" | "wrong merchant" | "not paid" | "wrong address";
/** How the gateway takes a request for money: at once; for days; not at all; done, and its answer lost; without a word. */
export const MOODS = ["answers", "is slow", "refuses", "loses its answers", "is silent"] as const;
export type Mood = (typeof MOODS)[number];
export type GatewayWord = "paid" | "given back" | "nothing" | "silence";

/** Two variants of each way to hold stock, so that an order may have lines of both; the last two are of keys. */
export const POLICIES = [
  "reserve_on_order",
  "reserve_on_order",
  "claim_on_payment",
  "claim_on_payment",
  "deduct_on_order",
  "deduct_on_order",
  "reserve_on_order",
  "reserve_on_order",
] as const;

/** A merchant's pools: each variant is sold from the first, then from the second, and not from what lies in the third. */
export const POOLS = ["first", "second", "aside"] as const;
export const ASIDE = 2;

/** Cards of each variant at the beginning, in each of the pools. */
export const CARDS = [1, 1, 0] as const;

/** How often a key of a variant may be used; null where the cards are texts. */
export const USES: readonly (number | null)[] = POLICIES.map((_, variant) => (variant < 6 ? null : 5));

/** The pair of variants that a program is about: one of the ways to hold stock, or the keys. */
export const FOCUSES = POLICIES.length / 2;
export const ABOUT_KEYS = FOCUSES - 1;

const file = fc.nat(9);
const does = <T extends string>(name: T) => fc.constant(name);
export const weighted = <T>(...choices: [number, fc.Arbitrary<T>][]) =>
  fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));

/** Mostly one of the first, so that several things happen to the same. */
export const order = weighted([3, fc.nat(3)], [1, fc.nat(30)]);

/** Mostly the same, so that many want the same card. */
const variant = weighted([6, fc.constant(0)], [2, fc.constant(1)], [1, fc.nat(POLICIES.length - 1)]);

export const place = fc.record({
  do: does("place"),
  variant,
  quantity: weighted([3, fc.constant(1)], [1, fc.integer({ min: 1, max: 3 })]),
  also: weighted([3, fc.constant(0)], [1, fc.integer({ min: 0, max: 2 })]),
  twice: weighted([5, fc.constant(false)], [1, fc.boolean()]),
});
export const pay = fc.record({
  do: does("pay"),
  order,
  trade: weighted([4, fc.constant(1)], [1, fc.integer({ min: 1, max: 2 })]),
  times: fc.integer({ min: 1, max: 3 }),
});
const payWrong = fc.record({
  do: does("pay wrong"),
  order,
  how: fc.constantFrom<WrongPayment>("less", "more", "other currency", "other account"),
});
const forge = fc.record({
  do: does("forge"),
  order,
  how: fc.constantFrom<Forgery>("wrong key", "wrong merchant", "not paid", "wrong address"),
});
const query = fc.record({
  do: does("query"),
  order,
  says: fc.constantFrom<GatewayWord>("paid", "given back", "nothing", "silence"),
});
const cancel = fc.record({ do: does("cancel"), order, by: fc.constantFrom("buyer", "merchant", "admin") });
const by = fc.constantFrom<By>("merchant", "admin", "stranger");
const release = fc.record({ do: does("release"), order, by });
const cards = weighted([3, fc.constant(1)], [1, fc.integer({ min: 1, max: 3 })]);
const restock = fc.record({
  do: does("restock"),
  variant,
  cards,
  publish: weighted([4, fc.constant(true)], [1, fc.boolean()]),
  pool: weighted([2, fc.constant(0)], [1, fc.nat(POOLS.length - 1)]),
});
const way = weighted<readonly number[]>(
  [3, fc.constantFrom([0, 1], [0, ASIDE])],
  [2, fc.constantFrom([1, 0], [ASIDE, 0])],
  [1, fc.constantFrom([1, ASIDE], [ASIDE, 1], [0, 0])],
);
const transfer = fc
  .record({
    do: does("transfer"),
    variant,
    way,
    quantity: cards,
    by: weighted([4, fc.constant<By>("merchant")], [1, by]),
    twice: weighted([3, fc.constant(false)], [1, fc.boolean()]),
  })
  .map(({ way: [from = 0, to = 0], ...rest }) => ({ ...rest, from, to }));

const move = fc.record({
  do: does("move"),
  variant,
  card: weighted([3, fc.constant(0)], [1, fc.nat(9)]),
  count: cards,
  whole: fc.boolean(),
  kind: weighted([2, fc.constantFrom<MoveKind>("quarantine", "restore")], [1, fc.constantFrom(...MOVES)]),
  by: weighted([4, fc.constant<By>("merchant")], [1, by]),
  twice: weighted([3, fc.constant(false)], [1, fc.boolean()]),
});

export const payOnPaper = fc.record({ do: does("pay on paper"), order });
const payment = weighted([3, fc.constant(0)], [1, fc.nat(3)]);
const giveBack = fc.record({
  do: does("give back"),
  order,
  payment,
  half: weighted([2, fc.constant(false)], [1, fc.boolean()]),
  way: weighted(
    [3, fc.constant("source" as const)],
    [1, fc.constant("by_hand" as const)],
    [1, fc.constant("balance" as const)],
  ),
  presses: fc.constantFrom("once" as const, "once" as const, "twice" as const, "by two" as const),
});
const driveRefunds = fc.record({ do: does("drive refunds"), mood: fc.constantFrom(...MOODS) });
const dispute = fc.record({ do: does("dispute"), order, payment, says: fc.constantFrom("opened", "won", "lost") });

const report = fc.record({ do: does("report"), order, card: fc.nat(3) });
const decide = fc.record({
  do: does("decide"),
  report: fc.nat(3),
  by: weighted([4, fc.constantFrom<By>("merchant", "admin")], [1, by]),
  presses: fc.constantFrom("once" as const, "once" as const, "twice" as const, "by two" as const),
});
const spend = fc.record({
  do: does("spend"),
  key: weighted([3, fc.constant(0)], [2, fc.nat(3)], [1, fc.nat(9)]),
  call: fc.nat(5),
  uses: fc.integer({ min: 1, max: 3 }),
  twice: weighted([3, fc.constant(false)], [1, fc.boolean()]),
});

type Choice = [number, fc.Arbitrary<Command>];
const COMMON: readonly Choice[] = [
  [10, place],
  [14, pay],
  [3, payWrong],
  [6, restock],
  [3, cancel],
  [2, query],
  [2, fc.record({ do: does("ask again"), request: order, otherWords: fc.boolean() })],
  [2, fc.record({ do: does("reveal"), order })],
  [4, fc.record({ do: does("sweep") })],
  [1, fc.record({ do: does("serve owed") })],
  [1, fc.record({ do: does("drain outbox") })],
  [3, fc.record({ do: does("reuse a trade"), order, of: order })],
  [1, forge],
  [2, release],
  [1, fc.record({ do: does("publish"), file })],
  [1, fc.record({ do: does("import again"), file })],
  [1, fc.record({ do: does("withdraw"), variant, cards })],
  [2, payOnPaper],
  [5, giveBack],
  [4, driveRefunds],
  [1, dispute],
  [6, transfer],
  [6, move],
  [5, report],
  [5, decide],
];

/** Whatever may happen to a shop, and more often what is about these two variants. */
export const commandAbout = (focus: number): fc.Arbitrary<Command> =>
  weighted<Command>(...COMMON, ...(focus === ABOUT_KEYS ? ([[24, spend]] as Choice[]) : []));
