/** Bounds of the daily closes, and of reports. */
export const reportLimits = {
  // Whatever happened before midnight has been written down by then.
  closeAfterMinutes: 15,
  closesPerRun: 31,
  // Closed days whose sums are made anew when another one is closed.
  closesLookedBack: 7,
  closesListed: 31,
  reportRowsMax: 100_000,
  reportDaysMax: 366,
  statementLiveDaysMax: 31,
} as const;
