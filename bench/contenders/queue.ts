import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import type { OrderDraft } from "@/lib/flows/hot/draft-order";
import { createDb, type Db } from "@/lib/platform/db";
import { type Bench, type Contender, drive } from "./contender";
import { firstUnlocked } from "./orm-order";
import { inOneTransaction } from "./orm-transactions";

const POLL_MS = 10;
const ORDERS = "orders";
/** How long a worker waits for an order before it looks whether it is still wanted. */
const IDLE_SECONDS = 0.1;
const TOLD_MS = 60_000;

const toldKey = (orderId: string): string => `told:${orderId}`;

interface Workers {
  stop(): Promise<void>;
}

/** Each takes the next order off the list, writes it, and leaves word for the buyer who asks. */
function startWorkers(db: Db, redis: Redis, { redisUrl, connections }: Bench): Workers {
  let isOver = false;
  const lines = Array.from({ length: connections }, () => new Redis(redisUrl));
  const work = async (line: Redis): Promise<void> => {
    while (!isOver) {
      const next = await line.brpop(ORDERS, IDLE_SECONDS);
      if (!next) continue;
      const draft = JSON.parse(next[1]) as OrderDraft;
      const isPlaced = await inOneTransaction(firstUnlocked)(db, draft);
      await redis.set(toldKey(draft.row.id), isPlaced ? "1" : "0", "PX", TOLD_MS);
    }
  };
  const workers = lines.map(work);
  return {
    stop: async () => {
      isOver = true;
      await Promise.all(workers);
      for (const line of lines) line.disconnect();
    },
  };
}

/** The order lies in Redis and the buyer is told "accepted"; he asks until a worker has come to it. */
export function queued(bench: Bench): Contender {
  const { shop, redisUrl, connections } = bench;
  const db = createDb(shop.urls.app, () => {}, connections);
  const redis = new Redis(redisUrl);
  let workers: Workers | null = null;

  const place: Contender["place"] = async ({ row, lines }, onAccepted) => {
    workers ??= startWorkers(db, redis, bench);
    await redis.lpush(ORDERS, JSON.stringify({ row, lines }));
    onAccepted?.();
    for (;;) {
      const told = await redis.get(toldKey(row.id));
      if (told !== null) return told === "1";
      await sleep(POLL_MS);
    }
  };
  const rest = async (): Promise<void> => {
    await workers?.stop();
    workers = null;
  };

  return {
    name: "queue, polled",
    what: `a list in Redis, ${connections} workers, the buyer asks every ${POLL_MS} ms (${connections} connections)`,
    perSecondMax: 2_000,
    prepare: async () => void (await redis.del(ORDERS)),
    async run(load, drafts) {
      const outcome = await drive(load, drafts, place);
      await rest();
      return outcome;
    },
    place,
    close: async () => {
      await rest();
      redis.disconnect();
      await db.$disconnect();
    },
  };
}
