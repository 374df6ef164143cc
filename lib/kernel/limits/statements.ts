/** Bounds of the gateways' own books. */
export const statementLimits = {
  statementFileBytesMax: 1024 * 1024 * 1024,
  statementUnpackedBytesMax: 2 * 1024 * 1024 * 1024,
  statementEntriesMax: 16,
  statementLinesMax: 5_000_000,
  statementLineLettersMax: 16 * 1024,
  statementColumnsMax: 200,
  statementRowsPerChunk: 1_000,
  // Chunks of one file on their way to the database: one that is written, and one that is ready behind it.
  statementChunksInFlight: 2,
  statementRejectsKept: 1_000,
  statementContentKept: 2_000,
  statementPreviewBytes: 256 * 1024,
  statementPreviewRows: 20,
  statementSkippedLinesMax: 100,
  statementMappingLettersMax: 8_000,
  statementWordsMax: 20,
  // A row later than this from now was not written by a clock that can be believed.
  statementFutureMs: 24 * 3_600_000,
  // How far back days are asked for by themselves; an older one is asked for by hand.
  statementDaysBack: 7,
  statementDaysShown: 31,
  // Lists of orders are read back so far again: what was unpaid then may be paid now.
  statementOverlapDays: 2,
  // Asked again so long after an empty day, as a gateway may be late with it.
  statementEmptyAskHours: 12,
  statementEmptyAskDays: 2,
  // Doubled with each try.
  statementRetrySeconds: 300,
  statementRetrySecondsMax: 6 * 3_600,
  statementTriesMax: 20,
  statementLeaseSeconds: 300,
  // How long a run of the job waits for slow accounts before it looks at what is due at the others.
  statementRunMs: 4_000,
  statementDaysPerRun: 50,
  // Days and files from which it follows of which times the books are had, and the days of one file.
  statementCoverRowsMax: 100_000,
  statementCoverDaysMax: 400,
} as const;
