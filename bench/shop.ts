import { randomBytes } from "node:crypto";
import { findSellableVariant } from "@/lib/features/catalog/sellable";
import { saveAccount } from "@/lib/features/payments/accounts";
import { draftOrder, type OrderDraft } from "@/lib/flows/hot/draft-order";
import { importCards } from "@/lib/flows/import-cards";
import { newId } from "@/lib/kernel/id";
import type { DatabaseUrls } from "@/lib/platform/database-urls";
import { createDeps, type Deps } from "@/lib/platform/deps";
import { readEnv } from "@/lib/platform/env";
import { createLog, type LogTarget } from "@/lib/platform/log";
import { withClient } from "@/lib/platform/with-client";

const ACCOUNT = "epay";
const ACCOUNTS = 20;
const TITLE = { titleZh: "测量", titleEn: "Bench" };

/** One product that everybody wants at once: the worst case for every way of claiming. */
export interface BenchShop {
  readonly deps: Deps;
  readonly urls: DatabaseUrls;
  readonly merchantId: string;
  readonly categoryId: string;
  readonly productId: string;
  readonly variantId: string;
  readonly poolId: string;
  readonly accountId: string;
  /** Under which the gateway signs. */
  readonly gatewayKey: string;
  /** Further accounts that orders may be paid to. */
  readonly otherAccounts: readonly PaidTo[];
}

type PaidTo = Pick<BenchShop, "accountId" | "gatewayKey">;

/** What the operator of the measured shop would set; reservations outlive the run, so that nothing is swept in the middle of it. */
export const SHOP_VARIABLES = {
  KAPU_SECRET: "b".repeat(40),
  KAPU_RESERVATION_SECONDS: "86400",
  KAPU_URL: "http://127.0.0.1:3000",
} as const;

/** The shop's own dependencies. */
export function openDeps(urls: DatabaseUrls, log: LogTarget): Deps {
  const env = readEnv({ ...SHOP_VARIABLES, DATABASE_URL: urls.app }, () => null);
  if (!env.ok) throw new Error(env.error.join(" "));
  return createDeps({ env: env.value, urls, log: createLog(log) });
}

async function openAccount(deps: Deps, id: string): Promise<PaidTo> {
  const gatewayKey = randomBytes(16).toString("hex");
  const account = { id, kind: "epay", currency: "CNY", titleZh: "支付宝", titleEn: "Alipay" } as const;
  const settings = { baseUrl: "http://127.0.0.1:9", pid: "1000", key: gatewayKey };
  const saved = await saveAccount(deps, deps.db, { ...account, settings });
  if (!saved.ok) throw new Error(saved.error.join());
  return { accountId: id, gatewayKey };
}

/** Opens a shop with a fresh product in the bench's database. */
export async function openBenchShop(urls: DatabaseUrls): Promise<BenchShop> {
  const deps = openDeps(urls, "silent");
  const { db } = deps;
  const [merchantId, poolId, categoryId] = [newId(), newId(), newId()];
  await db.merchant.create({ data: { id: merchantId, slug: `m-${merchantId}`, name: "Bench" } });
  await db.stockPool.create({ data: { id: poolId, merchantId, slug: "main", name: "Main" } });
  await db.category.create({ data: { id: categoryId, slug: `c-${categoryId}`, ...TITLE } });
  const account = await openAccount(deps, ACCOUNT);
  const otherAccounts: PaidTo[] = [];
  while (otherAccounts.length < ACCOUNTS - 1)
    otherAccounts.push(await openAccount(deps, `${ACCOUNT}-${otherAccounts.length + 2}`));
  return openVariant({ deps, urls, merchantId, poolId, ...account, otherAccounts, categoryId });
}

/** Another product of the same shop, with nothing on sale yet. */
export async function openVariant(shop: Omit<BenchShop, "productId" | "variantId">): Promise<BenchShop> {
  const { db } = shop.deps;
  const { merchantId, poolId, categoryId } = shop;
  const [productId, variantId] = [newId(), newId()];
  const product = { id: productId, merchantId, categoryId, slug: `p-${productId}`, status: "published" };
  await db.product.create({ data: { ...product, ...TITLE } });
  const variant = { id: variantId, productId, merchantId, poolId, sku: `SKU-${variantId}` };
  await db.variant.create({ data: { ...variant, ...TITLE, priceMinor: 1000n, currency: "CNY" } });
  return { ...shop, productId, variantId };
}

async function* cardFile(lines: number): AsyncGenerator<Uint8Array> {
  for (let line = 0; line < lines; line += 1_000) {
    const texts = Array.from({ length: Math.min(1_000, lines - line) }, () => `${randomBytes(12).toString("hex")}\n`);
    yield Buffer.from(texts.join(""));
  }
}

/** Several products of the same shop, between which buyers divide. */
export async function openVariants(shop: BenchShop, count: number): Promise<BenchShop[]> {
  const shops: BenchShop[] = [];
  while (shops.length < count) shops.push(await openVariant(shop));
  return shops;
}

async function stockUp({ deps, variantId, merchantId }: BenchShop, cards: number): Promise<void> {
  const present = await deps.db.card.count({ where: { variantId, status: "available" } });
  if (present < cards) {
    const actor = { kind: "system" } as const;
    const command = { variantId, merchantId, source: cardFile(cards - present), actor, publish: true };
    const result = await importCards(deps, command);
    if (!result.ok) throw new Error(`no stock: ${result.error}`);
  }
}

/** Makes sure that this many cards can be bought, and that no contender finds the mess of the one before it. */
export async function restock(shop: BenchShop, cards: number): Promise<void> {
  await restockAll([shop], cards);
}

/** The same for each of several products. */
export async function restockAll(shops: readonly BenchShop[], cardsOfEach: number): Promise<void> {
  for (const shop of shops) await stockUp(shop, cardsOfEach);
  const [shop] = shops;
  if (!shop) return;
  await withClient(shop.urls.owner, (client) =>
    client.query("VACUUM (ANALYZE) card, orders, order_line, payment_attempt, stock_entry, outbox"),
  );
}

/** Orders that are ready to be written: what every contender is given, made before the clock runs. */
export const draftOrders = (shop: BenchShop, count: number): Promise<OrderDraft[]> => draftAmong([shop], count);

/** The same, of one product after the other. */
export async function draftAmong(shops: readonly BenchShop[], count: number): Promise<OrderDraft[]> {
  const known = await Promise.all(
    shops.map(({ deps, variantId }) => findSellableVariant(deps, variantId, { isFresh: true })),
  );
  const drafts: OrderDraft[] = [];
  for (let number = 0; number < count; number += 1) {
    const at = number % shops.length;
    const shop = shops[at] as BenchShop;
    const cmd = {
      scope: "bench",
      requestKey: newId(),
      email: `${randomBytes(9).toString("hex")}@example.com`,
      locale: "zh" as const,
      accountId: shop.accountId,
      lines: [{ variantId: shop.variantId, quantity: 1 }],
    };
    const variants = [known[at] ?? null];
    const draft = await draftOrder(shop.deps, { cmd, variants, requestHash: randomBytes(32), lookupHash: null });
    if (!draft.ok) throw new Error(`no draft: ${draft.error}`);
    drafts.push(draft.value);
  }
  return drafts;
}
