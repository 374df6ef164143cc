import { randomBytes } from "node:crypto";
import { limits } from "@/lib/kernel/limits";
import { err, type Result } from "@/lib/kernel/result";
import { Secret } from "@/lib/kernel/secret";
import { sha256 } from "@/lib/platform/crypto";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { hashPassword } from "@/lib/platform/password";
import { hasAdmin, insertUser } from "./accounts";
import { judgePassword, type PasswordProblem } from "./rules";

/**
 * A link that makes the first admin, once, within a day. The token stands behind the `#`, which browsers send to nobody,
 * so it is in no access log and no referrer; the database keeps its hash. A newer link ends the older ones.
 */
export async function createSetupLink(deps: Deps): Promise<Secret> {
  const token = randomBytes(32).toString("base64url");
  await deps.db.$transaction([
    deps.db.$executeRaw`UPDATE setup_link SET used_at = clock_timestamp() WHERE used_at IS NULL`,
    deps.db.$executeRaw`
      INSERT INTO setup_link (token_hash, expires_at)
      VALUES (${sha256(token)}, clock_timestamp() + make_interval(hours => ${limits.setupLinkHours}::int))`,
  ]);
  return new Secret(`${deps.env.publicUrl}/zh/setup#${token}`);
}

export interface Setup {
  readonly token: string;
  readonly email: string;
  readonly password: Secret;
}

export type SetupRefusal = "link_spent" | "already_set_up" | "email_taken" | PasswordProblem;

/** Creates the first admin for the holder of an unspent link; link and account change together, and two at once make one. */
export async function redeemSetupLink(deps: Deps, setup: Setup): Promise<Result<{ userId: string }, SetupRefusal>> {
  const judged = judgePassword(setup.password.reveal(), setup.email);
  if (!judged.ok) return judged;
  if (await hasAdmin(deps)) return err("already_set_up");
  const tokenHash = sha256(setup.token);
  const isOpen = await deps.db.$queryRaw<unknown[]>`
    SELECT 1 FROM setup_link WHERE token_hash = ${tokenHash} AND used_at IS NULL AND expires_at > clock_timestamp()`;
  if (isOpen.length === 0) return err("link_spent");
  const passwordHash = await hashPassword(setup.password);
  return inTransaction<{ userId: string }, SetupRefusal>(deps.db, async (tx) => {
    const spent = await tx.$executeRaw`
      UPDATE setup_link SET used_at = clock_timestamp()
       WHERE token_hash = ${tokenHash} AND used_at IS NULL AND expires_at > clock_timestamp()`;
    if (spent === 0) return err("link_spent");
    const user = { email: setup.email, password: setup.password, merchantId: null };
    return insertUser(tx, { user, passwordHash, actor: { kind: "system" } });
  });
}
