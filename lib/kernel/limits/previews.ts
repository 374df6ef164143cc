/** Bounds of cards that are chosen by what is public about them. */
export const previewLimits = {
  previewLettersMax: 80,
  // A preview may hold the text of another card of its variant by chance when that is shorter.
  previewSecretLettersMin: 6,
  previewExtraMinorMax: 1_000_000_000_000n,
  previewsPerPage: 24,
  previewsPerPageMax: 100,
  /** Of a variant so many are listed, the first ones on the shelf; others come up as these are sold. */
  previewsListed: 10_000,
  previewQueryMax: 40,
  previewListMs: 2_000,
  previewListEntriesMax: 500,
} as const;
