import { randomBytes } from "node:crypto";
import type pg from "pg";
import type { PlacedOrder, PlaceOrder } from "@/lib/features/orders/place-command";
import { saveAccount } from "@/lib/features/payments/accounts";
import { epayGateway } from "@/lib/features/payments/gateways/epay";
import { withSignature } from "@/lib/features/payments/gateways/epay/codec";
import type { Pair, RawHttp } from "@/lib/features/payments/gateways/port";
import { acceptNotification } from "@/lib/flows/accept-notification";
import { placeOrder } from "@/lib/flows/place-order";
import { publishBatch } from "@/lib/flows/publish-batch";
import { assert } from "@/lib/kernel/assert";
import { newId } from "@/lib/kernel/id";
import { ok } from "@/lib/kernel/result";
import { cardAad, fingerprint, newDataKey, seal } from "@/lib/platform/crypto";
import type { DatabaseUrls } from "@/lib/platform/database-urls";
import { inTransaction } from "@/lib/platform/db";
import { closeDeps, createDeps, type Deps } from "@/lib/platform/deps";
import { type EnvSource, readEnv } from "@/lib/platform/env";
import { createLog } from "@/lib/platform/log";
import { withClient } from "@/lib/platform/with-client";

export const EPAY_PID = "1000";
export const EPAY_KEY = "testKey0123456789abcdefABCDEF";
export const ACCOUNT = "epay";

/** Dependencies of one process of the shop on a test's database. */
export function openDeps(urls: DatabaseUrls, env: EnvSource = {}): Deps {
  const source = { DATABASE_URL: urls.app, KAPU_SECRET: "s".repeat(40), KAPU_URL: "http://127.0.0.1:3999", ...env };
  const parsed = readEnv(source, () => null);
  if (!parsed.ok) throw new Error(parsed.error.join(" "));
  return createDeps({ env: parsed.value, urls, log: createLog("silent") });
}

export interface StockOptions {
  readonly cards: number;
  readonly priceMinor?: bigint;
  readonly stockPolicy?: string;
  readonly quantityMax?: number;
  readonly tiers?: readonly { quantityMin: number; unitPriceMinor: bigint }[];
}

export interface Stocked {
  readonly merchantId: string;
  readonly productId: string;
  readonly variantId: string;
  readonly poolId: string;
  readonly secrets: readonly string[];
}

/** A shop with one merchant and one EPay account, driven through the flows as its two lanes drive it. */
export interface TestShop {
  readonly deps: Deps;
  readonly urls: DatabaseUrls;
  stock(options: StockOptions): Promise<Stocked>;
  /** More cards for a variant, published as a merchant does. */
  restock(stocked: Stocked, cards: number): Promise<readonly string[]>;
  order(variantId: string, options?: Partial<PlaceOrder> & { quantity?: number }): PlaceOrder;
  place(variantId: string, options?: Partial<PlaceOrder> & { quantity?: number }): Promise<PlacedOrder>;
  notice(order: PlacedOrder, options?: NoticeOptions): RawHttp;
  /** Sends a signed notice for an order; returns the words the gateway hears. */
  pay(order: PlacedOrder, options?: NoticeOptions): Promise<string>;
  /** Rows of a query as the owner of the tables. */
  rows<T extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<T[]>;
  /** Moves an order's deadline into the past, as time would; the guards of the table are the owner's to lift. */
  lapse(orderId: string, seconds: number): Promise<void>;
  close(): Promise<void>;
}

export interface NoticeOptions {
  readonly money?: string;
  readonly trade?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly key?: string;
}

const outTradeNoOf = (order: PlacedOrder): string =>
  new URL(order.payment.url as string).searchParams.get("out_trade_no") as string;

