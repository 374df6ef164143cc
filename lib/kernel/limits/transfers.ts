/** Bounds of money that only people vouch for. */
export const transferLimits = {
  // What one person may vouch for alone, in minor units. Above it, two names.
  aloneMinorMax: {
    CNY: 100_000n,
    HKD: 100_000n,
    USD: 15_000n,
    EUR: 15_000n,
    JPY: 20_000n,
    USDT: 150_000_000n,
  },
  transferReferenceMin: 4,
  transferReferenceMax: 60,
  transferRefusalMax: 200,
  transferReportsPerOrder: 6,
  transferReportsWindowSeconds: 600,
} as const;
