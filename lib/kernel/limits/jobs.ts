/** Bounds of what runs by itself. */
export const jobLimits = {
  // Work over very many rows rests for so much of the time that its last piece took, and who has ordered so lately is buying now.
  restShare: 0.3,
  buyersSeenSeconds: 5,
  jobRunsInARow: 20,
  jobFirstRunMsMax: 60_000,
  queueTasksInFlight: 3,
  queuePollMs: 2_000,
  // A task of the queue rarely runs longer; one that was held twice as long is given to another worker, who may do it again.
  queueTaskSeconds: 30,
  listenRetryMs: 1_000,
  outboxRowsPerRun: 500,
} as const;
