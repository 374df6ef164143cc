import { OrderView, PlacedOrderView, ProductPage } from "@/lib/api/schema";
import { newId, toPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { bearer, newKey, noticeQuery, notify, placeOverHttp, send } from "../../support/api-client";
import { expectInvariants } from "../../support/invariants";
import { openLane, type TestLane } from "../../support/lane";
import { openShop, type Stocked, type TestShop } from "../../support/shop";
import { describe, expect, test } from "../../support/test";

let shop: TestShop;
let lane: TestLane;
let stocked: Stocked;
let variant: string;

test.beforeAll(async ({ database }) => {
  shop = await openShop(database);
  lane = await openLane(shop.deps);
  stocked = await shop.stock({ cards: 400 });
  variant = toPublicId("variant", stocked.variantId);
});

test.afterEach(({ database }) => expectInvariants(database));
test.afterAll(async () => {
  await lane.close();
  await shop.close();
});

const ordersUrl = () => `${lane.url}/api/v1/orders`;
const json = (body: unknown, key: string | null = newKey()) => ({
  method: "POST",
  headers: { "content-type": "application/json", ...(key === null ? {} : { "idempotency-key": key }) },
  body: typeof body === "string" ? body : JSON.stringify(body),
});
const body = (change: Record<string, unknown> = {}) => ({
  variantId: variant,
  quantity: 1,
  email: `b-${newKey()}@example.com`,
  gateway: "epay",
  ...change,
});
const countOrders = async () => (await shop.rows<{ n: number }>("SELECT count(*)::int AS n FROM orders"))[0]?.n;

describe("an order", () => {
  test("is placed with 201, a token, and the gateway's own signed address", async () => {
    const { status, json: order, headers } = await placeOverHttp(lane.url, variant, { quantity: 2 });
    expect(status).toBe(201);
    expect(PlacedOrderView.strict().parse(order)).toEqual(order);
    expect(order).toMatchObject({ status: "pending", exception: "none", totalMinor: "2000", currency: "CNY" });
    expect(order.payment).toMatchObject({ gateway: "epay", kind: "redirect" });
    const url = new URL(order.payment.url);
    expect(`${url.origin}${url.pathname}`).toBe("http://127.0.0.1:9/submit.php");
    expect(url.searchParams.get("notify_url")).toBe(`${shop.deps.env.publicUrl}/api/pay/epay/epay`);
    expect(url.searchParams.get("money")).toBe("20.00");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("idempotency-replayed")).toBeNull();
  });

  test("may be asked for by the variant's bare UUID", async () => {
    expect((await placeOverHttp(lane.url, stocked.variantId)).status).toBe(201);
  });

  test("asked for again with the same key and body is the same, byte for byte, and says so", async () => {
    const request = json(body());
    const first = await send(ordersUrl(), request);
    const again = await send(ordersUrl(), request);
    expect(first.status).toBe(201);
    expect(again.status).toBe(201);
    expect(again.text).toBe(first.text);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
  });

  test("asked for again is the same after it was paid and delivered, too", async () => {
    const request = json(body());
    const first = await send<Parameters<typeof noticeQuery>[0]>(ordersUrl(), request);
    expect((await notify(lane.url, noticeQuery(first.json))).text).toBe("success");
    expect((await send(ordersUrl(), request)).text).toBe(first.text);
  });

  test("with the same key and another body is a conflict, and changes nothing", async () => {
    const key = newKey();
    await send(ordersUrl(), json(body(), key));
    const before = await countOrders();
    const conflict = await send(ordersUrl(), json(body({ quantity: 2 }), key));
    expect(conflict).toMatchObject({ status: 409, json: { code: "idempotency_conflict" } });
    expect(await countOrders()).toBe(before);
  });

  test("keeps its token out of everything but its own answer", async () => {
    const { json: order } = await placeOverHttp(lane.url, variant);
    const read = await send(`${ordersUrl()}/${order.id}`, { headers: bearer(order.token) });
    expect(read.text).not.toContain(order.token);
    expect(order.payment.url).not.toContain(order.token);
  });
});

describe("after the sell-out", () => {
  test("a new buyer hears insufficient_stock, an earlier one still gets his order, and a refusal leaves its key unused", async () => {
    const last = await shop.stock({ cards: 1 });
    const request = json(body({ variantId: toPublicId("variant", last.variantId) }));
    const first = await send(ordersUrl(), request);
    const refusedKey = newKey();
    const refusedBody = body({ variantId: toPublicId("variant", last.variantId) });
    expect(await send(ordersUrl(), json(refusedBody, refusedKey))).toMatchObject({
      status: 409,
      json: { code: "insufficient_stock", status: 409 },
    });
    const again = await send(ordersUrl(), request);
    expect(again.text).toBe(first.text);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    await shop.restock(last, 1);
    await expect
      .poll(async () => (await send(ordersUrl(), json(refusedBody, refusedKey))).status, { timeout: 5_000 })
      .toBe(201);
  });
});

