import fc from "fast-check";

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
  | { readonly do: "release"; readonly order: number; readonly by: "merchant" | "admin" | "stranger" }
  | { readonly do: "restock"; readonly variant: number; readonly cards: number; readonly publish: boolean }
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
  | { readonly do: "sweep" | "serve owed" | "drain outbox" };

export type WrongPayment = "less" | "more" | "other currency" | "other account";
export type Forgery = "wrong key" | "wrong merchant" | "not paid" | "wrong address";
/** How the gateway takes a request for money: at once; for days; not at all; done, and its answer lost; without a word. */
export const MOODS = ["answers", "is slow", "refuses", "loses its answers", "is silent"] as const;
export type Mood = (typeof MOODS)[number];
export type GatewayWord = "paid" | "given back" | "nothing" | "silence";

export const FAULTS = ["answer lost", "cut", "terminated", "crash", "crash after sending"] as const;

/** What strikes a process of the shop when that many statements of the burst have been let through. */
export interface Fault {
  readonly kind: (typeof FAULTS)[number];
  readonly process: 0 | 1;
  readonly after: number;
}

/** What happens at once, in two processes, after some deadlines have passed. */
export interface Burst {
  /** Orders whose deadline has passed since. */
  readonly lapsed: readonly number[];
  /** Long enough for the processes to forget what they believed about the stock. */
  readonly pause: boolean;
  readonly commands: readonly { readonly command: Command; readonly process: 0 | 1 }[];
  /** Whose statement goes next, each time that several wait; null lets the machine decide, as it does in a shop. */
  readonly turns: readonly number[] | null;
  readonly faults: readonly Fault[];
}

export interface Program {
  readonly bursts: readonly Burst[];
}

/** Two variants of each way to hold stock, so that an order may have lines of both. */
export const POLICIES = [
  "reserve_on_order",
  "reserve_on_order",
  "claim_on_payment",
  "claim_on_payment",
  "deduct_on_order",
  "deduct_on_order",
] as const;

/** Cards of each variant at the beginning. */
export const CARDS = [1, 1, 1, 1, 1, 1] as const;

const BURSTS_MAX = 8;
const COMMANDS_MAX = 10;
const TURNS_MAX = 40;

const file = fc.nat(9);
const does = <T extends string>(name: T) => fc.constant(name);
const weighted = <T>(...choices: [number, fc.Arbitrary<T>][]) =>
  fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));

/** Mostly one of the first, so that several things happen to the same. */
const order = weighted([3, fc.nat(3)], [1, fc.nat(30)]);

/** Mostly the same, so that many want the same card. */
const variant = weighted([6, fc.constant(0)], [2, fc.constant(1)], [1, fc.nat(POLICIES.length - 1)]);

const place = fc.record({
  do: does("place"),
  variant,
  quantity: weighted([3, fc.constant(1)], [1, fc.integer({ min: 1, max: 3 })]),
  also: weighted([3, fc.constant(0)], [1, fc.integer({ min: 0, max: 2 })]),
  twice: weighted([5, fc.constant(false)], [1, fc.boolean()]),
});
const pay = fc.record({
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
const release = fc.record({ do: does("release"), order, by: fc.constantFrom("merchant", "admin", "stranger") });
const cards = weighted([3, fc.constant(1)], [1, fc.integer({ min: 1, max: 3 })]);
const restock = fc.record({
  do: does("restock"),
  variant,
  cards,
  publish: weighted([4, fc.constant(true)], [1, fc.boolean()]),
});

const payOnPaper = fc.record({ do: does("pay on paper"), order });
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

const command: fc.Arbitrary<Command> = weighted<Command>(
  [10, place],
  [14, pay],
  [3, payWrong],
  [3, restock],
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
);

const process = fc.constantFrom<0 | 1>(0, 1);
const fault: fc.Arbitrary<Fault> = fc.record({ kind: fc.constantFrom(...FAULTS), process, after: fc.nat(15) });
const turn = weighted([3, fc.constant(0)], [2, fc.nat(6)]);

/** In the order in which a failing program is made smaller: what happens, what strikes, who is first, and what was before. */
const burst: fc.Arbitrary<Burst> = fc.record({
  commands: fc.array(fc.record({ command, process }), { maxLength: COMMANDS_MAX }),
  faults: weighted([2, fc.constant([] as Fault[])], [1, fc.array(fault, { maxLength: 2 })]),
  turns: fc.oneof(
    { withCrossShrink: true },
    { weight: 2, arbitrary: fc.array(turn, { maxLength: TURNS_MAX }) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
  lapsed: weighted([1, fc.constant([] as number[])], [1, fc.array(order, { maxLength: 3 })]),
  pause: fc.boolean(),
});

const calmly = (command: fc.Arbitrary<Command>) =>
  fc
    .array(fc.record({ command, process }), { maxLength: COMMANDS_MAX })
    .map((commands): Burst => ({ commands, faults: [], turns: [], lapsed: [], pause: false }));

/** The way to hold stock that the program is about: what is said of the first two variants is said of that way's two. */
function turnedTo(focus: number, burst: Burst): Burst {
  const turned = (command: Command): Command =>
    "variant" in command ? { ...command, variant: (command.variant + 2 * focus) % POLICIES.length } : command;
  return { ...burst, commands: burst.commands.map(({ command, process }) => ({ command: turned(command), process })) };
}

/** The same seed, the same program; fast-check makes a smaller one of any that fails. */
export const programs: fc.Arbitrary<Program> = fc.noBias(
  fc
    // First somebody buys, then somebody pays, and then anything happens.
    .tuple(
      fc.array(burst, { maxLength: BURSTS_MAX }),
      calmly(place),
      calmly(weighted<Command>([1, pay], [1, payOnPaper])),
      fc.nat(POLICIES.length / 2 - 1),
    )
    // It drops the head of a list first; what is to go first is what comes after the failure.
    .map(([later, buyers, payers, focus]) => ({
      bursts: [buyers, payers, ...[...later].reverse()].map((one) => turnedTo(focus, one)),
    })),
);

const words = (thing: object): string =>
  Object.entries(thing)
    .map(([name, value]) => (name === "do" ? String(value) : `${name}=${value}`))
    .join(" ");

function formatBurst(burst: Burst, n: number): string[] {
  const { lapsed, pause, commands, turns, faults } = burst;
  const lines = [`burst ${n}${pause ? ", after a pause" : ""}${lapsed.length > 0 ? `, lapsed: ${lapsed}` : ""}`];
  for (const { command, process } of commands) lines.push(`  process ${process}: ${words(command)}`);
  for (const { kind, process, after } of faults)
    lines.push(`  process ${process}: ${kind}, after statement ${after} of the burst`);
  if (turns?.some((turn) => turn !== 0)) lines.push(`  turns: ${turns.join(" ")}`);
  if (turns === null) lines.push("  turns: as the machine pleases");
  return lines;
}

/** A program as a person reads it. */
export const formatProgram = ({ bursts }: Program): string =>
  [
    `variants: ${POLICIES.map((policy, n) => `${n} ${policy} ${CARDS[n]}`).join(", ")}`,
    ...bursts.flatMap(formatBurst),
  ].join("\n");

/** How large a program is: what happens in it, faults and deadlines included. */
export const sizeOf = ({ bursts }: Program): number =>
  bursts.reduce((sum, { commands, faults, lapsed }) => sum + commands.length + faults.length + lapsed.length, 0);
