import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { listDeliveries, replayDelivery } from "@/lib/features/webhooks/deliveries";
import {
  addEndpoint,
  listEndpoints,
  pingEndpoint,
  rotateEndpoint,
  switchEndpoint,
} from "@/lib/features/webhooks/endpoints";
import { pauseAfter, WEBHOOK_TRIES_MAX } from "@/lib/features/webhooks/rules";
import { DeliveryListQuery } from "@/lib/features/webhooks/schema";
import { drainOutbox } from "@/lib/flows/drain-outbox";
import { sendWebhooks } from "@/lib/flows/send-webhooks";
import { watchStock } from "@/lib/flows/watch-stock";
import { toPublicId } from "@/lib/kernel/id";
import type { Viewer } from "@/lib/kernel/viewer";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import { postOutside } from "@/lib/platform/post-outside";
import { createDatabase, type TestDatabase } from "../../support/database";
import { proven } from "../../support/proven";
import { openDeps, openShop, type Stocked, type TestShop } from "../../support/shop";
import { memberOf, newMerchant } from "../merchants/shops";

type Merchant = Extract<Viewer, { kind: "merchant" }>;
interface Heard {
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

let database: TestDatabase;
let shop: TestShop;
let other: Deps;
let stocked: Stocked;
let owner: Merchant;
let stranger: Merchant;
let receiver: ReturnType<typeof createServer>;
let url: string;
let heard: Heard[];
let answer: (response: ServerResponse) => void;

beforeAll(async () => {
  database = await createDatabase();
  shop = await openShop(database);
  other = openDeps(database);
  stocked = await shop.stock({ cards: 50 });
  owner = await memberOf(shop.deps, stocked.merchantId);
  stranger = await newMerchant(shop.deps);
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      heard.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
});
beforeEach(async () => {
  heard = [];
  answer = (response) => response.writeHead(204).end();
  await shop.rows("UPDATE webhook_endpoint SET status = 'disabled'");
  await shop.rows("UPDATE outbox SET drained_at = clock_timestamp() WHERE drained_at IS NULL");
});
afterAll(async () => {
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  await closeDeps(other);
  await shop.close();
  await database.drop();
});

async function add(viewer: Merchant = owner, kinds: string[] = ["order.placed", "order.delivered"], to = url) {
  const added = await addEndpoint(shop.deps, proven(viewer), { url: to, kinds: kinds as never });
  if (!added.ok) throw new Error(added.error);
  return { id: added.value.endpointId, secret: added.value.secret.reveal() };
}
const drain = (deps = shop.deps) => drainOutbox(deps, async () => {});
const log = async (viewer: Merchant = owner) =>
  (await listDeliveries(shop.deps, viewer, DeliveryListQuery.parse({}))).rows;
const dueNow = () => shop.rows("UPDATE webhook_delivery SET next_try_at = clock_timestamp() WHERE state = 'waiting'");
const headersOf = ({ headers }: Heard) => headers as Record<string, string>;

describe("a webhook", () => {
  test("tells each event once, signed, by ids alone, to the addresses that want it and to no other merchant's", async () => {
    const { secret } = await add();
    await add(owner, ["order.owed"]);
    await add(stranger);
    const order = await shop.place(stocked.variantId, { email: "secret-buyer@example.com" });
    await shop.pay(order);
    await Promise.all([drain(), drain(other)]);
    await Promise.all([sendWebhooks(shop.deps), sendWebhooks(other)]);
    await sendWebhooks(shop.deps);
    const told = heard.map(({ body }) => JSON.parse(body));
    expect(told.map(({ type }) => type).sort()).toEqual(["order.delivered", "order.placed"]);
    for (const one of heard) {
      expect(new Webhook(secret).verify(one.body, headersOf(one))).toMatchObject({
        data: { id: toPublicId("order", order.id) },
      });
      expect(Object.keys(JSON.parse(one.body))).toEqual(["type", "timestamp", "data"]);
      for (const hidden of ["secret-buyer", order.token.reveal(), ...stocked.secrets])
        expect(one.body).not.toContain(hidden);
    }
    expect(new Set(heard.map(({ headers }) => headers["webhook-id"])).size).toBe(2);
    expect(await log(stranger)).toEqual([]);
  });

  test("tells once that a variant has run low, and once that it is filled up again, by its id and to its own merchant", async () => {
    const kinds = ["stock.low", "stock.filled_up"];
    const { secret } = await add(owner, kinds);
    await add(await newMerchant(shop.deps), kinds);
    await add(owner, ["order.placed"]);
    await watchStock(shop.deps);
    await shop.rows("DELETE FROM webhook_delivery");
    const few = await shop.stock({ cards: 3 });
    await Promise.all([watchStock(shop.deps), watchStock(other)]);
    await watchStock(other);
    await shop.restock(few, 30);
    await watchStock(shop.deps);
    await sendWebhooks(shop.deps);
    const told = heard.map((one) => new Webhook(secret).verify(one.body, headersOf(one)));
    const data = { id: toPublicId("variant", few.variantId) };
    expect(told).toHaveLength(2);
    expect(told).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: "stock.low", data }),
        expect.objectContaining({ type: "stock.filled_up", data }),
      ]),
    );
    const [last] = await log();
    await replayDelivery(shop.deps, owner, last?.id ?? "");
    await sendWebhooks(shop.deps);
    expect(heard).toHaveLength(3);
    expect(JSON.parse(heard[2]?.body ?? "{}").data).toEqual(data);
  });

  test("that was not heard is told again, later and later, under the same number, and given up in the end", async () => {
    await add();
    answer = (response) => response.writeHead(500).end("no");
    await shop.place(stocked.variantId);
    await drain();
    for (let tries = 1; tries <= WEBHOOK_TRIES_MAX; tries++) {
      expect(await sendWebhooks(shop.deps)).toBe(1);
      expect(await sendWebhooks(shop.deps)).toBe(0);
      await dueNow();
    }
    expect(await sendWebhooks(shop.deps)).toBe(0);
    expect(new Set(heard.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect((await log())[0]).toMatchObject({ state: "failed", attempts: WEBHOOK_TRIES_MAX, lastStatus: 500 });
    const pauses = Array.from({ length: WEBHOOK_TRIES_MAX }, (_, n) => pauseAfter(n + 1, 0));
    expect(pauses.at(-1)).toBeNull();
    expect(pauses.slice(0, -1)).toEqual([...pauses.slice(0, -1)].sort((a, b) => (a ?? 0) - (b ?? 0)));
  });

  test("whose sender was killed is told by another when the lease is over, and a late answer changes nothing", async () => {
    await add();
    await shop.place(stocked.variantId);
    await drain();
    // Taken and never told: as a process that is killed leaves it.
    await shop.rows(
      "UPDATE webhook_delivery SET attempts = attempts + 1, next_try_at = clock_timestamp() + interval '1 hour' WHERE state = 'waiting'",
    );
    expect(await sendWebhooks(other)).toBe(0);
    await dueNow();
    expect(await sendWebhooks(other)).toBe(1);
    expect((await log())[0]).toMatchObject({ state: "delivered", attempts: 2, lastStatus: 204 });
  });

  test("follows no redirect: an address that sends us elsewhere has not received it", async () => {
    await add();
    answer = (response) => response.writeHead(302, { Location: "http://169.254.169.254/latest/meta-data" }).end();
    await shop.place(stocked.variantId);
    await drain();
    await sendWebhooks(shop.deps);
    expect(heard).toHaveLength(1);
    expect((await log())[0]).toMatchObject({ state: "waiting", lastStatus: 302 });
  });

  test("can be told again from the log, under the number it had, and by nobody else", async () => {
    await add();
    await shop.place(stocked.variantId);
    await drain();
    await sendWebhooks(shop.deps);
    const [first] = await log();
    expect(await replayDelivery(shop.deps, stranger, first!.id)).toEqual({ ok: false, error: "not_found" });
    expect((await replayDelivery(shop.deps, owner, first!.id)).ok).toBe(true);
    await sendWebhooks(shop.deps);
    expect(heard.map(({ headers }) => headers["webhook-id"])).toEqual([
      heard[0]?.headers["webhook-id"],
      heard[0]?.headers["webhook-id"],
    ]);
  });

  test("is signed by the new secret and the one of before while one follows the other", async () => {
    const { id, secret } = await add();
    const rotated = await rotateEndpoint(shop.deps, proven(owner), id);
    if (!rotated.ok) throw new Error(rotated.error);
    await pingEndpoint(shop.deps, owner, id);
    await sendWebhooks(shop.deps);
    for (const known of [secret, rotated.value.secret.reveal()])
      expect(new Webhook(known).verify(heard[0]!.body, headersOf(heard[0]!))).toMatchObject({ type: "webhook.test" });
    await shop.rows("UPDATE webhook_endpoint SET previous_until = clock_timestamp() WHERE id = $1", [id]);
    await pingEndpoint(shop.deps, owner, id);
    await sendWebhooks(shop.deps);
    expect(() => new Webhook(secret).verify(heard[1]!.body, headersOf(heard[1]!))).toThrow();
  });

  test("is not sent to an address that was switched off; what waits is sent when it is back", async () => {
    const { id } = await add();
    await shop.place(stocked.variantId);
    await drain();
    const [off, on] = [
      { endpointId: id, status: "disabled" as const },
      { endpointId: id, status: "active" as const },
    ];
    // Pressed in two tabs that both show it on: it is off, and not on again.
    await switchEndpoint(shop.deps, owner, off);
    expect(await switchEndpoint(shop.deps, owner, off)).toEqual({ ok: true, value: null });
    expect(await sendWebhooks(shop.deps)).toBe(0);
    expect(await switchEndpoint(shop.deps, stranger, on)).toEqual({ ok: false, error: "not_found" });
    await switchEndpoint(shop.deps, owner, on);
    expect(await sendWebhooks(shop.deps)).toBe(1);
    expect((await listEndpoints(shop.deps, stranger)).length).toBeLessThanOrEqual(1);
  });
});

