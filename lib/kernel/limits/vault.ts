/** Bounds of the vault, and of a change of its master key. */
export const vaultLimits = {
  vaultRowsPerPage: 50,
  // Rows that a browser keeps while one scrolls; past it a new page begins.
  vaultRowsHeld: 20_000,
  vaultCardsPerChunk: 1_000,
  vaultCardsPerAct: 100_000,
  vaultCardsPerExport: 1_000_000,
  vaultCardsNamed: 1_000,
  vaultReasonMax: 200,
  vaultSearchesPerWindow: 60,
  vaultSearchWindowSeconds: 600,
  vaultFoundMax: 20,
  vaultStoryMax: 200,
  glassNoticesShown: 5,
  glassNoticeDays: 30,

  // Another master key
  rotationRowsPerChunk: 200,
  rotationChunksMax: 100_000,
} as const;
