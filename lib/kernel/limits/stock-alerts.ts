/** Bounds of who is told of stock, and how often. */
export const stockAlertLimits = {
  lowVariantsTold: 50,
  stockLettersPerRun: 1_000,
  restockPerEmailMax: 20,
  restockPerVariantMax: 10_000,
  restockMailsPerRun: 200,
  restockAsksPerAddress: 60,
  restockAsksPerEmail: 10,
  restockWindowSeconds: 3_600,
  // How long an address that wants to hear nothing is left alone.
  restockSilenceDays: 180,
} as const;
