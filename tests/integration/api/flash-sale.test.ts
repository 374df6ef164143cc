import { setTimeout as sleep } from "node:timers/promises";
import { runAudit } from "@/lib/features/audit";
import { assert } from "@/lib/kernel/assert";
import { singleRoleUrls } from "@/lib/platform/database-urls";
import { findFreePort, startEmbeddedPostgres } from "@/lib/platform/embedded-postgres";
import { createLog } from "@/lib/platform/log";
import { withClient } from "@/lib/platform/with-client";
import {
  type Answer,
  bearer,
  newKey,
  noticeQuery,
  notify,
  type Placed,
  placeOverHttp,
  send,
} from "../../support/api-client";
import { type SpawnedServer, spawnServer } from "../../support/server";
import { EPAY_KEY, EPAY_PID, openShop, type Stocked, type TestShop, tally } from "../../support/shop";
import { makeTemporaryFolder, removeFolder } from "../../support/temporary-folder";
import { describe, expect, test } from "../../support/test";

interface Crowd {
  readonly buyers: number;
  readonly cards: number;
}

/** What the shop promises; and a crowd in whose middle a server can be struck, or that two of them share. */
const PROMISED: Crowd = { buyers: 500, cards: 200 };
const SMALL: Crowd = { buyers: 150, cards: 60 };
const NOTICES = 5;
const ATTEMPTS_MAX = 120;
const PATIENCE_MS = 120_000;

const envOf = (databaseUrl: string) => ({
  DATABASE_URL: databaseUrl,
  KAPU_SECRET: "s".repeat(40),
  KAPU_EPAY_URL: "http://127.0.0.1:9",
  KAPU_EPAY_PID: EPAY_PID,
  KAPU_EPAY_KEY: EPAY_KEY,
});

/** Asks until the shop gives an answer that is one: whoever asked while it was down asks again with the same words. */
async function insist<T>(ask: () => Promise<Answer<T>>, isAnswer: (answer: Answer<T>) => boolean): Promise<Answer<T>> {
  for (let attempt = 1; attempt < ATTEMPTS_MAX; attempt++) {
    const answer = await ask().catch(() => null);
    if (answer && isAnswer(answer)) return answer;
    await sleep(100 + Math.random() * 200);
  }
  throw new Error("no answer");
}

interface Sale extends Crowd {
  readonly urls: readonly string[];
  readonly variantId: string;
  /** Told of each answer, so that a test can strike in the middle. */
  readonly onAnswer?: () => void;
}

/** One buyer: an order, and when he has one, five notices of his payment at once; what he ended up with. */
async function buy(sale: Sale, buyer: number): Promise<{ outcome: string; order: Placed | null }> {
  const url = (turn: number) => sale.urls[(buyer + turn) % sale.urls.length] as string;
  const words = { key: newKey(), email: `buyer-${buyer}-${newKey()}@example.com` };
  const placed = await insist(
    () => placeOverHttp(url(0), sale.variantId, words),
    ({ status }) => status !== 503 && status !== 500,
  );
  sale.onAnswer?.();
  if (placed.status !== 201)
    return { outcome: `${placed.status} ${(placed.json as unknown as { code: string }).code}`, order: null };
  const query = noticeQuery(placed.json);
  const heard = await Promise.all(
    Array.from({ length: NOTICES }, (_, turn) =>
      insist(
        () => notify(url(turn), query),
        ({ text }) => text === "success",
      ),
    ),
  );
  sale.onAnswer?.();
  return { outcome: heard.every(({ status }) => status === 200) ? "delivered" : "notice refused", order: placed.json };
}

async function reveal(url: string, order: Placed): Promise<string[]> {
  const answer = await send<{ secrets: string[] }>(`${url}/api/v1/orders/${order.id}/reveal`, {
    method: "POST",
    headers: bearer(order.token),
  });
  expect(answer.status).toBe(200);
  return answer.json.secrets;
}

