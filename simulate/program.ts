import fc from "fast-check";
import {
  CARDS,
  type Command,
  commandAbout,
  FOCUSES,
  order,
  POLICIES,
  pay,
  payOnPaper,
  place,
  weighted,
} from "./commands";

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

const BURSTS_MAX = 8;
const COMMANDS_MAX = 10;
const TURNS_MAX = 40;

const process = fc.constantFrom<0 | 1>(0, 1);
const fault: fc.Arbitrary<Fault> = fc.record({ kind: fc.constantFrom(...FAULTS), process, after: fc.nat(15) });
const turn = weighted([3, fc.constant(0)], [2, fc.nat(6)]);

/** In the order in which a failing program is made smaller: what happens, what strikes, who is first, and what was before. */
const burstAbout = (focus: number): fc.Arbitrary<Burst> =>
  fc.record({
    commands: fc.array(fc.record({ command: commandAbout(focus), process }), { maxLength: COMMANDS_MAX }),
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

const programAbout = (focus: number): fc.Arbitrary<Program> =>
  fc
    // First somebody buys, then somebody pays, and then anything happens.
    .tuple(
      fc.array(burstAbout(focus), { maxLength: BURSTS_MAX }),
      calmly(place),
      calmly(weighted<Command>([1, pay], [1, payOnPaper])),
    )
    // It drops the head of a list first; what is to go first is what comes after the failure.
    .map(([later, buyers, payers]) => ({
      bursts: [buyers, payers, ...[...later].reverse()].map((one) => turnedTo(focus, one)),
    }));

/** The same seed, the same program; fast-check makes a smaller one of any that fails. */
export const programs: fc.Arbitrary<Program> = fc.noBias(
  fc.oneof(...Array.from({ length: FOCUSES }, (_, focus) => programAbout(focus))),
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
    `variants: ${POLICIES.map((policy, n) => `${n} ${policy}`).join(", ")}; cards of each in the pools: ${CARDS.join(", ")}`,
    ...bursts.flatMap(formatBurst),
  ].join("\n");

/** How large a program is: what happens in it, faults and deadlines included. */
export const sizeOf = ({ bursts }: Program): number =>
  bursts.reduce((sum, { commands, faults, lapsed }) => sum + commands.length + faults.length + lapsed.length, 0);
