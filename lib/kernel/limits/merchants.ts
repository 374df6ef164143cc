/** Bounds of what merchants look at, and take home as files. */
export const merchantLimits = {
  savedFiltersMax: 20,
  overviewDays: 7,
  overviewRows: 10,
  // Stock cover is reckoned from what was sold over this long.
  coverDays: 14,
  coverVariantsMax: 200,
  salesDaysPerStatement: 50,
  salesDaysBackPerRun: 60,

  // Lists that are taken home as files
  exportRowsPerPage: 1_000,
  exportPagesMax: 5_000,
  // A spreadsheet opens 1,048,576 rows of a sheet.
  exportRowsPerSheet: 1_000_000,
  exportsWaitingMax: 5,
  exportTriesMax: 3,
  exportLeaseSeconds: 60,
  exportHours: 24,
  exportsEndedPerRun: 100,
} as const;
