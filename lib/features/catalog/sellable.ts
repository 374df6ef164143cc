import { limits } from "@/lib/kernel/limits";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import type { PriceTier } from "./pricing";
import type { SaleWindow } from "./rules";

/** What placing an order must know of a variant, as of one version; the statement refuses an order priced with another. */
export interface SellableVariant {
  readonly id: string;
  readonly merchantId: string;
  readonly poolId: string;
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
}

interface Entry {
  readonly readAt: number;
  readonly variant: Promise<SellableVariant | null>;
}

async function readVariant({ db }: Deps, variantId: string): Promise<SellableVariant | null> {
  const row = await db.variant.findUnique({
    where: { id: variantId },
    include: {
      priceTiers: true,
      product: { select: { status: true, haltedAt: true } },
      merchant: { select: { status: true } },
    },
  });
  if (!row) return null;
  return {
    id: row.id,
    merchantId: row.merchantId,
    poolId: row.poolId,
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
