/** Bounds of orders: what one may hold, how long it waits, and how it is found again. */
export const orderLimits = {
  orderQuantityMax: 5_000,
  orderLinesMax: 20,
  idempotencyKeyMin: 8,
  idempotencyKeyMax: 200,
  emailMax: 254,
  lookupPasswordMin: 6,
  lookupPasswordMax: 128,
  openOrdersPerBuyerMax: 20,
  openShareOfStockPercentMax: 25,
  openShareCountedCardsMax: 20_000,
  reservationSecondsMin: 4,
  reservationSecondsMax: 24 * 3600,
  replayTokenHours: 24,
  orderCookiesMax: 20,
  buyerFieldsMax: 6,
  buyerFieldLettersMax: 40,
  answerLettersMax: 300,

  // Expiry, release and debts to buyers
  releaseGraceSeconds: 30,
  sweepOrdersPerRun: 500,
  sweepRunsMax: 200,
  owedOrdersPerPage: 500,
  owedPagesMax: 200,
  owedPlacesPerRun: 500,
  // How long one owed order's lock is waited for before new buyers may have the cards, and how often in one restock.
  owedLockWaitMs: 2_000,
  owedLockWaitsMax: 3,

  // Looking an order up
  lookupFailuresPerAddress: 30,
  lookupWindowSeconds: 600,
  orderLinkMinutes: 30,
  orderLinkPauseMinutes: 2,
} as const;
