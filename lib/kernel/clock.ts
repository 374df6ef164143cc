/** The application's clock: for display, logs and tests. Deadlines are decided by the database's clock, in SQL. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
