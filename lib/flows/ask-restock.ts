import { endRequests, isOffered, noteRequest, readEndToken, tellWaiting } from "@/lib/features/stock-alerts/restock";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Secret } from "@/lib/kernel/secret";
import { takeAttempt } from "@/lib/platform/attempts";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { takeTurn } from "@/lib/platform/rate-limit";
import { canMail } from "./mail-order-link";

const PER_EMAIL = {
  name: "restock-email",
  points: limits.restockAsksPerEmail,
  windowSeconds: limits.restockWindowSeconds,
};
const PER_ADDRESS = { name: "restock", points: limits.restockAsksPerAddress, seconds: limits.restockWindowSeconds };

/**
 * Notes that somebody wants to hear when a variant is back. The answer is the same whether the address was known, waits already, or asked to hear
 * nothing; it tells only of what anybody may know.
 */
export async function askRestock(
  deps: Deps,
  {
    variantId,
    email,
    locale,
    addressKey,
  }: { variantId: string; email: string; locale: "zh" | "en"; addressKey: string },
): Promise<Result<null, "not_found" | "rate_limited" | "unavailable">> {
  if (!canMail(deps)) return err("unavailable");
  if (!(await takeTurn(deps, PER_ADDRESS, addressKey))) return err("rate_limited");
  if (!(await isOffered(deps.db, variantId))) return err("not_found");
  // Somebody who writes another's address in, again and again, is stopped here, without being told.
  const isFree = await takeAttempt(deps, PER_EMAIL, email);
  if (isFree.ok) await noteRequest(deps.db, deps.keys, { variantId, email, locale });
  return ok(null);
}

/** Mails those who wait for what is on sale again, a bounded number at a time, each once. Returns how many. */
export async function tellRestocked(deps: Deps): Promise<number> {
  const result = await inTransaction(deps.db, async (tx) =>
    ok(await tellWaiting(tx, canMail(deps) ? "queued" : "not_configured")),
  );
  return result.ok ? result.value : 0;
}

/** Ends such mails for the address that a link was mailed to; safe twice. A link that we did not write is not found. */
export async function endRestock(deps: Deps, link: Secret): Promise<Result<null, "not_found">> {
  const requestId = readEndToken(deps.keys, link.reveal());
  if (!requestId) return err("not_found");
  return inTransaction(deps.db, async (tx) => {
    await endRequests(tx, deps.keys, requestId);
    return ok(null);
  });
}
