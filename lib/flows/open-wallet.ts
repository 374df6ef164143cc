import { mintWalletLink, queueWalletMail, redeemWalletLink } from "@/lib/features/wallets/access";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Secret } from "@/lib/kernel/secret";
import type { Deps } from "@/lib/platform/deps";
import { takeTurn } from "@/lib/platform/rate-limit";
import { canMail } from "./mail-order-link";

/**
 * Queues a mail with a one-use link to the wallets of an address, when it has any. The caller hears the same either way and waits for no
 * mail: who has money here is nobody's to find out.
 */
export async function mailWalletLink(
  deps: Deps,
  { email, locale, addressKey }: { email: string; locale: "zh" | "en"; addressKey: string },
): Promise<Result<null, "rate_limited">> {
  const limit = { name: "wallet-link", points: limits.lookupFailuresPerAddress, seconds: limits.lookupWindowSeconds };
  if (!(await takeTurn(deps, limit, addressKey))) return err("rate_limited");
  const status = canMail(deps) ? "queued" : "not_configured";
  await queueWalletMail(deps.db, { email: email.trim().toLowerCase(), locale, status });
  return ok(null);
}

/** The address of the link in a wallet's mail; the token stands in the fragment, which no server and no log ever sees. */
export async function walletLink(deps: Deps, email: string, locale: "zh" | "en"): Promise<string> {
  const token = await mintWalletLink(deps, email);
  return `${deps.env.publicUrl}/${locale}/wallet/link#${token.reveal()}`;
}

/** Turns a mailed link into a session, once. */
export async function openWalletByLink(deps: Deps, { link }: { link: Secret }): Promise<Result<Secret, "not_found">> {
  const session = await redeemWalletLink(deps, link);
  return session ? ok(session) : err("not_found");
}
