/** Bounds of the sealed ledger. */
export const ledgerLimits = {
  ledgerCardIdsPerEntry: 5_000,
  ledgerEntriesPerBlock: 1_024,
  ledgerBytesPerBlock: 4 * 1024 * 1024,
  ledgerBlocksPerRun: 64,
  ledgerSealSeconds: 20,
  ledgerUnsealedSecondsMax: 600,
  ledgerTailEntriesPerRead: 64,
  ledgerLineBytesMax: 1024 * 1024,
  ledgerHeadsPerPage: 500,
  ledgerHeadPagesMax: 20_000,
  ledgerHeadsBytesMax: 64 * 1024 * 1024,
  ledgerHeadsTimeoutMs: 15_000,
} as const;
