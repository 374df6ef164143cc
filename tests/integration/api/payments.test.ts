import { limits } from "@/lib/kernel/limits";
import { bearer, noticeQuery, notify, type Placed, placeOverHttp, send } from "../../support/api-client";
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
const uuidOf = (id: string) => id.slice(4).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
const urlOf = (order: Placed, action = "") => `${lane.url}/api/v1/orders/${order.id}${action}`;

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

  test("that are forms are posted by a page of their own, for the browser that holds the order and for nobody else", async () => {
    const order = await place();
    const page = (headers: Record<string, string>) =>
      send(urlOf(order, `/payments/${order.payment.id}/form`), { headers });
    expect(await page(bearer(order.token))).toMatchObject({ status: 404 });
    const shown = { kind: "form", url: "https://gateway.example/in", fields: [["sign", "<&>"]] };
    await shop.rows("INSERT INTO payment_opening (attempt_id, presentation) VALUES ($1::uuid, $2)", [
      uuidOf(order.payment.id),
      shown,
    ]);
    const form = await page({ cookie: `kapu_order_${order.id.slice(4)}=${order.token}` });
    expect(form.status).toBe(200);
    expect(form.headers.get("content-security-policy")).toMatch(/form-action https:\/\/gateway\.example$/);
    expect(form.headers.get("content-type")).toMatch(/^text\/html/);
    expect(form.text).toContain('name="sign" value="&#60;&#38;&#62;"');
    expect(await page({})).toMatchObject({ status: 404 });
    expect(await page(bearer((await place()).token))).toMatchObject({ status: 404 });
    const read = await send<{ payments: unknown[] }>(urlOf(order), { headers: bearer(order.token) });
    expect(read.json.payments).toMatchObject([{ kind: "form", fields: [["sign", "<&>"]] }]);
  });

  test("take the buyer's address and device from a program that speaks for him, and nothing that is none", async () => {
    const order = await place();
    const body = { gateway: "epay", clientIp: "2001:db8::7", device: "mobile" };
    expect(await start(order, body)).toMatchObject({ status: 201 });
    expect(await start(order, { ...body, clientIp: "198.51.100.7, 1.1.1.1" })).toMatchObject({ status: 422 });
    expect(await start(order, { ...body, device: "toaster" })).toMatchObject({ status: 422 });
  });

  test("asked about too often are limited, with a Retry-After; a silent gateway changes nothing", async () => {
    const order = await place();
    const check = () => send(urlOf(order, "/check"), { method: "POST", headers: bearer(order.token) });
    for (let turn = 0; turn < limits.paymentChecksPerOrder; turn++) {
      expect(await check()).toMatchObject({ status: 200, json: { status: "pending" } });
    }
    const limited = await check();
    expect(limited).toMatchObject({ status: 429, json: { code: "rate_limited" } });
    // What is left of the window that the first question opened, not a constant.
    const seconds = Number(limited.headers.get("retry-after"));
    expect(seconds).toBeGreaterThan(limits.paymentChecksWindowSeconds / 2);
    expect(seconds).toBeLessThanOrEqual(limits.paymentChecksWindowSeconds);
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