/** A rightly signed EPay notice as the wire carries it; `money` un-padded, as the original sends it. */
export function signedNotice(
  order: PlacedOrder,
  { money, trade, fields = {}, key = EPAY_KEY }: NoticeOptions = {},
): RawHttp {
  const outTradeNo = outTradeNoOf(order);
  const yuan = money ?? String(Number(order.totalMinor) / 100);
  const pairs: Pair[] = Object.entries({
    pid: EPAY_PID,
    trade_no: trade ?? `2026${outTradeNo}`,
    out_trade_no: outTradeNo,
    type: "alipay",
    name: "product",
    money: yuan,
    trade_status: "TRADE_SUCCESS",
    ...fields,
  });
  return { method: "GET", query: withSignature(pairs, key), headers: [], body: new Uint8Array() };
}

async function insertCards(
  deps: Deps,
  stocked: Omit<Stocked, "secrets" | "productId">,
  texts: readonly string[],
): Promise<string> {
  const batchId = newId();
  const place = { merchantId: stocked.merchantId, variantId: stocked.variantId, batchId };
  const { dataKey, wrapped, keyId } = newDataKey(deps.keys, place);
  const fingerprintKey = deps.keys.fingerprint(stocked.merchantId);
  const ids = texts.map(() => newId());
  const sealed = texts.map((text, n) =>
    seal(dataKey, Buffer.from(text), cardAad({ ...place, cardId: ids[n] as string })),
  );
  const prints = texts.map((text) => fingerprint(fingerprintKey, Buffer.from(text)));
  // All at once: a server whose audit looks on would take a product off sale whose batch counts cards that are not there yet.
  const written = await inTransaction(deps.db, async (tx) => {
    await tx.$executeRaw`
      INSERT INTO batch (id, merchant_id, variant_id, pool_id, status, key_id, data_key, line_count, accepted_count)
      VALUES (${batchId}::uuid, ${stocked.merchantId}::uuid, ${stocked.variantId}::uuid, ${stocked.poolId}::uuid, 'draft', ${keyId}, ${wrapped}, ${texts.length}::int, ${texts.length}::int)`;
    await tx.$executeRaw`
      WITH input AS (SELECT * FROM unnest(${ids}::uuid[], ${prints}::bytea[], ${sealed}::bytea[]) AS i (id, fingerprint, ciphertext)),
      secret AS (
        INSERT INTO card_secret (card_id, variant_id, key_id, fingerprint, ciphertext)
        SELECT id, ${stocked.variantId}::uuid, ${keyId}, fingerprint, ciphertext FROM input)
      INSERT INTO card (id, merchant_id, variant_id, pool_id, batch_id, pick, status)
      SELECT id, ${stocked.merchantId}::uuid, ${stocked.variantId}::uuid, ${stocked.poolId}::uuid, ${batchId}::uuid, nextval('card_pick_seq'), 'draft' FROM input`;
    await tx.$executeRaw`
      INSERT INTO stock_entry (kind, merchant_id, batch_id, card_ids, canonical)
      SELECT 'import', ${stocked.merchantId}::uuid, ${batchId}::uuid, part, stock_canonical('import', ${stocked.merchantId}::uuid, NULL, ${batchId}::uuid, '', part)
        FROM (SELECT array_agg(id) AS part FROM unnest(${ids}::uuid[]) WITH ORDINALITY AS u (id, n) GROUP BY (n - 1) / 5000) parts`;
    return ok(null);
  });
  assert(written.ok);
  return batchId;
}

async function fill(deps: Deps, stocked: Omit<Stocked, "secrets" | "productId">, cards: number): Promise<string[]> {
  if (cards === 0) return [];
  const texts = Array.from({ length: cards }, () => `CARD-${randomBytes(9).toString("hex")}`);
  const batchId = await insertCards(deps, stocked, texts);
  const published = await publishBatch(deps, { batchId, actor: { kind: "system" } });
  if (!published.ok) throw new Error(published.error);
  return texts;
}

