import { bearer, type Placed, placeOverHttp, send } from "../../support/api-client";
import { openLane, type TestLane } from "../../support/lane";
import { connectPaper, PaperGateway } from "../../support/paper-gateway";
import { openShop, type TestShop } from "../../support/shop";
import { describe, expect, test } from "../../support/test";

describe("a payment that its gateway must be asked for, over HTTP", () => {
  const paper = new PaperGateway("paper");
  let shop: TestShop;
  let lane: TestLane;
  let variantId: string;
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
    await connectPaper(shop, shop.deps, [paper]);
    lane = await openLane(shop.deps);
    ({ variantId } = await shop.stock({ cards: 20 }));
  });
  test.beforeEach(() => {
    paper.opened.length = 0;
    paper.staleAt = undefined;
    paper.closesAt = null;
    paper.before = async () => undefined;
  });
  test.afterAll(async () => {
    await lane.close();
    await shop.close();
  });

  const place = async (): Promise<Placed> => (await placeOverHttp(lane.url, variantId, { gateway: "paper" })).json;
  const open = (order: Placed, body: object = {}, headers: Record<string, string> = {}) =>
    send<Record<string, unknown>>(`${lane.url}/api/v1/orders/${order.id}/payments`, {
      method: "POST",
      headers: { ...bearer(order.token), ...headers },
      body: JSON.stringify({ gateway: "paper", ...body }),
    });

  test("is asked for when the buyer comes to pay, not when he orders, and says how long it is good for", async () => {
    const order = await place();
    expect(order.payment.kind).toBe("on_request");
    expect(paper.opened).toHaveLength(0);
    paper.closesAt = Date.now() + 600_000;
    paper.staleAt = Date.now() + 300_000;
    expect(await open(order)).toMatchObject({
      status: 201,
      json: {
        id: order.payment.id,
        kind: "qrcode",
        closesAt: new Date(paper.closesAt).toISOString(),
        staleAt: new Date(paper.staleAt).toISOString(),
      },
    });
  });

  test("tells the gateway who is at the other end of the connection, whatever the sender writes into its headers", async () => {
    const userAgent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Mobile/15E148";
    await open(await place(), {}, { "x-forwarded-for": "198.51.100.66", "user-agent": userAgent });
    expect(paper.opened.at(-1)).toMatchObject({ clientIp: "127.0.0.1", device: "mobile" });
  });

  test("tells it of the buyer instead, when a program speaks for him", async () => {
    await open(await place(), { clientIp: "198.51.100.7", device: "wechat" });
    expect(paper.opened.at(-1)).toMatchObject({ clientIp: "198.51.100.7", device: "wechat" });
  });

  test("of a silent gateway is 503 with a time to come back, and of one that refuses 409", async () => {
    const order = await place();
    paper.before = async () => "silent";
    const silent = await open(order);
    expect(silent).toMatchObject({ status: 503, json: { code: "gateway_silent" } });
    expect(Number(silent.headers.get("retry-after"))).toBeGreaterThan(0);
    paper.before = async () => undefined;
    paper.refusesToOpen.add("*");
    expect(await open(order)).toMatchObject({ status: 409, json: { code: "gateway_refused" } });
    paper.refusesToOpen.clear();
    expect(await open(order)).toMatchObject({ status: 201, json: { kind: "qrcode" } });
  });
});
