import type { Redis } from "ioredis";
import { limits } from "@/lib/kernel/limits";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { dropStrays, isFigure, readBands, readBandsOf, readFigures, rebuildFigures } from "./stock-figures";

/** What became of comparing the figures in Redis with the database. */
export interface FiguresCompared {
  /** absent: there is no Redis. unanswered: it did not answer, or not all in time; nothing is known then of the rest. */
  readonly outcome: "absent" | "unanswered" | "compared";
  readonly compared: number;
  /** Wrong at two looks, between which the database did not change; built anew. */
  readonly drifted: number;
  /** Not there, as after a restart of Redis; filled. */
  readonly missing: number;
  /** Of no variant; taken away. */
  readonly strays: number;
  /** Whether every variant was looked at. */
  readonly isWhole: boolean;
}

const FIRST = "00000000-0000-0000-0000-000000000000";
const NOTHING = { compared: 0, drifted: 0, missing: 0, strays: 0, isWhole: false } as const;

type Part = Pick<FiguresCompared, "compared" | "drifted" | "missing"> & { readonly next: string | null };

/** Compares the variants behind one, and mends what is wrong; null when Redis does not answer. */
async function comparePart({ db }: Pick<Deps, "db">, redis: Redis, after: string): Promise<Part | null> {
  const bands = await readBands(db, after);
  const next = bands.length < limits.cacheFiguresPerCheck ? null : (bands.at(-1)?.variantId ?? null);
  const settled = bands.filter(({ isSettled }) => isSettled);
  const texts = await readFigures(
    redis,
    settled.map(({ variantId }) => variantId),
  );
  if (!texts) return null;
  const textOf = (variantId: string) => texts.get(variantId) ?? null;
  const wrong = settled.filter((figure) => !isFigure(figure, textOf(figure.variantId) ?? ""));
  const missing = wrong.filter(({ variantId }) => textOf(variantId) === null);
  const suspects = wrong.filter(({ variantId }) => textOf(variantId) !== null).map(({ variantId }) => variantId);
  // A second look at both sides: what has come right, or what the database has changed meanwhile, was only on its way.
  const again = new Map((await readBandsOf(db, suspects)).map((figure) => [figure.variantId, figure]));
  const textsAgain = await readFigures(redis, suspects);
  if (!textsAgain) return null;
  const drifted = wrong.filter((figure) => {
    const now = again.get(figure.variantId);
    const text = textsAgain.get(figure.variantId) ?? null;
    const isSame = now?.band === figure.band && now.sinceMs === figure.sinceMs;
    return isSame && text !== null && !isFigure(figure, text);
  });
  const fresh = await readBandsOf(
    db,
    [...missing, ...drifted].map(({ variantId }) => variantId),
  );
  if (!(await rebuildFigures(redis, fresh))) return null;
  return { compared: settled.length, drifted: drifted.length, missing: missing.length, next };
}

const cursorOf = (deps: Deps) => ofDeps(deps, "catalog.compare-figures", () => ({ after: FIRST }));

/** The next part of the variants, in turn: after so many checks each was looked at. */
export async function compareSomeFigures(deps: Deps): Promise<FiguresCompared> {
  const { redis } = deps;
  if (!redis) return { ...NOTHING, outcome: "absent" };
  const cursor = cursorOf(deps);
  const part = await comparePart(deps, redis, cursor.after);
  if (!part) return { ...NOTHING, outcome: "unanswered" };
  const isWhole = cursor.after === FIRST && part.next === null;
  cursor.after = part.next ?? FIRST;
  return { ...NOTHING, ...part, outcome: "compared", isWhole };
}

/** All of them, and whatever lies beside them; as much as `limits.cacheCheckMs` allows. */
export async function compareAllFigures(deps: Deps): Promise<FiguresCompared> {
  const { redis, clock } = deps;
  if (!redis) return { ...NOTHING, outcome: "absent" };
  const until = clock.elapsed() + limits.cacheCheckMs;
  let sum: FiguresCompared = { ...NOTHING, outcome: "compared" };
  for (let after: string | null = FIRST; after !== null; ) {
    const part: Part | null = clock.elapsed() < until ? await comparePart(deps, redis, after) : null;
    if (!part) return { ...sum, outcome: "unanswered" };
    sum = {
      ...sum,
      compared: sum.compared + part.compared,
      drifted: sum.drifted + part.drifted,
      missing: sum.missing + part.missing,
    };
    after = part.next;
  }
  const strays = await dropStrays(redis, (ids) => knownOf(deps, ids));
  return strays === null ? { ...sum, outcome: "unanswered" } : { ...sum, strays, isWhole: true };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

async function knownOf({ db }: Pick<Deps, "db">, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.variant.findMany({
    where: { id: { in: ids.filter((id) => UUID.test(id)) }, status: { not: "archived" } },
    select: { id: true },
  });
  return new Set(rows.map(({ id }) => id));
}