/** Everybody at once; then what everybody holds is compared with what was on the shelf. */
async function sellOut(sale: Sale, stocked: Stocked, auditUrl: string): Promise<void> {
  const results = await Promise.all(Array.from({ length: sale.buyers }, (_, buyer) => buy(sale, buyer)));
  expect(tally(results.map(({ outcome }) => outcome))).toEqual({
    delivered: sale.cards,
    "409 insufficient_stock": sale.buyers - sale.cards,
  });
  const secrets: string[] = [];
  for (const { order } of results) if (order) secrets.push(...(await reveal(sale.urls[0] as string, order)));
  expect(secrets.sort()).toEqual([...stocked.secrets].sort());
  const broken = (await runAudit(auditUrl)).results.filter(({ ok }) => !ok);
  expect(broken).toEqual([]);
}

describe(`a crowd at once for fewer cards, each payment told ${NOTICES} times`, () => {
  let shop: TestShop;
  let databaseUrl: string;
  const servers: SpawnedServer[] = [];

  test.beforeAll(async ({ database }) => {
    databaseUrl = database.superuser;
    shop = await openShop(database);
  });
  test.afterAll(async () => {
    for (const server of servers) await server.end("SIGTERM");
    await shop.close();
  });

  test("one server, 500 buyers: 200 distinct cards delivered, 300 hear insufficient_stock, nothing else", {
    timeout: PATIENCE_MS,
  }, async () => {
    const server = await spawnServer({ env: envOf(databaseUrl) });
    servers.push(server);
    const stocked = await shop.stock({ cards: PROMISED.cards });
    await sellOut({ ...PROMISED, urls: [server.url], variantId: stocked.variantId }, stocked, shop.urls.audit);
  });

  test("killed with -9 in the middle and started again, everybody who asks again: the same end", {
    timeout: PATIENCE_MS,
  }, async () => {
    const port = await findFreePort();
    const dataDir = makeTemporaryFolder("killed");
    const options = { env: envOf(databaseUrl), port, dataDir };
    const first = await spawnServer(options);
    const stocked = await shop.stock({ cards: SMALL.cards });
    let answers = 0;
    let restarted: Promise<unknown> | null = null;
    const strike = () => {
      answers++;
      if (answers < SMALL.cards / 2 || restarted) return;
      restarted = first.end("SIGKILL").then(async () => servers.push(await spawnServer(options)));
    };
    const url = `http://127.0.0.1:${port}`;
    await sellOut({ ...SMALL, urls: [url], variantId: stocked.variantId, onAnswer: strike }, stocked, shop.urls.audit);
    assert(restarted !== null, "the server was killed");
    await restarted;
  });
});

test("two servers at once on Postgres 15: the same end", { timeout: PATIENCE_MS }, async () => {
  const home = makeTemporaryFolder("flash-15");
  const postgres = await startEmbeddedPostgres({
    home,
    log: createLog("silent"),
    packageName: "embedded-postgres-15-linux-x64",
    settings: { fsync: "off", synchronous_commit: "off", full_page_writes: "off" },
  });
  const servers: SpawnedServer[] = [];
  try {
    await withClient(postgres.urlOf("postgres"), (client) => client.query("CREATE DATABASE flash"));
    const env = envOf(postgres.urlOf("flash"));
    servers.push(...(await Promise.all([spawnServer({ env }), spawnServer({ env })])));
    const shop = await openShop(singleRoleUrls(postgres.urlOf("flash")));
    try {
      const stocked = await shop.stock({ cards: SMALL.cards });
      const urls = servers.map(({ url }) => url);
      await sellOut({ ...SMALL, urls, variantId: stocked.variantId }, stocked, shop.urls.audit);
    } finally {
      await shop.close();
    }
  } finally {
    await Promise.all(servers.map((server) => server.end("SIGTERM")));
    await postgres.stop();
    removeFolder(home);
  }
});
