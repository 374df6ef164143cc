import { CardPage } from "@/lib/api/card-schema";
import { OrderView, PlaceOrderBody } from "@/lib/api/schema";
import { refreshStockBand } from "@/lib/flows/refresh-stock-bands";
import { newId, toPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { bearer, newKey, type Placed, send } from "../../support/api-client";
import { expectInvariants } from "../../support/invariants";
import { openLane, type TestLane } from "../../support/lane";
import { type Choice, offer } from "../../support/previews";
import { ACCOUNT, openShop, type Stocked, type TestShop } from "../../support/shop";
import { describe, expect, test } from "../../support/test";

interface Listed {
  items: { id: string; preview: string; extraMinor: string }[];
  currency: string;
  nextCursor: string | null;
}

let shop: TestShop;
let lane: TestLane;
let stocked: Stocked;
let choices: Choice[];
let variant: string;
let slug: string;

test.beforeAll(async ({ database }) => {
  shop = await openShop(database);
  lane = await openLane(shop.deps);
  stocked = await shop.stock({ cards: 8 });
  variant = toPublicId("variant", stocked.variantId);
  slug = `p-${stocked.productId}`;
  choices = await offer(shop, stocked, 5);
  await refreshStockBand(shop.deps, stocked.variantId);
});
test.afterEach(({ database }) => expectInvariants(database));
test.afterAll(async () => {
  await lane.close();
  await shop.close();
});

const cards = (query = "", of = slug) =>
  send<Listed>(`${lane.url}/api/v1/products/${of}/cards?variantId=${variant}${query}`);
const idOf = (n: number) => toPublicId("preview", choices[n]?.previewId ?? newId());
const place = (change: Record<string, unknown>, key = newKey()) =>
  send<Placed>(`${lane.url}/api/v1/orders`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": key },
    body: JSON.stringify({
      variantId: variant,
      quantity: 1,
      email: `buyer-${newKey()}@example.com`,
      gateway: ACCOUNT,
      ...change,
    }),
  });

describe("cards to choose from, for programs", () => {
  test("are listed the cheapest first, page by page, by an id that tells nothing of the card", async () => {
    const first = await cards("&limit=3");
    expect(first.status).toBe(200);
    expect(CardPage.strict().parse(first.json)).toEqual(first.json);
    expect(first.json.items.map(({ preview, extraMinor }) => [preview, extraMinor])).toEqual([
      ["No. 1", "100"],
      ["No. 2", "200"],
      ["No. 3", "300"],
    ]);
    const second = await cards(`&limit=3&cursor=${first.json.nextCursor}`);
    expect(second.json.items.map(({ preview }) => preview)).toEqual(["No. 4", "No. 5"]);
    expect(second.json.nextCursor).toBeNull();
    expect((await cards("&q=no.%204")).json.items.map(({ preview }) => preview)).toEqual(["No. 4"]);
    const ids = [...first.json.items, ...second.json.items].map(({ id }) => id);
    for (const { cardId } of choices) expect(ids.join()).not.toContain(cardId.replaceAll("-", ""));
  });

  test("are of a variant of the product on show, and asked for in one way", async () => {
    expect((await cards("", "no-such-product")).status).toBe(404);
    expect((await cards("&cursor=1")).status).toBe(422);
    expect((await cards("&limit=101")).status).toBe(422);
    expect((await cards("&q=a%00b")).status).toBe(422);
    expect((await cards("&extra=1")).status).toBe(422);
    const url = `${lane.url}/api/v1/products/${slug}/cards?variantId=${toPublicId("variant", newId())}`;
    expect((await send(url)).status).toBe(404);
    const products = await send<{ items: { slug: string; variants: { cards?: true }[] }[] }>(
      `${lane.url}/api/v1/products`,
    );
    expect(products.json.items.find((product) => product.slug === slug)?.variants[0]?.cards).toBe(true);
  });

  test("one is ordered for its price, said on the order; a second buyer hears that it is taken and keeps his key", async () => {
    const { status, json: order } = await place({ cardId: idOf(0), cardExtraMinor: "100" });
    expect([status, order.totalMinor]).toEqual([201, "1100"]);
    const read = await send(`${lane.url}/api/v1/orders/${order.id}`, { headers: bearer(order.token) });
    expect(OrderView.parse(read.json).lines[0]).toMatchObject({
      unitPriceMinor: "1100",
      card: { preview: "No. 1", extraMinor: "100" },
    });
    const key = newKey();
    const taken = await place({ cardId: idOf(0) }, key);
    expect([taken.status, taken.json]).toMatchObject([409, { code: "card_taken" }]);
    expect((await place({ cardId: idOf(1) }, key)).status).toBe(201);
    const changed = await place({ cardId: idOf(2), cardExtraMinor: "299" });
    expect([changed.status, changed.json]).toMatchObject([409, { code: "price_changed" }]);
  });

  test("what is not such a card is refused", async () => {
    expect((await place({ cardId: toPublicId("preview", newId()) })).status).toBe(404);
    for (const change of [
      { cardId: "pck_1" },
      { cardId: toPublicId("card", choices[3]?.cardId ?? "") },
      { cardId: idOf(3), quantity: 2 },
      { cardExtraMinor: "100" },
      { cardId: idOf(3), cardExtraMinor: "1.5" },
    ])
      expect((await place(change)).status).toBe(422);
    expect(
      PlaceOrderBody.safeParse({ variantId: variant, quantity: 1, email: "a@b.cn", gateway: "epay" }).success,
    ).toBe(true);
  });

  test("an order without a word of it never gets one, and has no word of it", async () => {
    const orders = await Promise.all([place({}), place({}), place({}), place({})]);
    expect(orders.map(({ status }) => status).sort()).toEqual([201, 201, 201, 409]);
    const placed = orders.find(({ status }) => status === 201)?.json;
    const read = await send<{ lines: object[] }>(`${lane.url}/api/v1/orders/${placed?.id}`, {
      headers: bearer(placed?.token ?? ""),
    });
    expect(Object.keys(read.json.lines[0] ?? {})).not.toContain("card");
  });

  test("whoever searches without end is told to wait, and still sees the list", async () => {
    const search = () => cards("&q=no");
    let last = await search();
    for (let n = 1; n <= limits.cardSearchesPerAddressPerMinute && last.status === 200; n++) last = await search();
    expect([last.status, last.json]).toMatchObject([429, { code: "rate_limited" }]);
    expect(Number(last.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await cards()).status).toBe(200);
  });
});
