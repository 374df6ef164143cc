/** Bounds of what is sold before it is there, or by hand. */
export const promiseLimits = {
  manualHoursMax: 720,
  /** Pieces of an order that a person delivers by hand: as many fields stand on one page. */
  manualQuantityMax: 20,
  presaleCapMax: 20_000,
} as const;
