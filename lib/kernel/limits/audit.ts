/** Bounds of the audit. */
export const auditLimits = {
  auditRowsMax: 20,
  auditStatementMs: 300_000,
  // A break of more rows halts the products of these, and the next pass those of the next.
  auditRowsActedOn: 1_000,
  auditFailureMax: 500,
  // One pass of the continuous audit: rows per feed, the cards they may lead to, and its time.
  auditWindowRows: 1_000,
  auditWindowRowsMin: 10,
  auditWindowCards: 50_000,
  auditCountedBatchCards: 50_000,
  auditTickStatementMs: 5_000,
  auditTickMs: 10_000,
  auditRecheckMs: 20_000,
  // The full pass: the time of a slice, and how often: a fiftieth of the time, at least once a day, at most each ten minutes.
  auditFullMs: 900_000,
  auditFullShare: 50,
  auditFullSecondsMin: 600,
  auditFullSecondsMax: 24 * 3600,
  // The probe of ciphertexts.
  probeCardsSampled: 200,
  probeForeignPlaces: 3,
  brokenFindingsShown: 200,
} as const;
