import { limits } from "@/lib/kernel/limits";
import type { Result } from "@/lib/kernel/result";
import { type AttemptRule, forgetAttempts, takeAttempt } from "@/lib/platform/attempts";
import type { Deps } from "@/lib/platform/deps";

/** Three of a million codes are right at any time: these bounds leave a guesser less than one chance in five thousand a day. */
const RULES: readonly AttemptRule[] = [
  { name: "factor", points: limits.factorFailuresPerWindow, windowSeconds: limits.signInWindowSeconds },
  { name: "factor_day", points: limits.factorFailuresPerDay, windowSeconds: 24 * 3600 },
];

/** Takes one guess at a person's factor before the code is looked at. */
export async function takeFactorAttempt(deps: Deps, userId: string): Promise<Result<null, "rate_limited">> {
  let taken = await takeAttempt(deps, RULES[0]!, userId);
  if (taken.ok) taken = await takeAttempt(deps, RULES[1]!, userId);
  return taken;
}

/** Whoever has the factor is not a guesser. */
export async function forgetFactorAttempts(deps: Deps, userId: string): Promise<void> {
  for (const rule of RULES) await forgetAttempts(deps, rule, userId);
}