describe("a request that is refused", () => {
  const long = "k".repeat(limits.idempotencyKeyMax + 1);
  test.each<[string, () => ReturnType<typeof json>, number, string]>([
    ["without an idempotency key", () => json(body(), null), 400, "invalid_idempotency_key"],
    ["with a key of 7 characters", () => json(body(), "1234567"), 400, "invalid_idempotency_key"],
    ["with a key of 201 characters", () => json(body(), long), 400, "invalid_idempotency_key"],
    ["with a key of 300 characters", () => json(body(), "k".repeat(300)), 400, "invalid_idempotency_key"],
    ["with a key outside ASCII", () => json(body(), "schlüssel1"), 400, "invalid_idempotency_key"],
    ["that is not JSON", () => json("{not json"), 400, "not_json"],
    ["that is empty", () => json(""), 400, "not_json"],
    ["that is a form", () => json("variantId=x&quantity=1"), 400, "not_json"],
    ["that is a list", () => json([]), 422, "invalid"],
    ["for an unknown variant", () => json(body({ variantId: toPublicId("variant", newId()) })), 404, "not_found"],
    ["for a variant that cannot exist", () => json(body({ variantId: "var_nonsense" })), 404, "not_found"],
    ["for quantity 0", () => json(body({ quantity: 0 })), 422, "invalid"],
    ["for quantity -1", () => json(body({ quantity: -1 })), 422, "invalid"],
    ["for quantity 1.5", () => json(body({ quantity: 1.5 })), 422, "invalid"],
    ["for quantity 10^9", () => json(body({ quantity: 1e9 })), 422, "invalid"],
    ["for more than the variant allows", () => json(body({ quantity: 101 })), 422, "invalid"],
    ["with an e-mail that is not one", () => json(body({ email: "nobody" })), 422, "invalid"],
    ["for an unknown gateway", () => json(body({ gateway: "nowhere" })), 422, "invalid"],
    ["with a coupon", () => json(body({ couponCode: "TEN" })), 422, "invalid"],
    ["with an extra field", () => json(body({ totalMinor: "1" })), 422, "invalid"],
    ["with a prototype", () => json(`{"__proto__":{"a":1},${JSON.stringify(body()).slice(1)}`), 422, "invalid"],
  ])("%s: %#", async (_, request, status, code) => {
    const before = await countOrders();
    const refusal = await send<{ fields?: unknown[] }>(ordersUrl(), request());
    expect(refusal).toMatchObject({ status, json: { code, status } });
    expect(refusal.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    expect(Array.isArray(refusal.json.fields)).toBe(status === 422);
    expect(await countOrders()).toBe(before);
  });

  test("because it is 10 MB hears 413, however its length was announced", async () => {
    const large = JSON.stringify(body({ email: "x".repeat(10_000_000) }));
    expect(await send(ordersUrl(), json(large))).toMatchObject({ status: 413, json: { code: "too_large" } });
    const chunked = new ReadableStream({
      start(controller) {
        for (let part = 0; part < 100; part++) controller.enqueue(new TextEncoder().encode("x".repeat(100_000)));
        controller.close();
      },
    });
    const response = await fetch(ordersUrl(), {
      method: "POST",
      headers: { "idempotency-key": newKey() },
      body: chunked,
      duplex: "half",
    } as RequestInit);
    expect(response.status).toBe(413);
    expect((await placeOverHttp(lane.url, variant)).status).toBe(201);
  });

  test("at one byte over the limit hears 413, and exactly at it is read", async () => {
    const frame = JSON.stringify({ a: "" }).length;
    const sized = (bytes: number) => json(JSON.stringify({ a: "x".repeat(bytes - frame) }));
    expect((await send(ordersUrl(), sized(limits.requestBodyBytesMax + 1))).status).toBe(413);
    expect((await send(ordersUrl(), sized(limits.requestBodyBytesMax))).status).toBe(422);
  });

  test("for bytes that are not UTF-8 hears not_json", async () => {
    const bytes = Buffer.concat([Buffer.from('{"email":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    const refusal = await send(ordersUrl(), { ...json(""), body: bytes });
    expect(refusal).toMatchObject({ status: 400, json: { code: "not_json" } });
  });

  test("because one e-mail holds too many open orders hears 429 and when to come back", async () => {
    const many = await shop.stock({ cards: 1_000 });
    const email = `greedy-${newKey()}@example.com`;
    const statuses: number[] = [];
    for (let order = 0; order <= limits.openOrdersPerBuyerMax; order++) {
      const answer = await placeOverHttp(lane.url, many.variantId, { email });
      statuses.push(answer.status);
      if (answer.status === 429) expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expect(statuses.at(-1)).toBe(429);
    expect(statuses.slice(0, -1).every((status) => status === 201)).toBe(true);
  });
});

describe("reading an order", () => {
  test("shows it to its token, as documented and without secrets", async () => {
    const { json: order } = await placeOverHttp(lane.url, variant);
    const read = await send(`${ordersUrl()}/${order.id}`, { headers: bearer(order.token) });
    expect(read.status).toBe(200);
    expect(OrderView.strict().parse(read.json)).toEqual(read.json);
    expect(read.json).toMatchObject({ id: order.id, status: "pending", isPayable: true, quantity: 1 });
    expect(read.headers.get("cache-control")).toBe("no-store");
    await notify(lane.url, noticeQuery(order));
    const delivered = await send(`${ordersUrl()}/${order.id}`, { headers: bearer(order.token) });
    expect(delivered.json).toMatchObject({ status: "delivered", exception: "none", isPayable: false });
    for (const secret of stocked.secrets) expect(delivered.text).not.toContain(secret);
  });

  test("answers the same 404 to no token, a wrong one, a foreign one, and for an order that is not there", async () => {
    const { json: mine } = await placeOverHttp(lane.url, variant);
    const { json: other } = await placeOverHttp(lane.url, variant);
    const missing = `${ordersUrl()}/${toPublicId("order", newId())}`;
    const answers = await Promise.all([
      send(`${ordersUrl()}/${mine.id}`),
      send(`${ordersUrl()}/${mine.id}`, { headers: bearer("a".repeat(43)) }),
      send(`${ordersUrl()}/${mine.id}`, { headers: bearer("short") }),
      send(`${ordersUrl()}/${mine.id}`, { headers: { authorization: `Basic ${mine.token}` } }),
      send(`${ordersUrl()}/${mine.id}`, { headers: bearer(other.token) }),
      send(`${ordersUrl()}/${mine.id}?token=${mine.token}`),
      send(missing, { headers: bearer(mine.token) }),
      send(`${ordersUrl()}/ord_nonsense`, { headers: bearer(mine.token) }),
    ]);
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 404, json: { code: "not_found" } });
  });
});

describe("cancelling", () => {
  test("frees the cards once, and a second time is refused", async () => {
    const last = await shop.stock({ cards: 1 });
    const { json: order } = await placeOverHttp(lane.url, last.variantId);
    const cancelled = await send(`${ordersUrl()}/${order.id}/cancel`, { method: "POST", headers: bearer(order.token) });
    expect(cancelled).toMatchObject({ status: 200, json: { status: "cancelled", isPayable: false } });
    const again = await send(`${ordersUrl()}/${order.id}/cancel`, { method: "POST", headers: bearer(order.token) });
    expect(again).toMatchObject({ status: 409, json: { code: "not_cancellable" } });
    await expect.poll(async () => (await placeOverHttp(lane.url, last.variantId)).status).toBe(201);
  });

  test("needs the token", async () => {
    const { json: order } = await placeOverHttp(lane.url, variant);
    expect((await send(`${ordersUrl()}/${order.id}/cancel`, { method: "POST" })).status).toBe(404);
    expect((await send(`${ordersUrl()}/${order.id}`, { headers: bearer(order.token) })).json).toMatchObject({
      status: "pending",
    });
  });
});

describe("the list of products", () => {
  test("is as documented and pages through everything once", async () => {
    await shop.stock({ cards: 0 });
    const seen: string[] = [];
    let cursor: string | null = "";
    for (let page = 0; cursor !== null && page < 20; page++) {
      const from: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const answer = await send<{ items: { id: string }[]; nextCursor: string | null }>(
        `${lane.url}/api/v1/products?limit=2${from}`,
      );
      expect(answer.status).toBe(200);
      expect(ProductPage.parse(answer.json)).toEqual(answer.json);
      expect(answer.json.items.length).toBeLessThanOrEqual(2);
      seen.push(...answer.json.items.map(({ id }) => id));
      cursor = answer.json.nextCursor;
    }
    const all = await send<{ items: { id: string }[] }>(`${lane.url}/api/v1/products`);
    expect(seen).toEqual(all.json.items.map(({ id }) => id));
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(2);
  });

  test("speaks the language that is asked for", async () => {
    const titles = async (query: string) =>
      (await send<{ items: { title: string }[] }>(`${lane.url}/api/v1/products${query}`)).json.items[0]?.title;
    expect(await titles("")).toBe("测试商品");
    expect(await titles("?locale=zh")).toBe("测试商品");
    expect(await titles("?locale=en")).toBe("Test product");
  });

  test.each(["?limit=0", "?limit=1e9", "?limit=x", "?cursor=nonsense", "?locale=fr", "?unknown=1"])(
    "refuses %s",
    async (query) => {
      expect(await send(`${lane.url}/api/v1/products${query}`)).toMatchObject({
        status: 422,
        json: { code: "invalid" },
      });
    },
  );

  test("shows a change of the catalogue within two seconds", async () => {
    const fresh = await shop.stock({ cards: 1 });
    const listed = async () =>
      (await send(`${lane.url}/api/v1/products`)).text.includes(toPublicId("variant", fresh.variantId));
    await expect.poll(listed, { timeout: 2_500 }).toBe(true);
  });
});
