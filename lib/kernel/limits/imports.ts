/** Bounds of files of cards on their way to the shelf. */
export const importLimits = {
  importLineBytesMax: 16 * 1024,
  importFileBytesMax: 2 * 1024 * 1024 * 1024,
  importLinesMax: 10_000_000,
  importCardsPerChunk: 5_000,
  // While anybody buys: a commit is waited for by whoever commits behind it.
  importCardsPerGentleChunk: 1_000,
  // While nobody buys: as many as a small machine has processors.
  publishChunksAtOnce: 2,
  importBytesPerChunk: 4 * 1024 * 1024,
  importLinesPerTurn: 20,
  importHeartbeatMs: 1_000,
  importStaleSeconds: 6,
  importAbandonedSeconds: 60,
  importRejectsKept: 100_000,
  importRejectsShown: 1_000,
  // Files on their way: the bytes of one piece, the files of one merchant, and how long one that nobody comes back to is kept.
  importPieceBytes: 1024 * 1024,
  importUploadsOpenMax: 20,
  importUploadKeptHours: 72,
  importsInFlight: 2,
  // What is looked at to tell how a file is written, and shown of it.
  importSniffedBytes: 64 * 1024,
  importLinesLookedAt: 200,
  importPreviewBytes: 1024 * 1024,
  importPreviewCards: 20,
  importPreviewItems: 20_000,
  // A row of a table, its quotes and what is not the card included.
  importRowLettersMax: 64 * 1024,
  importColumnsMax: 200,
  importJsonDepthMax: 32,
  // Letters without an end of anything: a text that never closes.
  importQuietLettersMax: 256 * 1024,
  // Workbooks: what they may unfold to, their parts, and the texts that must be held while the sheet is read.
  importWorkbookBytesMax: 512 * 1024 * 1024,
  importUnpackedBytesMax: 2 * 1024 * 1024 * 1024,
  importEntriesMax: 2_000,
  importSharedLettersMax: 64 * 1024 * 1024,
  importSharedStringsMax: 3_000_000,
  importStylesMax: 10_000,
} as const;
