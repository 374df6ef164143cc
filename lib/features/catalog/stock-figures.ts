import type { Redis } from "ioredis";
import { limits } from "@/lib/kernel/limits";
import type { Db } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import type { StockBand } from "./rules";

/** What Redis is told of a variant's stock: its band, and since when by the database's clock. */
export interface StockFigure {
  readonly variantId: string;
  readonly band: StockBand;
  readonly sinceMs: number;
}

const PREFIX = "kapu:stock:";
const keyOf = (variantId: string): string => PREFIX + variantId;
const textOf = ({ band, sinceMs }: Pick<StockFigure, "band" | "sinceMs">): string => `${sinceMs}:${band}`;

const TEXT = /^\d{1,16}:(in_stock|low|sold_out)$/;

/** Runs commands in one round trip; null when Redis does not answer all of them in time, and what it holds is then unknown. */
async function ask(redis: Redis, commands: (string | number)[][]): Promise<[Error | null, unknown][] | null> {
  if (commands.length === 0) return [];
  try {
    const replies = await redis.pipeline(commands as [string, ...(string | number)[]][]).exec();
    // An answer that refuses (a key of another kind) is an answer; a command without one is not.
    return replies?.every(([error]) => error === null || error.name === "ReplyError") ? replies : null;
  } catch {
    return null;
  }
}

/** Tells Redis of bands that have changed. Whether it hears does no harm: nobody decides by it, and the next check fills what is missing. */
export async function tellFigures({ redis }: Pick<Deps, "redis">, figures: readonly StockFigure[]): Promise<void> {
  if (!redis) return;
  for (let at = 0; at < figures.length; at += limits.cacheFiguresPerCheck) {
    const part = figures.slice(at, at + limits.cacheFiguresPerCheck);
    if (!(await put(redis, part))) return;
  }
}

const put = async (redis: Redis, figures: readonly StockFigure[]): Promise<boolean> =>
  (await ask(
    redis,
    figures.map((figure) => ["set", keyOf(figure.variantId), textOf(figure)]),
  )) !== null;

/**
 * What Redis says of a variant's stock, or null: without Redis, without an answer in time, and for whatever is no figure. Good for a sentence
 * and for nothing else.
 */
export async function hintBand({ redis }: Pick<Deps, "redis">, variantId: string): Promise<StockBand | null> {
  if (!redis) return null;
  const replies = await ask(redis, [["getrange", keyOf(variantId), 0, limits.cacheFigureLettersMax]]);
  const text = String(replies?.[0]?.[1] ?? "");
  return (TEXT.exec(text)?.[1] as StockBand | undefined) ?? null;
}

/** What Redis holds of these variants: its text, null for nothing at all, or a text that no figure is. Null when it does not answer. */
export async function readFigures(
  redis: Redis,
  variantIds: readonly string[],
): Promise<ReadonlyMap<string, string | null> | null> {
  // Of a forged text of a gigabyte only its beginning is read.
  const replies = await ask(
    redis,
    variantIds.flatMap((id) => [
      ["exists", keyOf(id)],
      ["getrange", keyOf(id), 0, limits.cacheFigureLettersMax],
    ]),
  );
  if (!replies) return null;
  return new Map(
    variantIds.map((id, n) => {
      const isThere = replies[2 * n]?.[1] === 1;
      const [error, text] = replies[2 * n + 1] ?? [null, null];
      return [id, isThere ? (error ? "of another kind" : String(text)) : null];
    }),
  );
}

/** Deletes what Redis holds of these variants and puts down what the database says; false when Redis does not answer. */
export async function rebuildFigures(redis: Redis, figures: readonly StockFigure[]): Promise<boolean> {
  const deleted = await ask(
    redis,
    figures.map(({ variantId }) => ["unlink", keyOf(variantId)]),
  );
  return deleted !== null && put(redis, figures);
}

/** Whether a text is what Redis would have been told. */
export const isFigure = (figure: StockFigure, text: string): boolean => text === textOf(figure);

/** The bands of so many variants behind this one, as the database has them; those that changed a moment ago are marked. */
export const readBands = (db: Db, after: string): Promise<(StockFigure & { readonly isSettled: boolean })[]> =>
  db.$queryRaw`
    SELECT s.variant_id AS "variantId", s.band, (extract(epoch FROM s.refreshed_at) * 1000)::float8 AS "sinceMs",
           s.refreshed_at < clock_timestamp() - make_interval(secs => ${limits.cacheSettleSeconds}::int) AS "isSettled"
      FROM variant_stock s JOIN variant v ON v.id = s.variant_id AND v.status <> 'archived'
     WHERE s.variant_id > ${after}::uuid ORDER BY s.variant_id LIMIT ${limits.cacheFiguresPerCheck}::int`;

/** The same of these variants. */
export const readBandsOf = (db: Db, variantIds: readonly string[]): Promise<StockFigure[]> =>
  db.$queryRaw`
    SELECT variant_id AS "variantId", band, (extract(epoch FROM refreshed_at) * 1000)::float8 AS "sinceMs"
      FROM variant_stock WHERE variant_id = ANY (${[...variantIds]}::uuid[]) ORDER BY variant_id`;

/** Takes away figures of variants that there are none of; bounded, however many somebody has put there. Null when Redis does not answer. */
export async function dropStrays(
  redis: Redis,
  isKnown: (variantIds: readonly string[]) => Promise<ReadonlySet<string>>,
): Promise<number | null> {
  let [cursor, seen, dropped] = ["0", 0, 0];
  do {
    const replies = await ask(redis, [["scan", cursor, "MATCH", `${PREFIX}*`, "COUNT", limits.cacheFiguresPerCheck]]);
    if (!replies) return null;
    const [next, keys] = (replies[0]?.[1] ?? ["0", []]) as [string, string[]];
    const ids = keys.map((key) => key.slice(PREFIX.length));
    const known = await isKnown(ids);
    const strays = ids.filter((id) => !known.has(id));
    if (
      !(await ask(
        redis,
        strays.map((id) => ["unlink", keyOf(id)]),
      ))
    )
      return null;
    [cursor, seen, dropped] = [next, seen + limits.cacheFiguresPerCheck, dropped + strays.length];
  } while (cursor !== "0" && seen < limits.cacheStraysMax);
  return dropped;
}
