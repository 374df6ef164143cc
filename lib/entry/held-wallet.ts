import { cookies } from "next/headers";
import { endWalletSession, findWalletSession } from "@/lib/features/wallets/access";
import { limits } from "@/lib/kernel/limits";
import type { Secret } from "@/lib/kernel/secret";
import type { Deps } from "@/lib/platform/deps";
import { orderCookieOptions, readToken } from "./order-access";

const COOKIE = "kapu_wallet";
const DAY_SECONDS = 24 * 3600;

/** Lets this browser see and spend the balances that a mailed link opened. Only in an action or a route. */
export async function holdWallet({ env }: Pick<Deps, "env">, session: Secret): Promise<void> {
  const options = { ...orderCookieOptions(env), maxAge: limits.walletSessionDays * DAY_SECONDS };
  (await cookies()).set(COOKIE, session.reveal(), options);
}

/** The address whose balances this browser has opened; null for none, and for a session that has ended. */
export async function currentWalletOwner(deps: Deps): Promise<string | null> {
  const session = readToken((await cookies()).get(COOKIE)?.value);
  return session ? findWalletSession(deps, session) : null;
}

/** Ends the session, here and in the database. Only in an action or a route. */
export async function dropWallet(deps: Deps): Promise<void> {
  const jar = await cookies();
  const session = readToken(jar.get(COOKIE)?.value);
  if (session) await endWalletSession(deps, session);
  jar.set(COOKIE, "", { ...orderCookieOptions(deps.env), maxAge: 0 });
}
