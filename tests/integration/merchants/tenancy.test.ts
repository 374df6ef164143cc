import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findBatch, listBatches } from "@/lib/features/merchants/batches";
import { findOrderPage } from "@/lib/features/merchants/order-page";
import { listOrders, listOwedOrders } from "@/lib/features/merchants/orders";
import { readOverview } from "@/lib/features/merchants/overview";
import { findProduct, listProducts, listVariantChoices } from "@/lib/features/merchants/products";
import { saveProduct } from "@/lib/features/merchants/save-product";
import { saveVariant } from "@/lib/features/merchants/save-variant";
import { BatchListQuery, OrderListQuery, ProductListQuery } from "@/lib/features/merchants/schema";
import { importCards } from "@/lib/flows/import-cards";
import { publishBatch } from "@/lib/flows/publish-batch";
import type { Viewer } from "@/lib/kernel/viewer";
import { createDatabase, type TestDatabase } from "../../support/database";
import { expectInvariants } from "../../support/invariants";
import { openShop, type Stocked, type TestShop } from "../../support/shop";
import { memberOf, newAdmin, newMerchant, productForm, variantForm } from "./shops";

type Merchant = Extract<Viewer, { kind: "merchant" }>;

let database: TestDatabase;
let shop: TestShop;
let stocked: Stocked;
let owner: Merchant;
let foreigner: Merchant;
let orderId: string;
let draftId: string;

async function* lines(text: string) {
  yield new TextEncoder().encode(text);
}

beforeAll(async () => {
  database = await createDatabase();
  shop = await openShop(database);
  stocked = await shop.stock({ cards: 3 });
  owner = await memberOf(shop.deps, stocked.merchantId);
  foreigner = await newMerchant(shop.deps);
  const order = await shop.place(stocked.variantId);
  await shop.pay(order);
  orderId = order.id;
  const { variantId, merchantId } = stocked;
  const draft = await importCards(shop.deps, {
    variantId,
    merchantId,
    source: lines("DRAFT-1\nDRAFT-2\n"),
    actor: owner,
    publish: false,
  });
  draftId = draft.ok ? draft.value.batchId : "";
  // Something owed, so that every list has a row that could leak: two orders for the one card of another variant.
  const scarce = await shop.stock({ cards: 1, stockPolicy: "claim_on_payment" });
  const wishes = [await shop.place(scarce.variantId), await shop.place(scarce.variantId)];
  for (const wish of wishes) await shop.pay(wish);
});

afterAll(async () => {
  await shop.close();
  await database.drop();
});

/** Every function of the merchant's data layer, as a pair: what it finds for a viewer, and how "nothing" looks. */
const reads: Record<string, (viewer: Viewer) => Promise<unknown[]>> = {
  findProduct: async (viewer) => [await findProduct(shop.deps, viewer, stocked.productId)].filter(Boolean),
  listProducts: async (viewer) => [...(await listProducts(shop.deps, viewer, ProductListQuery.parse({}))).rows],
  listVariantChoices: async (viewer) => [...(await listVariantChoices(shop.deps, viewer))],
  findBatch: async (viewer) => [await findBatch(shop.deps, viewer, draftId)].filter(Boolean),
  listBatches: async (viewer) => [...(await listBatches(shop.deps, viewer, BatchListQuery.parse({}))).rows],
  listOrders: async (viewer) => [...(await listOrders(shop.deps, viewer, OrderListQuery.parse({}))).rows],
  "listOrders by number": async (viewer) => {
    const [row] = await shop.rows<{ number: string }>("SELECT number FROM orders WHERE id = $1", [orderId]);
    return [...(await listOrders(shop.deps, viewer, OrderListQuery.parse({ q: row?.number }))).rows];
  },
  "listOrders by out_trade_no": async (viewer) => {
    const [row] = await shop.rows<{ n: string }>("SELECT out_trade_no AS n FROM payment_attempt WHERE order_id = $1", [
      orderId,
    ]);
    return [...(await listOrders(shop.deps, viewer, OrderListQuery.parse({ q: row?.n }))).rows];
  },
  "listOrders by e-mail": async (viewer) => {
    const [row] = await shop.rows<{ email: string }>("SELECT email FROM orders WHERE id = $1", [orderId]);
    return [...(await listOrders(shop.deps, viewer, OrderListQuery.parse({ q: row?.email }))).rows];
  },
  "listOrders with open findings": async (viewer) => [
    ...(await listOrders(shop.deps, viewer, OrderListQuery.parse({ exception: "open" }))).rows,
  ],
  listOwedOrders: async (viewer) => [...(await listOwedOrders(shop.deps, viewer, 1)).rows],
  findOrderPage: async (viewer) => [await findOrderPage(shop.deps, viewer, orderId)].filter(Boolean),
  readOverview: async (viewer) => {
    const { days, lowStock, owedCount, draftBatches, exceptions } = await readOverview(
      shop.deps,
      viewer,
      "Asia/Shanghai",
    );
    const figures = [...days.map(({ orders }) => orders), owedCount, draftBatches, exceptions];
    return [...lowStock, ...figures.filter((figure) => figure > 0)];
  },
};

