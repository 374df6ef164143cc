/** Bounds of the shelf: pools, and cards that are put aside, returned or withdrawn. */
export const inventoryLimits = {
  soldOutLatchMs: 200,
  startHintAgeMs: 5_000,
  /** Pools that one variant is sold from, its own and those it falls back to; an array in the database holds one less. */
  poolsPerVariantMax: 8,
  poolsPerMerchantMax: 50,
  poolNameMax: 60,
  poolNoteMax: 200,
  sharedUsesMax: 20_000,
  stockCountMax: 100_000,

  // Cards that are put aside, returned or withdrawn
  namedCardsMax: 5_000,
  moveReasonMax: 200,
  movesListed: 50,
  heldChunksPerTransaction: 10,
  expiringPlacesPerRun: 500,
  expiredChunksPerRun: 40,
  expiringDays: 7,
  expiringCountMax: 1_000,
  warrantyHoursMax: 87_600,
} as const;
