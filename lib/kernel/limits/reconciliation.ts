/** Bounds of the reconciliation, and of the findings that people work on. */
export const reconciliationLimits = {
  // Measured: twice as many take as long in all and keep buyers waiting longer, a fifth of them cost two fifths more.
  reconcileOrdersPerStep: 2_500,
  reconcileCardsPerStep: 5_000,
  reconcilePaymentsPerStep: 2_500,
  reconcileRowsPerStep: 2_500,
  // Small files that are compared in one step.
  reconcileFilesPerStep: 50,
  reconcileWalletsPerStep: 5_000,
  reconcileBlocksPerStep: 50,
  reconcileDaysPerStep: 10,
  reconcileDoubtsPerStep: 500,
  reconcileSuggestedPerStep: 50,
  reconcileStepsMax: 1_000_000,
  // A step that takes too long is tried again in four smaller ones, down to this.
  reconcilePartsMax: 4_096,
  reconcileFindingsPerRun: 100_000,
  // Longer than a step may take; past it a run is gone on with by whoever comes.
  reconcileLeaseSeconds: 60,
  reconcileHourlyHours: 26,
  // As far back as gateways give their books.
  reconcileDailyDays: 100,
  // The continuous run: how old a row is when it is looked at (no transaction lives so long), the orders of a step, the steps of a pass.
  reconcileLagSeconds: 150,
  reconcileRowsPerFeed: 5_000,
  reconcileStepsPerPass: 20,
  reconcileDuePerPass: 500,
  reconcileDueSeconds: 60,
  reconcileRunsListed: 50,
  findingNoteMax: 2_000,
  findingReasonMax: 500,

  // Findings that people work on
  findingsPerAct: 100,
  findingHistoryMax: 500,
  findingCardsShown: 50,
  // How long a remedy that was begun is its beginner's; past it he was killed, and it may be begun again.
  remedyLeaseSeconds: 60,
  remedyReasonMax: 200,
  remediesPerRun: 20,
  // Most of what is looked at needs nothing, and waits for stock or for people.
  remediesLookedAtPerRun: 500,
  remediesPerDayMax: 1_000,
  // How long before money arrived the order may have been placed that it is suggested for.
  strayMoneyHours: 24,
  strayOrdersSuggested: 5,
} as const;
