import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import type { OrderDraft } from "@/lib/flows/hot/draft-order";
import { createDb, type Db } from "@/lib/platform/db";
import { type Bench, type Contender, drive, placeOf } from "./contender";
import { firstAvailable, firstUnlocked } from "./orm-order";
import { inOneTransaction } from "./orm-transactions";

const LOCK_MS = 10_000;
const SPIN_MS = 5;

/** Lets go of a lock that is still ours. */
const UNLOCK = `if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("del", KEYS[1]) end return 0`;
const TAKE = `if tonumber(redis.call("get", KEYS[1]) or "0") >= 1 then return redis.call("decr", KEYS[1]) end return -1`;

interface Tools {
  readonly db: Db;
  readonly redis: Redis;
}

type Shape = Pick<Contender, "name" | "what"> & {
  place(tools: Tools, draft: OrderDraft): Promise<boolean>;
  /** Lays out in Redis what the technique keeps there for a product, before the clock runs. */
  prepare?(tools: Tools, variantId: string): Promise<void>;
};

function redisContender({ shop, redisUrl, connections }: Bench, shape: Shape): Contender {
  const tools: Tools = { db: createDb(shop.urls.app, () => {}, connections), redis: new Redis(redisUrl) };
  return {
    name: shape.name,
    what: `${shape.what} (${connections} connections)`,
    perSecondMax: 2_000,
    prepare: async (drafts) => {
      const variants = new Set(drafts.map((draft) => placeOf(draft).variantId));
      for (const variantId of variants) await shape.prepare?.(tools, variantId);
    },
    run: (load, drafts) => drive(load, drafts, (draft) => shape.place(tools, draft)),
    place: (draft) => shape.place(tools, draft),
    close: async () => {
      tools.redis.disconnect();
      await tools.db.$disconnect();
    },
  };
}

const stockKey = (variantId: string): string => `stock:${variantId}`;
const keyOf = (draft: OrderDraft): string => stockKey(placeOf(draft).variantId);

async function layOutFigure({ db, redis }: Tools, variantId: string): Promise<void> {
  const left = await db.card.count({ where: { variantId, status: "available" } });
  await redis.set(stockKey(variantId), left);
}

/** The database's part behind a figure in Redis; what Redis gave and the database refused is given back. */
async function placeOrGiveBack({ db, redis }: Tools, draft: OrderDraft): Promise<boolean> {
  let isPlaced = false;
  try {
    isPlaced = await inOneTransaction(firstUnlocked)(db, draft);
  } finally {
    if (!isPlaced) await redis.incr(keyOf(draft));
  }
  return isPlaced;
}

/** One buyer at a time, by a lock that is only as good as its timeout. */
export const redisLock = (bench: Bench): Contender =>
  redisContender(bench, {
    name: "Redis lock",
    what: "SET NX PX around the transaction, asked again every few milliseconds",
    async place({ db, redis }, draft) {
      const [key, token] = [`lock:${placeOf(draft).variantId}`, randomUUID()];
      while ((await redis.set(key, token, "PX", LOCK_MS, "NX")) === null) await sleep(SPIN_MS * (0.5 + Math.random()));
      try {
        return await inOneTransaction(firstAvailable)(db, draft);
      } finally {
        await redis.eval(UNLOCK, 1, key, token);
      }
    },
  });

export const redisDecrement = (bench: Bench): Contender =>
  redisContender(bench, {
    name: "Redis DECR first",
    what: "DECR, then the database, INCR when that fails",
    prepare: layOutFigure,
    async place(tools, draft) {
      if ((await tools.redis.decr(keyOf(draft))) >= 0) return placeOrGiveBack(tools, draft);
      await tools.redis.incr(keyOf(draft));
      return false;
    },
  });

export const redisScript = (bench: Bench): Contender =>
  redisContender(bench, {
    name: "Redis Lua first",
    what: "check and take in one Lua script, then the database",
    prepare: layOutFigure,
    async place(tools, draft) {
      const left = await tools.redis.eval(TAKE, 1, keyOf(draft));
      return Number(left) >= 0 && placeOrGiveBack(tools, draft);
    },
  });

/** Redis says which card; a crash between the two loses it until somebody counts. */
export const redisList = (bench: Bench): Contender =>
  redisContender(bench, {
    name: "Redis list of cards",
    what: "LPOP of a card's id, then the database marks that card",
    async prepare({ db, redis }, variantId) {
      const where = { variantId, status: "available" };
      const cards = await db.card.findMany({ where, select: { id: true }, orderBy: { pick: "asc" } });
      const pipeline = redis.pipeline().del(`cards:${variantId}`);
      for (const { id } of cards) pipeline.rpush(`cards:${variantId}`, id);
      await pipeline.exec();
    },
    async place({ db, redis }, draft) {
      const id = await redis.lpop(`cards:${placeOf(draft).variantId}`);
      return id !== null && inOneTransaction(async () => id)(db, draft);
    },
  });
