import { createConnection } from "node:net";
import { newId, toPublicId } from "@/lib/kernel/id";
import { singleRoleUrls } from "@/lib/platform/database-urls";
import { closeDeps } from "@/lib/platform/deps";
import { bearer, noticeQuery, notify, placeOverHttp, send } from "../../support/api-client";
import { openLane, type TestLane } from "../../support/lane";
import { openDeps, openShop, type TestShop } from "../../support/shop";
import { describe, expect, test } from "../../support/test";

let shop: TestShop;
let lane: TestLane;

test.beforeAll(async ({ database }) => {
  shop = await openShop(database);
  lane = await openLane(shop.deps);
});
test.afterAll(async () => {
  await lane.close();
  await shop.close();
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

  test("lives while the database is away, says so, and tells clients to ask again", async () => {
    const deps = openDeps(singleRoleUrls("postgres://nobody:nothing@127.0.0.1:1/none"));
    const alone = await openLane(deps);
    try {
      expect((await send(`${alone.url}/livez`)).status).toBe(200);
      expect(await send(`${alone.url}/readyz`)).toMatchObject({
        status: 503,
        json: { reason: "database_unreachable" },
      });
      expect((await send(`${alone.url}/metrics`)).status).toBe(200);
      for (const answer of [
        await placeOverHttp(alone.url, newId()),
        await send(`${alone.url}/api/v1/products`),
        await send(`${alone.url}/api/v1/orders/${toPublicId("order", newId())}`, { headers: bearer("t".repeat(43)) }),
      ]) {
        expect(answer).toMatchObject({ status: 503, json: { code: "unavailable" } });
        expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
        expect(answer.text).not.toMatch(/127\.0\.0\.1|nobody|ECONN/);
      }
      const notice = await send(`${alone.url}/api/pay/epay/epay?x=1`);
      expect(notice.status).toBe(503);
      expect(notice.text).not.toContain("success");
    } finally {
      await alone.close();
      await closeDeps(deps);
    }
  });

  test("shows metrics to its own network and to no proxy", async () => {
    const { variantId } = await shop.stock({ cards: 1 });
    const { json: order } = await placeOverHttp(lane.url, variantId);
    await notify(lane.url, noticeQuery(order));
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
