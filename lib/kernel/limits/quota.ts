/** Bounds of keys that are spent piece by piece. */
export const quotaLimits = {
  quotaKeysPerBatchMax: 10_000,
  quotaUsesMax: 10_000_000,
  quotaUsesPerCallMax: 10_000,
  quotaBodyBytesMax: 1_024,
  quotaCallsPerMinute: 600_000,
  // Keys share a count of calls by the first letters of their hash, so that no flood of invented ones fills the memory.
  quotaCallCountsMax: 65_536,
  // How often calls of one key that came in the wrong order to fit are asked again.
  quotaRetries: 20,
  quotaRowsShown: 100,
} as const;
