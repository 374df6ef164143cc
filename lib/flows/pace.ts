import { setTimeout as sleep } from "node:timers/promises";
import { Prisma } from "@/lib/generated/prisma/client";
import { limits } from "@/lib/kernel/limits";
import type { Db } from "@/lib/platform/db";
import { idAt } from "@/lib/platform/id-at";

/** How work over very many cards goes on: in large chunks, with reading and writing at once, or leaving half of the machine to buyers. */
export interface Pace {
  readonly cardsPerChunk: number;
  readonly isGentle: boolean;
}

/**
 * Gentle while anybody buys: some order was placed within the last seconds. It promises nothing, it is only kind: a clock that is wrong
 * makes the work slower or the buyers' wait longer, and breaks nothing.
 */
export async function tellPace(db: Db): Promise<Pace> {
  const since = idAt(Prisma.sql`clock_timestamp() - make_interval(secs => ${limits.buyersSeenSeconds}::int)`);
  const [row] = await db.$queryRaw<[{ isBuying: boolean }]>`
    SELECT EXISTS (SELECT 1 FROM orders WHERE id > ${since}) AS "isBuying"`;
  const { importCardsPerChunk, importCardsPerGentleChunk } = limits;
  return row.isBuying
    ? { cardsPerChunk: Math.min(importCardsPerChunk, importCardsPerGentleChunk), isGentle: true }
    : { cardsPerChunk: importCardsPerChunk, isGentle: false };
}

const REST_MS_MAX = 1_000;

/** Leaves the machine to others for a share of the time that a piece of work took, and for a second at most; `startedAt` by `performance.now()`. */
export async function restSince(startedAt: number): Promise<void> {
  await sleep(Math.min((performance.now() - startedAt) * limits.restShare, REST_MS_MAX));
}
