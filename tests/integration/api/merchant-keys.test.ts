import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApi } from "@/lib/api/app";
import { MerchantOrderDetail, MerchantOrderPage, MerchantProductList } from "@/lib/api/merchant-schema";
import { createApiKey, listApiKeys, revokeApiKey, rotateApiKey } from "@/lib/features/api-keys/keys";
import type { ApiScope } from "@/lib/features/api-keys/schema";
import { toPublicId } from "@/lib/kernel/id";
import type { Viewer } from "@/lib/kernel/viewer";
import { createDatabase, type TestDatabase } from "../../support/database";
import { proven } from "../../support/proven";
import { openShop, type Stocked, type TestShop, tally } from "../../support/shop";
import { memberOf, newMerchant } from "../merchants/shops";

type Merchant = Extract<Viewer, { kind: "merchant" }>;

let database: TestDatabase;
let shop: TestShop;
let stocked: Stocked;
let owner: Merchant;
let stranger: Merchant;
let orderId: string;
const ALL: ApiScope[] = ["orders:read", "products:read", "products:write"];

beforeAll(async () => {
  database = await createDatabase();
  shop = await openShop(database);
  stocked = await shop.stock({ cards: 5 });
  owner = await memberOf(shop.deps, stocked.merchantId);
  stranger = await newMerchant(shop.deps);
  const order = await shop.place(stocked.variantId, { email: "first@example.com" });
  await shop.pay(order);
  await shop.place(stocked.variantId);
  orderId = order.id;
});
afterAll(async () => {
  await shop.close();
  await database.drop();
});

async function keyOf(viewer: Merchant, scopes: ApiScope[] = ALL) {
  const made = await createApiKey(shop.deps, proven(viewer), { name: "bot", scopes });
  if (!made.ok) throw new Error(made.error);
  return { id: made.value.keyId, text: made.value.key.reveal() };
}
const call = (path: string, key: string | null, init: RequestInit = {}) =>
  createApi(shop.deps).request(`/api/v1/merchant${path}`, {
    ...init,
    headers: { ...(key ? { authorization: `Bearer ${key}` } : {}), "content-type": "application/json" },
  });
const change = (key: string, body: object, id = stocked.variantId) =>
  call(`/variants/${toPublicId("variant", id)}`, key, { method: "POST", body: JSON.stringify(body) });
const ADDRESSES = ["/orders", "/products", `/orders/ord_${"0".repeat(32)}`];

describe("a key", () => {
  test("is kept as a hash alone, is shown by its first letters, and opens from its making on", async () => {
    const key = await keyOf(owner);
    expect(key.text).toMatch(/^kapu_[0-9A-Z]{40}$/);
    const rows = await shop.rows("SELECT row_to_json(k)::text AS text FROM api_key k");
    expect(JSON.stringify(rows)).not.toContain(key.text.slice(12));
    const trail = await shop.rows("SELECT row_to_json(a)::text AS text FROM audit_event a");
    expect(JSON.stringify(trail)).not.toContain(key.text.slice(12));
    expect((await call("/orders", key.text)).status).toBe(200);
    const [listed] = await listApiKeys(shop.deps, owner);
    expect(key.text.startsWith(listed!.hint)).toBe(true);
    expect(listed?.lastUsedAt).not.toBeNull();
  });

  test.each([null, "", "kapu_", "guest", `kapu_${"0".repeat(40)}`, `KAPU_${"A".repeat(40)}`])(
    "that is none opens nothing: %j",
    async (text) => {
      for (const path of ADDRESSES) {
        const reply = await call(path, text);
        expect([path, reply.status, (await reply.json()).code]).toEqual([path, 401, "unauthorized"]);
      }
    },
  );

  test("without the right of an address is told so, and changes nothing", async () => {
    const reader = await keyOf(owner, ["products:read"]);
    expect((await call("/orders", reader.text)).status).toBe(403);
    expect((await call("/products", reader.text)).status).toBe(200);
    expect((await change(reader.text, { version: 1, priceMinor: "1" })).status).toBe(403);
  });

  test("that was revoked is dead at once, and one of a suspended merchant too", async () => {
    const key = await keyOf(owner);
    expect((await revokeApiKey(shop.deps, owner, key.id)).ok).toBe(true);
    expect((await call("/orders", key.text)).status).toBe(401);
    const other = await keyOf(stranger);
    expect((await call("/orders", other.text)).status).toBe(200);
    await shop.deps.db.merchant.update({ where: { id: stranger.merchantId }, data: { status: "suspended" } });
    expect((await call("/orders", other.text)).status).toBe(401);
    await shop.deps.db.merchant.update({ where: { id: stranger.merchantId }, data: { status: "active" } });
  });

  test("is followed once, however many ask at once; both work for a day, then the new one alone", async () => {
    const key = await keyOf(owner, ["orders:read"]);
    const results = await Promise.all([1, 2, 3].map(() => rotateApiKey(shop.deps, proven(owner), key.id)));
    expect(tally(results.map((result) => (result.ok ? "ok" : result.error)))).toEqual({ ok: 1, not_found: 2 });
    const fresh = results.find((result) => result.ok);
    const text = fresh?.ok ? fresh.value.key.reveal() : "";
    expect([(await call("/orders", key.text)).status, (await call("/orders", text)).status]).toEqual([200, 200]);
    expect((await call("/products", text)).status).toBe(403);
    await shop.rows("UPDATE api_key SET ends_at = clock_timestamp() WHERE id = $1", [key.id]);
    expect([(await call("/orders", key.text)).status, (await call("/orders", text)).status]).toEqual([401, 200]);
  });

  test("of a stranger is neither listed, followed nor revoked", async () => {
    const key = await keyOf(owner);
    expect((await listApiKeys(shop.deps, stranger)).some(({ id }) => id === key.id)).toBe(false);
    expect(await rotateApiKey(shop.deps, proven(stranger), key.id)).toEqual({ ok: false, error: "not_found" });
    expect(await revokeApiKey(shop.deps, stranger, key.id)).toEqual({ ok: false, error: "not_found" });
    expect((await call("/orders", key.text)).status).toBe(200);
  });
});

