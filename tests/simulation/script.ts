import fc from "fast-check";

/** What may happen to the shop, as far as a seed decides it. Numbers choose among what is there at that moment. */
export type Step =
  | { readonly do: "place"; readonly variant: number; readonly quantity: number; readonly second: number | null }
  | { readonly do: "replay"; readonly order: number; readonly otherWords: boolean }
  | { readonly do: "pay"; readonly order: number; readonly times: number; readonly trade: number }
  | { readonly do: "pay wrong"; readonly order: number; readonly tooMuch: boolean }
  | { readonly do: "pay by another account"; readonly order: number }
  | { readonly do: "reuse a trade number"; readonly order: number; readonly of: number }
  | { readonly do: "refund outside"; readonly order: number }
  | { readonly do: "cancel"; readonly order: number }
  | { readonly do: "sweep" }
  | { readonly do: "fill owed" }
  | { readonly do: "restock"; readonly variant: number; readonly cards: number }
  | { readonly do: "reveal"; readonly order: number };

/** Steps that happen at once, in two processes, after some deadlines have passed and in some weather. */
export interface Burst {
  readonly lapsed: readonly number[];
  readonly weather: "clear" | "replies eaten" | "cut";
  readonly steps: readonly { readonly step: Step; readonly process: 0 | 1 }[];
}

const order = fc.nat(1_000);
const variant = fc.nat(3);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("place" as const),
      variant,
      quantity: fc.integer({ min: 1, max: 3 }),
      second: fc.option(variant, { freq: 3 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("pay" as const),
      order,
      times: fc.integer({ min: 1, max: 4 }),
      trade: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constant(2) }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("replay" as const), order, otherWords: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("pay wrong" as const), order, tooMuch: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("pay by another account" as const), order }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reuse a trade number" as const), order, of: order }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("refund outside" as const), order }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("cancel" as const), order }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("sweep" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("fill owed" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("restock" as const), variant, cards: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("reveal" as const), order }) },
);

const burst: fc.Arbitrary<Burst> = fc.record({
  lapsed: fc.array(order, { maxLength: 3 }),
  weather: fc.oneof(
    { weight: 6, arbitrary: fc.constant("clear" as const) },
    { weight: 1, arbitrary: fc.constant("replies eaten" as const) },
    { weight: 1, arbitrary: fc.constant("cut" as const) },
  ),
  steps: fc.array(fc.record({ step, process: fc.constantFrom(0 as const, 1 as const) }), {
    minLength: 1,
    maxLength: 14,
  }),
});

/** The same seed, the same script. */
export const scriptOf = (seed: number, bursts: number): readonly Burst[] => fc.sample(burst, { seed, numRuns: bursts });
