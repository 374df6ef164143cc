import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { countSales } from "@/lib/features/merchants/count-sales";
import { listCustomers } from "@/lib/features/merchants/customers";
import { listOrders } from "@/lib/features/merchants/orders";
import { readSales } from "@/lib/features/merchants/sales";
import { forgetFilter, listFilters, saveFilter } from "@/lib/features/merchants/saved-filters";
import { CustomerListQuery, OrderListQuery, SavedFilterForm } from "@/lib/features/merchants/schema";
import { cancelOrder } from "@/lib/flows/cancel-order";
import { writeShopTime } from "@/lib/i18n/shop-time";
import type { Viewer } from "@/lib/kernel/viewer";
import { createDatabase, type TestDatabase } from "../../support/database";
import { dayIn, zoneAtNoon } from "../../support/noon";
import { openShop, type Stocked, type TestShop } from "../../support/shop";
import { memberOf, newAdmin, newMerchant } from "./shops";

type Merchant = Extract<Viewer, { kind: "merchant" }>;

let database: TestDatabase;
let shop: TestShop;
let stocked: Stocked;
let owner: Viewer;

beforeAll(async () => {
  database = await createDatabase();
  shop = await openShop(database);
  stocked = await shop.stock({ cards: 30, priceMinor: 1000n });
  owner = await memberOf(shop.deps, stocked.merchantId);
});
afterAll(async () => {
  await shop.close();
  await database.drop();
});

const DAY_MS = 24 * 3600 * 1000;
/** The days of these tests: in Shanghai there is a midnight at which what was placed a moment ago is yesterday's. */
const zone = zoneAtNoon();
const count = () => countSales(shop.deps, zone);
const sales = async (viewer = owner) => readSales(shop.deps, viewer, { days: 7, timeZone: zone });
const today = async () => (await sales()).currencies[0]?.days.at(-1);

/** An order of days ago by its id, which begins with its time, and by its date; the guards of the table are the owner's to lift. */
async function placeAgo(days: number) {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - days * DAY_MS });
  const order = await shop.place(stocked.variantId).finally(() => vi.useRealTimers());
  await shop.rows("ALTER TABLE orders DISABLE TRIGGER orders_edges");
  await shop.rows("UPDATE orders SET created_at = created_at - make_interval(days => $2) WHERE id = $1", [
    order.id,
    days,
  ]);
  await shop.rows("ALTER TABLE orders ENABLE TRIGGER orders_edges");
  return order;
}

test("a day says what its orders are: placed, paid, delivered, in pieces and money; counting again changes nothing", async () => {
  const [first, second] = [
    await shop.place(stocked.variantId, { quantity: 2 }),
    await shop.place(stocked.variantId, { quantity: 3 }),
  ];
  await shop.pay(first);
  await count();
  expect(await today()).toMatchObject({ placed: 2, paid: 1, delivered: 1, salesMinor: 2000n, refundedMinor: 0n });
  const rows = await shop.deps.db.salesDay.findMany({ orderBy: [{ day: "asc" }, { variantId: "asc" }] });
  await count();
  expect(await shop.deps.db.salesDay.findMany({ orderBy: [{ day: "asc" }, { variantId: "asc" }] })).toEqual(rows);
  await shop.pay(second);
  await count();
  expect(await today()).toMatchObject({ placed: 2, paid: 2, delivered: 2, salesMinor: 5000n });
  expect((await sales()).best).toMatchObject([{ variantId: stocked.variantId, pieces: 5, salesMinor: 5000n }]);
  // 25 left, 5 sold in 14 days: 70 days.
  expect((await sales()).cover).toMatchObject([{ variantId: stocked.variantId, available: 25, sold: 5, days: 70 }]);
});

test("figures and the list of orders behind them say the same of a day", async () => {
  // The list has the shop's own days; these are the ones on which the orders were placed, be there a midnight between them.
  const placed = (await shop.deps.db.order.findMany({ orderBy: { createdAt: "asc" } })).map(
    ({ createdAt }) => createdAt,
  );
  const shopDay = (at: Date | undefined, days = 0) =>
    writeShopTime(at && new Date(at.getTime() - days * DAY_MS)).slice(0, 10);
  const listed = async (from: string, to: string) =>
    (await listOrders(shop.deps, owner, OrderListQuery.parse({ from, to }))).rows;
  expect(await listed(shopDay(placed[0]), shopDay(placed.at(-1)))).toHaveLength((await today())?.placed ?? -1);
  const before = shopDay(placed[0], 1);
  expect(await listed(before, before)).toEqual([]);
});

