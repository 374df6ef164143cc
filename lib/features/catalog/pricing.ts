/** The price of a quantity. Pure. */

export interface PriceTier {
  readonly quantityMin: number;
  readonly unitPriceMinor: bigint;
}

/** The unit price of the highest tier that the quantity reaches, else the variant's own price. */
export function unitPriceMinor(priceMinor: bigint, tiers: readonly PriceTier[], quantity: number): bigint {
  let reached: PriceTier | undefined;
  for (const tier of tiers) {
    if (tier.quantityMin <= quantity && (!reached || tier.quantityMin > reached.quantityMin)) reached = tier;
  }
  return reached?.unitPriceMinor ?? priceMinor;
}
