import { createConnection } from "node:net";
import { orderCookieName } from "@/lib/entry/order-access";
import { fromPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { bearer, noticeQuery, notify, type Placed, placeOverHttp, send } from "../../support/api-client";
import { expectInvariants } from "../../support/invariants";
import { openLane, type TestLane } from "../../support/lane";
import { openShop, type Stocked, type TestShop } from "../../support/shop";
import { describe, expect, test } from "../../support/test";

let shop: TestShop;
let lane: TestLane;
let stocked: Stocked;

test.beforeAll(async ({ database }) => {
  shop = await openShop(database);
  lane = await openLane(shop.deps);
  stocked = await shop.stock({ cards: 200 });
});
test.afterEach(({ database }) => expectInvariants(database));
test.afterAll(async () => {
  await lane.close();
  await shop.close();
});

const place = async (quantity = 1): Promise<Placed> =>
  (await placeOverHttp(lane.url, stocked.variantId, { quantity })).json;
const delivered = async (quantity = 1): Promise<Placed> => {
  const order = await place(quantity);
  expect((await notify(lane.url, noticeQuery(order))).text).toBe("success");
  return order;
};
const urlOf = (order: Placed, action = "") => `${lane.url}/api/v1/orders/${order.id}${action}`;
const cookieOf = (order: Placed) => {
  const id = fromPublicId("order", order.id);
  if (!id.ok) throw new Error(id.error);
  return { cookie: `theme=dark; ${orderCookieName(id.value)}=${order.token}` };
};
const ours = () => ({ origin: lane.url });
const countReveals = async () =>
  (await shop.rows<{ n: number }>("SELECT count(*)::int AS n FROM reveal_record"))[0]?.n ?? 0;

describe("revealing", () => {
  test("hands over exactly the cards that were paid for, each time the same and each time on record", async () => {
    const order = await delivered(3);
    const before = await countReveals();
    const options = { method: "POST", headers: { ...bearer(order.token), "user-agent": "probe/1" } };
    const first = await send<{ secrets: string[] }>(urlOf(order, "/reveal"), options);
    expect(first.status).toBe(200);
    expect(Object.keys(first.json)).toEqual(["secrets"]);
    expect(new Set(first.json.secrets).size).toBe(3);
    for (const secret of first.json.secrets) expect(stocked.secrets).toContain(secret);
    expect(first.headers.get("cache-control")).toBe("no-store");
    expect((await send(urlOf(order, "/reveal"), options)).text).toBe(first.text);
    expect(await countReveals()).toBe(before + 2);
    const [record] = await shop.rows<{ actor: string; agent: string; hash: Buffer }>(
      "SELECT actor_kind AS actor, user_agent AS agent, address_hash AS hash FROM reveal_record ORDER BY id DESC LIMIT 1",
    );
    expect(record).toMatchObject({ actor: "buyer", agent: "probe/1" });
    expect(record?.hash.length).toBe(32);
  });

  test("before delivery is refused with not_delivered and leaves no record", async () => {
    const order = await place();
    const before = await countReveals();
    const refusal = await send(urlOf(order, "/reveal"), { method: "POST", headers: bearer(order.token) });
    expect(refusal).toMatchObject({ status: 409, json: { code: "not_delivered" } });
    expect(await countReveals()).toBe(before);
  });

  test("with another order's token, with none, or by GET shows nothing", async () => {
    const mine = await delivered();
    const other = await delivered();
    const before = await countReveals();
    for (const headers of [{}, bearer(other.token), bearer(`${mine.token.slice(0, -1)}_`), cookieOf(other)]) {
      expect(await send(urlOf(mine, "/reveal"), { method: "POST", headers: { ...headers, ...ours() } })).toMatchObject({
        status: 404,
      });
    }
    expect(await send(urlOf(mine, "/reveal"), { headers: bearer(mine.token) })).toMatchObject({ status: 405 });
    expect(await countReveals()).toBe(before);
  });

  test("as a form without scripts answers a page in the order's language that no cache keeps", async () => {
    const order = await delivered(2);
    const headers = { ...cookieOf(order), ...ours(), accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
    const page = await send(urlOf(order, "/reveal"), { method: "POST", headers, body: "" });
    expect(page.status).toBe(200);
    expect(page.headers.get("content-type")).toMatch(/^text\/html/);
    expect(page.headers.get("cache-control")).toBe("no-store");
    expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'/);
    expect(page.text).toContain('<html lang="zh-CN">');
    expect(stocked.secrets.filter((secret) => page.text.includes(secret)).length).toBe(2);
    expect(page.text).not.toMatch(/<script|src=/);
    const early = await place();
    const refusal = await send(urlOf(early, "/reveal"), {
      method: "POST",
      headers: { ...headers, ...cookieOf(early) },
    });
    expect(refusal).toMatchObject({ status: 409 });
    expect(refusal.text).toContain("还没有发卡");
    const missing = await send(urlOf(early, "/reveal"), {
      method: "POST",
      headers: { ...ours(), accept: "text/html" },
    });
    expect(missing.status).toBe(404);
    expect(missing.headers.get("content-type")).toMatch(/^text\/html/);
  });
});

describe("a browser's cookie", () => {
  test("reads the order", async () => {
    const order = await place();
    expect((await send(urlOf(order), { headers: cookieOf(order) })).status).toBe(200);
  });

  test("changes it only from a page of the shop", async () => {
    const order = await delivered();
    const attempt = (headers: Record<string, string>) =>
      send(urlOf(order, "/reveal"), { method: "POST", headers: { ...cookieOf(order), ...headers } });
    expect((await attempt({})).status).toBe(404);
    expect((await attempt({ origin: "https://evil.example" })).status).toBe(404);
    expect((await attempt({ origin: "null" })).status).toBe(404);
    expect((await attempt({ "sec-fetch-site": "cross-site" })).status).toBe(404);
    expect((await attempt(ours())).status).toBe(200);
    expect((await attempt({ origin: shop.deps.env.publicUrl })).status).toBe(200);
    expect((await attempt({ "sec-fetch-site": "same-origin" })).status).toBe(200);
  });

  test("does not mend a wrong bearer token", async () => {
    const order = await place();
    const headers = { ...cookieOf(order), ...bearer("x".repeat(43)) };
    expect((await send(urlOf(order), { headers })).status).toBe(404);
  });
});

describe("payments of an order", () => {
  const start = (order: Placed, body: unknown, headers: Record<string, string> = bearer(order.token)) =>
    send<Placed["payment"]>(urlOf(order, "/payments"), { method: "POST", headers, body: JSON.stringify(body) });

  test("with the same account are the open attempt again", async () => {
    const order = await place();
    const again = await start(order, { gateway: "epay" });
    expect(again.status).toBe(201);
    expect(again.json).toEqual(order.payment);
  });

  test("are refused for an unknown account, extra fields, no JSON, a paid order and a foreign token", async () => {
    const order = await place();
    expect(await start(order, { gateway: "nowhere" })).toMatchObject({ status: 422, json: { code: "invalid" } });
    expect(await start(order, { gateway: "epay", amount: "1" })).toMatchObject({ status: 422 });
    expect(await start(order, "x")).toMatchObject({ status: 422 });
    expect(
      await send(urlOf(order, "/payments"), { method: "POST", headers: bearer(order.token), body: "{" }),
    ).toMatchObject({ status: 400 });
    expect(await start(order, { gateway: "epay" }, bearer((await place()).token))).toMatchObject({ status: 404 });
    expect(await start(await delivered(), { gateway: "epay" })).toMatchObject({
      status: 409,
      json: { code: "not_payable" },
    });
  });

  test("asked about too often are limited, with a Retry-After; a silent gateway changes nothing", async () => {
    const order = await place();
    const check = () => send(urlOf(order, "/check"), { method: "POST", headers: bearer(order.token) });
    for (let turn = 0; turn < limits.paymentChecksPerOrder; turn++) {
      expect(await check()).toMatchObject({ status: 200, json: { status: "pending" } });
    }
    const limited = await check();
    expect(limited).toMatchObject({ status: 429, json: { code: "rate_limited" } });
    expect(Number(limited.headers.get("retry-after"))).toBeGreaterThan(0);
  });
});

describe("a notice", () => {
  const status = async (order: Placed) => (await send(urlOf(order), { headers: bearer(order.token) })).json;

  test("is answered with the gateway's word and nothing else, by GET and by POST, and never with a redirect", async () => {
    const order = await place();
    for (const path of ["/api/pay/epay/epay", "/api/pay/epay/epay/"]) {
      const answer = await send(`${lane.url}${path}?${noticeQuery(order)}`);
      expect(answer).toMatchObject({ status: 200, text: "success" });
      expect(answer.headers.get("content-type")).toMatch(/^text\/plain/);
    }
    expect(await status(order)).toMatchObject({ status: "delivered", exception: "none" });
    const posted = await send(`${lane.url}/api/pay/epay/epay`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: noticeQuery(await place()),
    });
    expect(posted.status).toBeLessThan(500);
    expect(posted.headers.get("content-type")).toMatch(/^text\/plain/);
  });

  test("that is forged, repeated in a field, for another account or for an unknown order is not success and changes nothing", async () => {
    const order = await place();
    const good = noticeQuery(order);
    const unknown = {
      ...order,
      payment: { ...order.payment, url: order.payment.url.replace(/out_trade_no=K/, "out_trade_no=KX") },
    };
    const attempts: [string, string][] = [
      ["epay", noticeQuery(order, { key: "anotherKey0123456789abcdef" })],
      ["epay", good.replace("money=10", "money=1")],
      ["epay", `${good}&money=10`],
      ["epay", `money=10&${good}`],
      ["epay", noticeQuery(order, { pid: "1001" })],
      ["other", good],
      ["epay", noticeQuery(unknown)],
      ["epay", ""],
      ["epay", "%ff%fe=%00&&&=="],
    ];
    for (const [account, query] of attempts) {
      const answer = await notify(lane.url, query, account);
      expect(answer.text, query).not.toContain("success");
      expect(answer.headers.get("content-type")).toMatch(/^text\/plain/);
    }
    expect((await send(`${lane.url}/api/pay/other/epay?${good}`)).text).not.toContain("success");
    expect(await status(order)).toMatchObject({ status: "pending", paidMinor: "0" });
    expect((await notify(lane.url, good)).text).toBe("success");
  });

  test("of a wrong amount is recorded and answered with success, undelivered", async () => {
    const under = await place();
    expect((await notify(lane.url, noticeQuery(under, { money: "9.99" }))).text).toBe("success");
    expect(await status(under)).toMatchObject({ exception: "underpaid", paidMinor: "999", deliveredAt: null });
    const over = await place();
    expect((await notify(lane.url, noticeQuery(over, { money: "10.01" }))).text).toBe("success");
    expect(await status(over)).toMatchObject({ exception: "overpaid", paidMinor: "1001", deliveredAt: null });
  });

  test("with a second trade number leaves double_paid; a repeat of the first leaves none", async () => {
    const order = await place();
    for (let turn = 0; turn < 3; turn++) expect((await notify(lane.url, noticeQuery(order))).text).toBe("success");
    expect(await status(order)).toMatchObject({ status: "delivered", exception: "none" });
    expect((await notify(lane.url, noticeQuery(order, { trade: "SECOND1" }))).text).toBe("success");
    expect(await status(order)).toMatchObject({ status: "delivered", exception: "double_paid" });
  });

  test("with a body over its bound is not read to its end", async () => {
    const answer = await send(`${lane.url}/api/pay/epay/epay`, {
      method: "POST",
      body: "x".repeat(limits.notificationBodyBytesMax + 1),
    });
    expect(answer.status).toBe(413);
  });
});

describe("the lane", () => {
  test("answers 404 and 405 as problems, with Allow", async () => {
    expect(await send(`${lane.url}/api`)).toMatchObject({ status: 404, json: { code: "not_found" } });
    expect(await send(`${lane.url}/api/v1/nothing`)).toMatchObject({ status: 404, json: { code: "not_found" } });
    const wrong = await send(`${lane.url}/api/v1/orders`, { method: "DELETE" });
    expect(wrong).toMatchObject({ status: 405, json: { code: "method_not_allowed" } });
    expect(wrong.headers.get("allow")).toBe("POST");
    expect((await send(`${lane.url}/api/v1/products`, { method: "POST" })).headers.get("allow")).toBe("GET, HEAD");
  });

  test("guards every answer against sniffing, framing and embedding", async () => {
    for (const path of ["/livez", "/readyz", "/api/nothing", "/api/v1/products", "/api/docs", "/api/pay/x/y"]) {
      const { headers } = await send(`${lane.url}${path}`);
      expect(headers.get("x-content-type-options"), path).toBe("nosniff");
      expect(headers.get("x-frame-options"), path).toBe("DENY");
      expect(headers.get("content-security-policy"), path).toContain("frame-ancestors 'none'");
      expect(headers.get("x-powered-by"), path).toBeNull();
    }
  });

  test("answers HEAD as GET without a body", async () => {
    for (const path of ["/livez", "/api/v1/products", "/api/docs"]) {
      const head = await send(`${lane.url}${path}`, { method: "HEAD" });
      expect(head).toMatchObject({ status: 200, text: "" });
      expect(Number(head.headers.get("content-length"))).toBeGreaterThan(0);
    }
  });

  test("is ready while the database has every migration, and says why when it has not", async () => {
    expect(await send(`${lane.url}/readyz`)).toMatchObject({ status: 200, json: { status: "ready" } });
    await shop.rows("UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name LIKE '%_core'");
    expect(await send(`${lane.url}/readyz`)).toMatchObject({ status: 503, json: { reason: "migrations_missing" } });
    await shop.rows("UPDATE _prisma_migrations SET rolled_back_at = NULL");
    expect((await send(`${lane.url}/readyz`)).status).toBe(200);
  });

  test("shows metrics to its own network and to no proxy", async () => {
    const metrics = await send(`${lane.url}/metrics`);
    expect(metrics.status).toBe(200);
    for (const name of [
      "kapu_orders{",
      "kapu_claim_duration_seconds_bucket",
      "kapu_notify_duration_seconds_bucket",
      "kapu_batch_size_bucket",
      "kapu_cards_available",
      "kapu_outbox_waiting",
      "nodejs_eventloop_lag_seconds",
    ]) {
      expect(metrics.text).toContain(name);
    }
    expect(metrics.text).not.toContain("@example.com");
    for (const name of ["x-forwarded-for", "forwarded", "via"]) {
      expect((await send(`${lane.url}/metrics`, { headers: { [name]: "203.0.113.9" } })).status).toBe(404);
    }
  });

  test("answers the documents, and 304 to whoever has them", async () => {
    for (const path of ["/api/v1/openapi.json", "/api/docs"]) {
      const first = await send(`${lane.url}${path}`);
      expect(first.status).toBe(200);
      const again = await send(`${lane.url}${path}`, { headers: { "if-none-match": first.headers.get("etag") ?? "" } });
      expect(again).toMatchObject({ status: 304, text: "" });
    }
  });

  test("survives a sender that hangs up in the middle of its body", async () => {
    await new Promise<void>((resolve) => {
      const socket = createConnection(lane.port, "127.0.0.1", () => {
        socket.write(
          "POST /api/v1/orders HTTP/1.1\r\nHost: x\r\nIdempotency-Key: 12345678\r\nContent-Length: 100\r\n\r\n{",
        );
        setTimeout(() => socket.destroy(), 50);
      });
      socket.on("close", () => resolve());
    });
    expect((await send(`${lane.url}/livez`)).status).toBe(200);
  });

  test("answers malformed requests and hosts without falling over", async () => {
    const raw = (text: string) =>
      new Promise<string>((resolve) => {
        let answer = "";
        const socket = createConnection(lane.port, "127.0.0.1", () => socket.end(text));
        socket.setEncoding("utf8").on("data", (part) => {
          answer += part;
        });
        socket.on("close", () => resolve(answer)).on("error", () => {});
      });
    expect(await raw("GET /api/v1/products HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n")).toMatch(
      /^HTTP\/1\.1 (400|200)/,
    );
    expect(await raw("GET /api/%ff%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).toMatch(/^HTTP\/1\.1 4\d\d/);
    expect(await raw("GET /api/v1/orders/..%2f..%2f HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).toMatch(
      /^HTTP\/1\.1 4\d\d/,
    );
    expect(await raw("nonsense\r\n\r\n")).toMatch(/^HTTP\/1\.1 400/);
    expect((await send(`${lane.url}/livez`)).status).toBe(200);
  });
});
