/** Bounds of giving money back. */
export const refundLimits = {
  refundsPerRun: 50,
  refundsInFlightPerAccount: 4,
  // Doubled with each question that has no final answer.
  refundAskSeconds: 5,
  refundAskSecondsMax: 3_600,
  // A gateway that would take a second request for a second refund hears the first one again only after it has denied it this late.
  refundCallAgainSeconds: 120,
  // Past this a person is told.
  refundStuckSeconds: 1_800,
  refundReasonMax: 200,
  refundReferenceMax: 100,
  // A question that an admin hurries, so that one who keeps pressing does not keep asking.
  refundHurrySeconds: 1,
  refundsListed: 50,
  previewCardsShown: 50,
  refundKeyMax: 100,
  policyRefundsPerRun: 50,
} as const;
