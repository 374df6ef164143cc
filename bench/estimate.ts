import { roundsOnMany } from "./claims";
import { TECHNIQUES } from "./contenders/all";
import { ENDPOINTS } from "./http";
import type { Options, Part } from "./options";

/** Seconds beside the measured ones, on two cores: cards are imported, orders drafted, tables swept. */
const CLAIM_SETUP = 0.7;
const HTTP_SETUP = 3;

/** How long each part takes, roughly, in seconds. */
const SECONDS: Readonly<Record<Part, (options: Options) => number>> = {
  claims: ({ rounds, inFlight, seconds }) =>
    (rounds + roundsOnMany({ rounds })) *
    inFlight.length *
    (Object.keys(TECHNIQUES).length + 1) *
    (seconds + CLAIM_SETUP),
  flash: ({ isSmoke }) => (isSmoke ? 8 : 150),
  http: ({ rounds, inFlight, seconds }) =>
    rounds * inFlight.length * ENDPOINTS.length * (Math.max(1, seconds) + HTTP_SETUP),
  pages: ({ rounds, seconds }) => 10 + rounds * (4 * Math.max(1, seconds) + 12),
  notices: ({ rounds, seconds }) => rounds * 9 * seconds,
  ledger: ({ rounds, seconds }) => 20 + rounds * 3 * (seconds + 5),
  crash: ({ kills }) => kills * Object.keys(TECHNIQUES).length * 3,
  steps: () => 15,
  slope: ({ isSmoke }) => (isSmoke ? 10 : 200),
  bills: ({ isSmoke }) => (isSmoke ? 10 : 150),
  vault: ({ isSmoke }) => (isSmoke ? 5 : 90),
  import: ({ isSmoke }) => (isSmoke ? 20 : 460),
  quota: ({ rounds, inFlight, seconds }) => 10 + rounds * inFlight.length * 3 * (seconds + CLAIM_SETUP),
  reconcile: ({ isSmoke, orders }) => (isSmoke ? 20 : 60 + orders * 0.0004),
};

/** For whoever waits: whole minutes, rounded up. */
export const estimateMinutes = (options: Options): number =>
  Math.ceil((20 + options.parts.reduce((sum, part) => sum + SECONDS[part](options), 0)) / 60);
