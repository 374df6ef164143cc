import { limits } from "@/lib/kernel/limits";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import type { UnknownReason } from "./gateways/port";

/** How an account has been answering lately. */
export interface Patience {
  readonly silences: number;
  /** How often it was left alone in a row. */
  readonly rests: number;
  /** Monotonic milliseconds. */
  readonly restsUntil: number;
}

export const FRESH: Patience = { silences: 0, rests: 0, restsUntil: 0 };

/** What these say, they say of one payment; every other silence may be the whole account's. */
const OF_ONE_PAYMENT: ReadonlySet<UnknownReason> = new Set(["other_order", "bad_amount", "held", "not_askable"]);

/** Whether an answer that says nothing may mean that the account as a whole does not answer. */
export const isSilence = (reason: UnknownReason): boolean => !OF_ONE_PAYMENT.has(reason);

/** Any answer makes up for every silence. */
export const afterAnswer = (): Patience => FRESH;

/**
 * A row of silences sends the account to rest; after its rest a single further one does, for twice as long, up to a minute: a
 * payment that nobody tells of must be found within two.
 */
export function afterSilence({ silences, rests, restsUntil }: Patience, now: number): Patience {
  const count = silences + 1;
  const isSpent = count >= limits.gatewaySilencesMax || (rests > 0 && now >= restsUntil);
  if (!isSpent) return { silences: count, rests, restsUntil };
  const ms = Math.min(limits.gatewayRestMs * 2 ** Math.min(rests, 10), limits.gatewayRestMsMax);
  return { silences: 0, rests: rests + 1, restsUntil: now + ms };
}

const patienceOf = (deps: Deps) => ofDeps(deps, "payments.patience", () => new Map<string, Patience>());

/** Accounts that this process leaves alone for the moment. */
export const restingAccounts = (deps: Deps): string[] =>
  [...patienceOf(deps)].filter(([, { restsUntil }]) => restsUntil > deps.clock.elapsed()).map(([id]) => id);

/** Whether the account is left alone for the moment. */
export const isResting = (deps: Deps, accountId: string): boolean =>
  (patienceOf(deps).get(accountId) ?? FRESH).restsUntil > deps.clock.elapsed();

/** Whether it rested and has not answered since: then it is tried by one question at a time. */
export const isOnTrial = (deps: Deps, accountId: string): boolean =>
  (patienceOf(deps).get(accountId) ?? FRESH).rests > 0;

/** For how much longer the account is left alone by this process; 0: it is not. */
export const restsForMs = (deps: Deps, accountId: string): number =>
  Math.max(0, Math.round((patienceOf(deps).get(accountId) ?? FRESH).restsUntil - deps.clock.elapsed()));

/** Notes how an account answered; true when it goes to rest by this, or answers again. */
export function noteAnswer(deps: Deps, accountId: string, { isSilent }: { isSilent: boolean }): boolean {
  const patience = patienceOf(deps);
  const before = patience.get(accountId) ?? FRESH;
  const after = isSilent ? afterSilence(before, deps.clock.elapsed()) : afterAnswer();
  patience.set(accountId, after);
  if (after.rests > before.rests) deps.log.warn("gateway.rests", { accountId, rests: after.rests });
  if (after.rests < before.rests) deps.log.info("gateway.answers_again", { accountId });
  return after.rests !== before.rests;
}
