// Over 300 lines: who may see and do what, through every door of the API, is one list.
import { orderCookieName } from "@/lib/entry/order-access";
import { fromPublicId } from "@/lib/kernel/id";
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