describe("the merchant's addresses", () => {
  test("answer what they promise, page by page, without a card's secret or token", async () => {
    const key = await keyOf(owner);
    const first = MerchantOrderPage.parse(await (await call("/orders?limit=1", key.text)).json());
    const second = MerchantOrderPage.parse(
      await (await call(`/orders?limit=1&cursor=${first.nextCursor}`, key.text)).json(),
    );
    expect([first.items.length, second.items.length]).toEqual([1, 1]);
    expect(first.items[0]?.id).not.toBe(second.items[0]?.id);
    const found = MerchantOrderPage.parse(
      await (await call("/orders?email=first@example.com&status=delivered", key.text)).json(),
    );
    expect(found.items.map(({ id }) => id)).toEqual([toPublicId("order", orderId)]);
    const text = await (await call(`/orders/${toPublicId("order", orderId)}`, key.text)).text();
    expect(MerchantOrderDetail.parse(JSON.parse(text)).lines).toHaveLength(1);
    for (const secret of stocked.secrets) expect(text).not.toContain(secret);
    const products = MerchantProductList.parse(await (await call("/products", key.text)).json());
    expect(products.items[0]?.variants[0]).toMatchObject({ available: 3, version: expect.any(Number) });
  });

  test("know nothing of other merchants' things", async () => {
    const key = await keyOf(stranger);
    expect((await call(`/orders/${toPublicId("order", orderId)}`, key.text)).status).toBe(404);
    expect(await (await call("/orders", key.text)).json()).toEqual({ items: [], nextCursor: null });
    expect(await (await call("/products", key.text)).json()).toEqual({ items: [], nextCursor: null });
    expect((await change(key.text, { version: 1, priceMinor: "1" })).status).toBe(404);
  });

  test("change a price only as it was read: of two programs one wins and the other hears of it", async () => {
    const key = await keyOf(owner);
    const { items } = await (await call("/products", key.text)).json();
    const { version } = items[0].variants[0];
    const replies = await Promise.all(["1500", "1600"].map((priceMinor) => change(key.text, { version, priceMinor })));
    expect(tally(replies.map(({ status }) => String(status)))).toEqual({ "200": 1, "409": 1 });
    const trail = await shop.deps.db.auditEvent.findMany({ where: { subjectId: stocked.variantId } });
    expect(trail.at(-1)).toMatchObject({ action: "variant.changed", detail: { keyId: key.id } });
  });

  test.each([{}, { version: 1, priceMinor: "0" }, { version: 1, priceMinor: 5 }, { version: 1, free: true }, []])(
    "refuse what is no change: %j",
    async (body) => {
      const key = await keyOf(owner);
      expect((await change(key.text, body)).status).toBe(422);
    },
  );
});