async function createVariant(
  deps: Deps,
  merchant: { id: string; poolId: string; categoryId: string },
  options: StockOptions,
): Promise<Omit<Stocked, "secrets">> {
  const productId = newId();
  const variantId = newId();
  const text = { titleZh: "测试商品", titleEn: "Test product" };
  await deps.db.product.create({
    data: {
      id: productId,
      merchantId: merchant.id,
      categoryId: merchant.categoryId,
      slug: `p-${productId}`,
      status: "published",
      ...text,
    },
  });
  await deps.db.variant.create({
    data: {
      id: variantId,
      productId,
      merchantId: merchant.id,
      poolId: merchant.poolId,
      sku: `SKU-${variantId}`,
      ...text,
      priceMinor: options.priceMinor ?? 1000n,
      currency: "CNY",
      stockPolicy: options.stockPolicy ?? "reserve_on_order",
      quantityMax: options.quantityMax ?? 100,
    },
  });
  for (const tier of options.tiers ?? []) await deps.db.priceTier.create({ data: { variantId, ...tier } });
  return { merchantId: merchant.id, productId, variantId, poolId: merchant.poolId };
}

async function createMerchant(deps: Deps) {
  const merchant = { id: newId(), poolId: newId(), categoryId: newId() };
  await deps.db.merchant.create({ data: { id: merchant.id, slug: `m-${merchant.id}`, name: "Test merchant" } });
  await deps.db.stockPool.create({
    data: { id: merchant.poolId, merchantId: merchant.id, slug: "main", name: "Main" },
  });
  await deps.db.category.create({
    data: { id: merchant.categoryId, slug: `c-${merchant.categoryId}`, titleZh: "测试", titleEn: "Test" },
  });
  return merchant;
}

async function createAccount(deps: Deps): Promise<void> {
  const settings = { baseUrl: "http://127.0.0.1:9", pid: EPAY_PID, key: EPAY_KEY };
  const draft = {
    id: ACCOUNT,
    kind: epayGateway.kind,
    currency: "CNY",
    titleZh: "支付宝 / 微信",
    titleEn: "Alipay / WeChat",
    settings,
  } as const;
  const saved = await saveAccount(deps, deps.db, draft);
  if (!saved.ok) throw new Error(saved.error.join());
}

/** Opens a shop on an empty, migrated database. */
export async function openShop(urls: DatabaseUrls, env: EnvSource = {}): Promise<TestShop> {
  const deps = openDeps(urls, env);
  const merchant = await createMerchant(deps);
  await createAccount(deps);
  const order: TestShop["order"] = (variantId, { quantity = 1, ...options } = {}) => ({
    scope: "guest",
    requestKey: randomBytes(12).toString("hex"),
    email: `buyer-${randomBytes(6).toString("hex")}@example.com`,
    locale: "zh",
    accountId: ACCOUNT,
    lines: [{ variantId, quantity }],
    ...options,
  });
  const rows: TestShop["rows"] = (sql, values = []) =>
    withClient(urls.owner, async (client) => (await client.query(sql, [...values])).rows as never);
  const shop: TestShop = {
    deps,
    urls,
    order,
    rows,
    async stock(options) {
      const created = await createVariant(deps, merchant, options);
      return { ...created, secrets: await fill(deps, created, options.cards) };
    },
    restock: (stocked, cards) => fill(deps, stocked, cards),
    async place(variantId, options) {
      const placed = await placeOrder(deps, order(variantId, options));
      if (!placed.ok) throw new Error(`not placed: ${placed.error}`);
      return placed.value;
    },
    notice: signedNotice,
    async pay(placed, options) {
      const reply = await acceptNotification(deps, {
        gateway: "epay",
        accountId: ACCOUNT,
        raw: signedNotice(placed, options),
      });
      return reply.body;
    },
    async lapse(orderId, seconds) {
      await rows("ALTER TABLE orders DISABLE TRIGGER orders_edges");
      await rows(
        "UPDATE orders SET created_at = created_at - make_interval(secs => $2), deadline_at = clock_timestamp() - make_interval(secs => $2) WHERE id = $1",
        [orderId, seconds],
      );
      await rows("ALTER TABLE orders ENABLE TRIGGER orders_edges");
    },
    close: () => closeDeps(deps),
  };
  return shop;
}

/** How often each value stands in a list. */
export function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
