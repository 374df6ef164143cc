/** Bounds of checking what is kept beside the database. */
export const cacheLimits = {
  cacheFiguresPerCheck: 200,
  // A whole check ends here, however slow the cache is.
  cacheCheckMs: 10_000,
  // What changed later than this is on its way to the cache, and is not compared.
  cacheSettleSeconds: 5,
  // Parts of a hundred that may be wrong before anybody is told.
  cacheDriftPercent: 1,
  cacheFigureLettersMax: 64,
  cacheStraysMax: 10_000,
  cacheAlarmPauseMinutes: 60,
  // How long a command waits for Redis, to which it has only just begun to connect.
  redisCommandWaitMs: 2_000,
} as const;
