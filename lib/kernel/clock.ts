/** The application's clock: for display, logs and tests. Deadlines are decided by the database's clock, in SQL. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Milliseconds since some moment. It never goes back, whatever is done to the time of day: for ages and waits. */
  elapsed(): number;
}

export const systemClock: Clock = { now: () => Date.now(), elapsed: () => performance.now() };
