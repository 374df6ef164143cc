/** Bounds of telling merchants' programs. */
export const webhookLimits = {
  webhookEndpointsMax: 10,
  webhookSecretGraceMs: 24 * 3_600_000,
  webhooksInFlightPerEndpoint: 4,
  webhooksPerRun: 100,
  webhookTimeoutMs: 10_000,
  // Longer than a try may take.
  webhookLeaseSeconds: 30,
  webhookReplyBytesMax: 64 * 1024,
} as const;
