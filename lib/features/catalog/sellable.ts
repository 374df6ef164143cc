import { type BuyerField, readBuyerFields } from "@/lib/kernel/buyer-fields";
import { limits } from "@/lib/kernel/limits";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import type { PriceTier } from "./pricing";
import type { SaleWindow } from "./rules";

/** What is sold before it is there: made by a person for its order, or for a day to come, up to a cap. */
export type VariantPromise =
  | { readonly kind: "manual"; readonly hours: number; readonly fields: readonly BuyerField[] }
  | { readonly kind: "presale"; readonly dueAt: Date; readonly cap: number; readonly since: Date };

export interface SellablePool {
  readonly id: string;
  readonly channel: string | null;
}

/** What placing an order must know of a variant, as of one version; the statement refuses an order priced with another. */
export interface SellableVariant {
  readonly id: string;
  readonly merchantId: string;
  /** Where its cards are taken from, in order; a pool with a channel is kept for orders that come by it. */
  readonly pools: readonly SellablePool[];
  readonly version: number;
  readonly priceMinor: bigint;
  readonly currency: string;
  readonly stockPolicy: "reserve_on_order" | "claim_on_payment" | "deduct_on_order";
  readonly quantityMin: number;
  readonly quantityMax: number;
  readonly tiers: readonly PriceTier[];
  readonly isSellable: boolean;
  /** Sold from then and until then; the statement that places an order looks at the database's own clock. */
  readonly window: SaleWindow;
  /** How many pieces one buyer may have; null: as many as there are. */
  readonly buyerMax: number | null;
  /** Null: it is sold from stock. */
  readonly promise: VariantPromise | null;
}

interface Entry {
  readonly readAt: number;
  readonly variant: Promise<SellableVariant | null>;
}

interface PromiseColumns {
  readonly kind: string;
  readonly manualHours: number | null;
  readonly buyerFields: unknown;
  readonly presaleAt: Date | null;
  readonly presaleCap: number | null;
  readonly presaleFrom: Date | null;
}

function promiseOf(row: PromiseColumns): VariantPromise | null {
  const { manualHours: hours, presaleAt: dueAt, presaleCap: cap, presaleFrom: since } = row;
  if (row.kind === "manual" && hours !== null)
    return { kind: "manual", hours, fields: readBuyerFields(row.buyerFields) };
  return dueAt && cap !== null && since ? { kind: "presale", dueAt, cap, since } : null;
}

/** Pools in the order of their ids as given; a variant that has one pool asks for none. */
async function readPools(db: Deps["db"], ids: readonly string[]): Promise<SellablePool[]> {
  if (ids.length === 0) return [];
  const found = await db.stockPool.findMany({ where: { id: { in: [...ids] } }, select: { id: true, channel: true } });
  return ids.flatMap((id) => found.filter((pool) => pool.id === id));
}

async function readVariant({ db }: Deps, variantId: string): Promise<SellableVariant | null> {
  const row = await db.variant.findUnique({
    where: { id: variantId },
    include: {
      priceTiers: true,
      product: { select: { status: true, haltedAt: true } },
      merchant: { select: { status: true } },
      stockPool: { select: { id: true, channel: true } },
    },
  });
  if (!row) return null;
  const fallbacks = await readPools(db, row.fallbackPoolIds);
  return {
    id: row.id,
    merchantId: row.merchantId,
    pools: [row.stockPool, ...fallbacks],
    version: row.version,
    priceMinor: row.priceMinor,
    currency: row.currency,
    stockPolicy: row.stockPolicy as SellableVariant["stockPolicy"],
    quantityMin: row.quantityMin,
    quantityMax: row.quantityMax,
    tiers: row.priceTiers.map(({ quantityMin, unitPriceMinor }) => ({ quantityMin, unitPriceMinor })),
    isSellable:
      row.status === "published" &&
      row.product.status === "published" &&
      row.product.haltedAt === null &&
      row.merchant.status === "active",
    window: { saleFrom: row.saleFrom, saleUntil: row.saleUntil },
    buyerMax: row.buyerMax,
    promise: promiseOf(row),
  };
}

/**
 * A variant at most `limits.variantCacheMs` old, or null when there is none. The age does no harm: an order carries the
 * version it was priced with, and the statement that places it refuses a stale one. `isFresh` reads anew.
 */
export function findSellableVariant(
  deps: Deps,
  variantId: string,
  { isFresh = false } = {},
): Promise<SellableVariant | null> {
  const cache = ofDeps(deps, "catalog.sellable", () => new Map<string, Entry>());
  const now = deps.clock.elapsed();
  const known = cache.get(variantId);
  if (known && !isFresh && now - known.readAt < limits.variantCacheMs) return known.variant;
  if (cache.size >= limits.variantCacheEntriesMax) cache.clear();
  const variant = readVariant(deps, variantId);
  cache.set(variantId, { readAt: now, variant });
  variant.catch(() => cache.delete(variantId));
  return variant;
}