test("an order of days ago that is paid late is counted on its own day within the next look", async () => {
  const late = await placeAgo(3);
  // Everything before was counted: only what happens now may bring that day up.
  await count();
  const dayAgo = async () => (await sales()).currencies[0]?.days.at(-4);
  const known = (await dayAgo())?.paid ?? 0;
  await shop.pay(late);
  await count();
  expect((await dayAgo())?.paid).toBe(known + 1);
});

test("the past is counted once, when the shop first counts, and cancelled orders stay placed", async () => {
  await shop.rows("DELETE FROM sales_day");
  await shop.rows("DELETE FROM sales_progress");
  const cancelled = await shop.place(stocked.variantId);
  await cancelOrder(shop.deps, { orderId: cancelled.id, actor: { kind: "buyer" } });
  await count();
  expect(await shop.deps.db.salesProgress.findFirst()).toMatchObject({ nextDay: null });
  expect(await today()).toMatchObject({ placed: 3, paid: 2 });
});

test("two processes that count at once count once; strangers see nothing of it, and admins all", async () => {
  const before = await shop.deps.db.salesDay.findMany({ orderBy: [{ day: "asc" }, { variantId: "asc" }] });
  await Promise.all([count(), count(), count()]);
  expect(await shop.deps.db.salesDay.findMany({ orderBy: [{ day: "asc" }, { variantId: "asc" }] })).toEqual(before);
  const stranger = await newMerchant(shop.deps);
  expect(await sales(stranger)).toMatchObject({ currencies: [], best: [], cover: [] });
  expect((await sales(await newAdmin(shop.deps))).currencies[0]?.days.at(-1)).toMatchObject({ placed: 3 });
});

test("customers stand by their address, the latest first, each once, page by page, and only in their own shop", async () => {
  for (const email of ["a@example.com", "b@example.com", "a@example.com"]) {
    const order = await shop.place(stocked.variantId, { email });
    if (email === "a@example.com") await shop.pay(order);
  }
  await count();
  const customers = (viewer: Viewer, q: string) =>
    listCustomers(shop.deps, viewer as Merchant, CustomerListQuery.parse({ q }));
  expect(await customers(owner, "A@exam")).toMatchObject({
    rows: [{ email: "a@example.com", placed: 2, paid: 2, sales: [{ currency: "CNY", salesMinor: "2000" }] }],
    next: null,
  });
  expect((await customers(owner, "b@")).rows).toMatchObject([{ placed: 1, paid: 0 }]);
  const all = (await customers(owner, "")).rows.map(({ email }) => email);
  expect(new Set(all).size).toBe(all.length);
  const first = CustomerListQuery.parse({ q: "", after: `${dayIn(zone, new Date())} b@example.com` });
  const behind = (await listCustomers(shop.deps, owner as Merchant, first)).rows.map(({ email }) => email);
  expect(behind).toContain("a@example.com");
  expect(behind).not.toContain("b@example.com");
  expect((await customers(await newMerchant(shop.deps), "")).rows).toEqual([]);
});

test("a filter is kept under a name of one's own, says what the list's address says, and nobody else has it", async () => {
  const form = SavedFilterForm.parse({
    name: "paid late",
    q: "",
    status: "paid",
    exception: "nonsense",
    from: "",
    to: "",
  });
  expect(form).toEqual({ name: "paid late", query: "status=paid" });
  expect((await saveFilter(shop.deps, owner, form)).ok).toBe(true);
  expect((await saveFilter(shop.deps, owner, { ...form, query: "status=owed" })).ok).toBe(true);
  const [kept] = await listFilters(shop.deps, owner);
  expect(kept).toMatchObject({ name: "paid late", query: "status=owed" });
  const stranger = await newMerchant(shop.deps);
  await forgetFilter(shop.deps, stranger, kept?.id ?? "");
  expect(await listFilters(shop.deps, owner)).toHaveLength(1);
  expect(await listFilters(shop.deps, stranger)).toEqual([]);
  await forgetFilter(shop.deps, owner, kept?.id ?? "");
  expect(await listFilters(shop.deps, owner)).toEqual([]);
});
