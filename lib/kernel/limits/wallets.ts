/** Bounds of what a buyer has in the shop. */
export const walletLimits = {
  walletReasonMax: 200,
  walletLinkMinutes: 30,
  walletLinksPerHour: 5,
  walletSessionDays: 30,
  walletEntriesPerPage: 20,
} as const;
