import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Deps } from "@/lib/platform/deps";
import { takeTurn } from "@/lib/platform/rate-limit";

/** Calls per address and minute. Generous where a campus behind one address may be buying. */
const RATES = {
  checkout: limits.checkoutsPerAddressPerMinute,
  form: limits.formsPerAddressPerMinute,
  cardSearch: limits.cardSearchesPerAddressPerMinute,
} as const;
export type RateName = keyof typeof RATES;

/** A brake on floods. It guards nothing that must hold: guesses at passwords are counted in Postgres (platform/attempts). */
export async function takeRate(deps: Deps, name: RateName, key: string): Promise<Result<null, "rate_limited">> {
  const isFree = await takeTurn(deps, { name: `action.${name}`, points: RATES[name], seconds: 60 }, key);
  return isFree ? ok(null) : err("rate_limited");
}
