import { randomBytes } from "node:crypto";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { Secret } from "@/lib/kernel/secret";
import { sha256 } from "@/lib/platform/crypto";
import type { Db } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

const newToken = (): Secret => new Secret(randomBytes(32).toString("base64url"));

/** Makes a link's token that opens the wallets of an address once; only its hash is kept. */
export async function mintWalletLink({ db }: Pick<Deps, "db">, email: string): Promise<Secret> {
  const token = newToken();
  await db.$executeRaw`
    INSERT INTO wallet_access (token_hash, email, kind, expires_at)
    VALUES (${sha256(token.reveal())}, ${email}, 'link', now() + make_interval(mins => ${limits.walletLinkMinutes}::int))`;
  return token;
}

/** Turns a mailed link into a session, once: used, late and wrong links are the same null. Both rows or none. */
export async function redeemWalletLink({ db }: Pick<Deps, "db">, link: Secret): Promise<Secret | null> {
  const session = newToken();
  const opened = await db.$executeRaw`
    WITH used AS (
      UPDATE wallet_access SET used_at = now()
       WHERE token_hash = ${sha256(link.reveal())} AND kind = 'link' AND used_at IS NULL AND expires_at > now() RETURNING email)
    INSERT INTO wallet_access (token_hash, email, kind, expires_at)
    SELECT ${sha256(session.reveal())}, email, 'session', now() + make_interval(days => ${limits.walletSessionDays}::int) FROM used`;
  return opened === 1 ? session : null;
}

/** Whose wallets a browser's session opens; null for a missing, ended or foreign one. */
export async function findWalletSession({ db }: Pick<Deps, "db">, session: Secret): Promise<string | null> {
  const rows = await db.$queryRaw<{ email: string }[]>`
    SELECT email FROM wallet_access
     WHERE token_hash = ${sha256(session.reveal())} AND kind = 'session' AND used_at IS NULL AND expires_at > now()`;
  return rows[0]?.email ?? null;
}

/** Ends a session; safe twice. */
export async function endWalletSession({ db }: Pick<Deps, "db">, session: Secret): Promise<void> {
  await db.$executeRaw`
    UPDATE wallet_access SET used_at = now() WHERE token_hash = ${sha256(session.reveal())} AND kind = 'session' AND used_at IS NULL`;
}

/** Queues the mail with a link, where the address has a wallet and has not been written to too often; silent about either. */
export async function queueWalletMail(
  db: Db,
  { email, locale, status }: { email: string; locale: "zh" | "en"; status: "queued" | "not_configured" },
): Promise<void> {
  await db.$executeRaw`
    INSERT INTO mail (id, kind, recipient, locale, status)
    SELECT ${newId()}::uuid, 'wallet_link', ${email}, ${locale}, ${status}
     WHERE EXISTS (SELECT 1 FROM wallet WHERE email = ${email})
       AND (SELECT count(*) FROM mail WHERE kind = 'wallet_link' AND recipient = ${email} AND created_at > now() - interval '1 hour')
           < ${limits.walletLinksPerHour}::int`;
}