describe("a merchant's data", () => {
  test.each(Object.keys(reads))("%s: the owner and an admin find rows, another merchant finds none", async (name) => {
    const read = reads[name]!;
    expect((await read(owner)).length).toBeGreaterThan(0);
    expect((await read(await newAdmin(shop.deps))).length).toBeGreaterThan(0);
    expect(await read(foreigner)).toEqual([]);
  });

  test("saveProduct: another merchant's product is not found and stays as it was", async () => {
    const product = await shop.deps.db.product.findUniqueOrThrow({ where: { id: stocked.productId } });
    const form = productForm({
      productId: product.id,
      updatedAt: product.updatedAt.toISOString(),
      categoryId: product.categoryId,
      titleZh: "被改了",
    });
    expect(await saveProduct(shop.deps, foreigner, form)).toEqual({ ok: false, error: "not_found" });
    const after = await shop.deps.db.product.findUniqueOrThrow({ where: { id: product.id } });
    expect(after).toEqual(product);
  });

  test("saveVariant: neither changes another merchant's variant nor adds one to their product", async () => {
    const { variantId, productId } = stocked;
    const before = await shop.deps.db.variant.findUniqueOrThrow({ where: { id: variantId } });
    const change = variantForm({ variantId, productId, version: String(before.version), price: "0.01" });
    expect(await saveVariant(shop.deps, foreigner, change)).toEqual({ ok: false, error: "not_found" });
    expect(await saveVariant(shop.deps, foreigner, variantForm({ productId }))).toEqual({
      ok: false,
      error: "not_found",
    });
    expect(await shop.deps.db.variant.findUniqueOrThrow({ where: { id: variantId } })).toEqual(before);
    expect(await shop.deps.db.variant.count({ where: { productId } })).toBe(1);
  });

  test("importCards and publishBatch: another merchant's variant and batch are not found", async () => {
    const { variantId } = stocked;
    const { merchantId } = foreigner;
    const command = { variantId, merchantId, source: lines("X-1\n"), actor: foreigner, publish: true };
    expect(await importCards(shop.deps, command)).toEqual({ ok: false, error: "not_found" });
    expect(await publishBatch(shop.deps, { batchId: draftId, merchantId, actor: foreigner })).toEqual({
      ok: false,
      error: "not_found",
    });
    expect((await findBatch(shop.deps, owner, draftId))?.counts.draft).toBe(2);
  });

  test("no attempt of a foreigner leaves an audit event", async () => {
    expect(await shop.deps.db.auditEvent.count({ where: { actorId: foreigner.userId } })).toBe(0);
    await expectInvariants(database);
  });
});

describe("an order's page", () => {
  test("tells its whole story and never a secret, a token, a full trade number or a raw notice", async () => {
    const page = await findOrderPage(shop.deps, owner, orderId);
    expect(page?.timeline.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(["placed", "attempt", "event", "changed", "ledger"]),
    );
    const told = JSON.stringify(page, (_key, value) => (typeof value === "bigint" ? value.toString() : value));
    const [event] = await shop.rows<{ trade: string; raw: string }>(
      "SELECT gateway_trade_number AS trade, raw FROM payment_event WHERE order_id = $1",
      [orderId],
    );
    for (const secret of stocked.secrets) expect(told).not.toContain(secret);
    expect(told).not.toContain(event?.trade);
    expect(told).not.toContain("sign");
    expect(told).not.toContain("token");
  });

  test("shows an admin whole trade numbers and the fields of each notice, and still nothing that signed one", async () => {
    const page = await findOrderPage(shop.deps, await newAdmin(shop.deps), orderId);
    const [event] = await shop.rows<{ trade: string; raw: string }>(
      "SELECT gateway_trade_number AS trade, raw FROM payment_event WHERE order_id = $1",
      [orderId],
    );
    const told = page?.timeline.find(({ kind }) => kind === "event");
    expect(told?.number).toBe(event?.trade);
    expect(told?.fields).toContainEqual({ name: "trade_no", value: event?.trade });
    expect(told?.fields).toContainEqual({ name: "sign", value: null });
    expect(page?.timeline.map(({ kind }) => kind)).toContain("payment");
  });
});
