import type { Bench, Contender } from "./contender";
import { checkThenTake, forUpdate, limitedUpdate, optimistic, skipLocked, tryConfirm } from "./orm-transactions";
import { batched, single } from "./ours";
import { pgbench } from "./pgbench";
import { queued } from "./queue";
import { redisDecrement, redisList, redisLock, redisScript } from "./redis-first";

export type Create = (bench: Bench) => Contender;

const IN_POSTGRES = {
  ours: batched,
  single,
  forUpdate,
  skipLocked,
  optimistic,
  tryConfirm,
  checkThenTake,
  limitedUpdate,
} satisfies Record<string, Create>;

const IN_REDIS = { redisLock, redisDecrement, redisScript, redisList, queued } satisfies Record<string, Create>;

export type Technique = keyof typeof IN_POSTGRES | keyof typeof IN_REDIS;

/** Every way to sell a card by its key, ours and those that the field's articles recommend. */
export const TECHNIQUES: Readonly<Record<Technique, Create>> = { ...IN_POSTGRES, ...IN_REDIS };

/** The techniques that can run here. */
export function techniquesFor({ redisUrl }: Pick<Bench, "redisUrl">): Technique[] {
  const all = Object.keys(TECHNIQUES) as Technique[];
  return redisUrl ? all : all.filter((technique) => !(technique in IN_REDIS));
}

/** Every technique, and pgbench for what Postgres itself can do. */
export const createAll = (bench: Bench): Contender[] => [
  ...techniquesFor(bench).map((technique) => TECHNIQUES[technique](bench)),
  pgbench(bench),
];
