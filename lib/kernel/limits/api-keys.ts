/** Bounds of the keys of programs. */
export const apiKeyLimits = {
  apiKeysPerMerchantMax: 20,
  apiKeyNameMax: 60,
  apiKeyGraceMs: 24 * 3_600_000,
  // How often the time of a key's last use is written down.
  apiKeySeenSeconds: 60,
  apiKeyCallsPerMinute: 600,
  apiRowsPerPage: 100,
} as const;
