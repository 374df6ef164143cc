/** Bounds of batches, waits and transactions in Postgres. */
export const databaseLimits = {
  // The batched statements
  coalescerBatchesInFlight: 2,
  coalescerItemsPerBatch: 256,
  coalescerWeightPerBatch: 2_000,
  coalescerQueueItems: 20_000,
  loneRetries: 20,
  loneWaitMs: 25,
  // A connection from a full pool, or a new one.
  poolWaitMs: 5_000,
  // How long one stuck row may keep a batch, whose other rows then go on without it; and a transaction of its own.
  hotLockTimeoutMs: 1_000,
  hotStatementMs: 10_000,
  lockTimeoutMs: 5_000,
  // Longer than any statement of ours takes; past it the line is taken to be dead.
  queryTimeoutMs: 30_000,
  transactionRetries: 3,
  transactionTimeoutMs: 15_000,
  transactionMaxWaitMs: 5_000,

  // Embedded Postgres
  postgresStartMs: 300_000,
  postgresRelaunchMs: 10_000,
  postgresPingMs: 2_000,
  postgresStopMs: 10_000,
  connectTimeoutMs: 10_000,
  /** A server waits for machines that start in any order, a command for a restart that somebody watches. */
  serverDatabaseWaitMs: 30_000,
  commandDatabaseWaitMs: 3_000,
  migrationLockWaitMs: 600_000,
} as const;