describe("an address", () => {
  test.each([
    "ftp://a.example/",
    "http://a.example:99999/",
    "https://user:password@a.example/",
    "javascript:alert(1)",
    "//a.example",
    "https://a.example/#x",
  ])("%s is not taken", async (bad) => {
    expect(await addEndpoint(shop.deps, proven(owner), { url: bad, kinds: ["order.placed"] })).toEqual({
      ok: false,
      error: "url_malformed",
    });
  });

  const call = (to: string, allowsLoopback = false) =>
    postOutside({ url: to, body: "{}", headers: {}, timeoutMs: 3_000, replyBytesMax: 1_000, allowsLoopback });

  test.each([
    "http://127.0.0.1:9/",
    "http://localhost:9/",
    "http://[::1]:9/",
    "http://[::ffff:127.0.0.1]:9/",
    "http://0.0.0.0:9/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data",
    "http://100.64.0.1/",
    "http://[fc00::1]/",
    "http://[fe80::1]/",
    "http://2130706433:9/",
    "http://0x7f.1:9/",
  ])("inside is never connected to, however it is spelt: %s", async (to) => {
    const reply = await call(to);
    expect(reply).toMatchObject({ failure: expect.stringMatching(/not allowed|not reached|no such host/) });
    expect(heard).toEqual([]);
  });

  test("of the machine itself is for a shop on it, and the rest of what is private is not even then", async () => {
    expect(await call(url)).toEqual({ failure: "address not allowed" });
    expect(await call(url, true)).toEqual({ status: 204 });
    expect(await call("http://10.0.0.1/", true)).toEqual({ failure: "address not allowed" });
  });

  test("that never answers, or never stops, costs so long and so much and no more", async () => {
    answer = () => {};
    const startedAt = performance.now();
    const slow = { body: "{}", headers: {}, timeoutMs: 300, replyBytesMax: 1_000, allowsLoopback: true };
    expect(await postOutside({ url, ...slow })).toEqual({ failure: "timed out" });
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    answer = (response) => {
      response.writeHead(200);
      const pour = setInterval(() => response.write("x".repeat(1_000)), 5);
      response.on("close", () => clearInterval(pour));
    };
    expect(await postOutside({ url, ...slow, timeoutMs: 5_000 })).toEqual({ status: 200 });
  });
});
