import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import type { OrderDraft } from "@/lib/flows/hot/draft-order";
import { createDb, type Db } from "@/lib/platform/db";
import type { BenchShop } from "../shop";
import { type Contender, drive } from "./contender";
import { firstAvailable, firstUnlocked } from "./orm-order";
import { inOneTransaction } from "./orm-transactions";

const LOCK_MS = 10_000;
const SPIN_MS = 5;
const POLL_MS = 10;

/** Lets go of a lock that is still ours. */
const UNLOCK = `if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("del", KEYS[1]) end return 0`;
const TAKE = `if tonumber(redis.call("get", KEYS[1]) or "0") >= 1 then return redis.call("decr", KEYS[1]) end return -1`;

interface Tools {
  readonly shop: BenchShop;
  readonly db: Db;
  readonly redis: Redis;
}

type Shape = Pick<Contender, "name" | "what"> & {
  place(tools: Tools, draft: OrderDraft): Promise<boolean>;
  /** Lays out in Redis what the technique keeps there, before the clock runs. */
  prepare?(tools: Tools): Promise<void>;
};

export interface RedisBench {
  readonly shop: BenchShop;
  readonly url: string;
  readonly connections: number;
}

function redisContender({ shop, url, connections }: RedisBench, shape: Shape): Contender {
  const tools: Tools = { shop, db: createDb(shop.urls.app, () => {}, connections), redis: new Redis(url) };
  return {
    name: shape.name,
    what: `${shape.what} (${connections} connections)`,
    perSecondMax: 2_000,
    prepare: async () => shape.prepare?.(tools),
    run: (load, drafts) => drive(load, drafts, (draft) => shape.place(tools, draft)),
    place: (draft) => shape.place(tools, draft),
    close: async () => {
      tools.redis.disconnect();
      await tools.db.$disconnect();
    },
  };
}

const stockKey = ({ variantId }: BenchShop): string => `stock:${variantId}`;

async function layOutFigure({ shop, db, redis }: Tools): Promise<void> {
  const left = await db.card.count({ where: { variantId: shop.variantId, status: "available" } });
  await redis.set(stockKey(shop), left);
}

/** The database's part behind a figure in Redis; what Redis gave and the database refused is given back. */
async function placeOrGiveBack({ shop, db, redis }: Tools, draft: OrderDraft): Promise<boolean> {
  let isPlaced = false;
  try {
    isPlaced = await inOneTransaction((tx) => firstUnlocked(tx, shop))(db, draft);
  } finally {
    if (!isPlaced) await redis.incr(stockKey(shop));
  }
  return isPlaced;
}

/** One buyer at a time, by a lock that is only as good as its timeout. */
export const redisLock = (bench: RedisBench): Contender =>
  redisContender(bench, {
    name: "Redis lock",
    what: "SET NX PX around the transaction, asked again every few milliseconds",
    async place({ shop, db, redis }, draft) {
      const [key, token] = [`lock:${shop.variantId}`, randomUUID()];
      while ((await redis.set(key, token, "PX", LOCK_MS, "NX")) === null) await sleep(SPIN_MS * (0.5 + Math.random()));
      try {
        return await inOneTransaction((tx) => firstAvailable(tx, shop))(db, draft);
      } finally {
        await redis.eval(UNLOCK, 1, key, token);
      }
    },
  });

export const redisDecrement = (bench: RedisBench): Contender =>
  redisContender(bench, {
    name: "Redis DECR first",
    what: "DECR, then the database, INCR when that fails",
    prepare: layOutFigure,
    async place(tools, draft) {
      if ((await tools.redis.decr(stockKey(tools.shop))) >= 0) return placeOrGiveBack(tools, draft);
      await tools.redis.incr(stockKey(tools.shop));
      return false;
    },
  });

export const redisScript = (bench: RedisBench): Contender =>
  redisContender(bench, {
    name: "Redis Lua first",
    what: "check and take in one Lua script, then the database",
    prepare: layOutFigure,
    async place(tools, draft) {
      const left = await tools.redis.eval(TAKE, 1, stockKey(tools.shop));
      return Number(left) >= 0 && placeOrGiveBack(tools, draft);
    },
  });

/** Redis says which card; a crash between the two loses it until somebody counts. */
export const redisList = (bench: RedisBench): Contender =>
  redisContender(bench, {
    name: "Redis list of cards",
    what: "LPOP of a card's id, then the database marks that card",
    async prepare({ shop, db, redis }) {
      const where = { variantId: shop.variantId, status: "available" };
      const cards = await db.card.findMany({ where, select: { id: true }, orderBy: { pick: "asc" } });
      const pipeline = redis.pipeline().del(`cards:${shop.variantId}`);
      for (const { id } of cards) pipeline.rpush(`cards:${shop.variantId}`, id);
      await pipeline.exec();
    },
    async place({ shop, db, redis }, draft) {
      const id = await redis.lpop(`cards:${shop.variantId}`);
      return id !== null && inOneTransaction(async () => id)(db, draft);
    },
  });

/** The buyer is told "wait" at once and asks until a worker has come to the order. */
export function queued(bench: RedisBench): Contender {
  const { shop, url, connections } = bench;
  const db = createDb(shop.urls.app, () => {}, connections);
  const redis = new Redis(url);
  const waiting = new Map<string, OrderDraft>();

  async function work(line: Redis, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const next = await line.brpop("orders", 0.1);
      const draft = next && waiting.get(next[1]);
      if (!draft) continue;
      const isPlaced = await inOneTransaction((tx) => firstUnlocked(tx, shop))(db, draft);
      await redis.set(`told:${draft.row.id}`, isPlaced ? "1" : "0", "PX", 60_000);
    }
  }

  return {
    name: "queue, polled",
    what: `a list in Redis, ${connections} workers, the buyer asks every ${POLL_MS} ms (${connections} connections)`,
    perSecondMax: 2_000,
    async run(load, drafts) {
      let isOver = false;
      const lines = Array.from({ length: connections }, () => new Redis(url));
      const workers = lines.map((line) => work(line, () => isOver));
      const outcome = await drive(load, drafts, async (draft) => {
        waiting.set(draft.row.id, draft);
        await redis.lpush("orders", draft.row.id);
        for (;;) {
          const told = await redis.get(`told:${draft.row.id}`);
          if (told !== null) return told === "1";
          await sleep(POLL_MS);
        }
      });
      isOver = true;
      await Promise.all(workers);
      for (const line of lines) line.disconnect();
      waiting.clear();
      return outcome;
    },
    close: async () => {
      redis.disconnect();
      await db.$disconnect();
    },
  };
}
