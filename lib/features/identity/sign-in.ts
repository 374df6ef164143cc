import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Secret } from "@/lib/kernel/secret";
import type { Viewer } from "@/lib/kernel/viewer";
import { type AttemptRule, forgetAttempts, giveBackAttempt, takeAttempt } from "@/lib/platform/attempts";
import type { Deps } from "@/lib/platform/deps";
import { isPassword } from "@/lib/platform/password";
import { type FactorRefusal, proveFactor, viewFactor } from "./factors";
import { normalizeEmail } from "./rules";
import { type AwaitedFactor, openSession, revokeSession } from "./sessions";

const windowSeconds = limits.signInWindowSeconds;
const PER_ACCOUNT: AttemptRule = { name: "sign_in_account", points: limits.signInFailuresPerAccount, windowSeconds };
const PER_ADDRESS: AttemptRule = { name: "sign_in_address", points: limits.signInFailuresPerAddress, windowSeconds };

export interface SignIn {
  readonly email: string;
  readonly password: Secret;
  readonly address: string;
  readonly userAgent: string;
}

export interface OpenedSession {
  readonly sessionId: string;
  readonly userId: string;
  readonly role: Viewer["kind"];
  readonly expiresAt: Date;
  /** The password was right, and the second factor is still to be shown: until then the session opens nothing. */
  readonly awaitsFactor: boolean;
}

export type SignInRefusal = "wrong_credentials" | "rate_limited";

/**
 * Opens a session for the right password of an active account. A miss costs the same work and gets the same answer
 * whether the account exists or not, and misses are counted per account and per address before the password is looked at.
 */
export async function signIn(deps: Deps, request: SignIn): Promise<Result<OpenedSession, SignInRefusal>> {
  const email = normalizeEmail(request.email);
  const byAddress = await takeAttempt(deps, PER_ADDRESS, request.address);
  if (!byAddress.ok) return byAddress;
  const byAccount = await takeAttempt(deps, PER_ACCOUNT, email);
  if (!byAccount.ok) return byAccount;

  const user = await deps.db.appUser.findUnique({ where: { email } });
  const known = user?.status === "active" ? user : null;
  const matches = await isPassword(known?.passwordHash ?? null, request.password);
  if (!known || !matches) {
    deps.log.info("session.refused");
    return err("wrong_credentials");
  }

  await Promise.all([giveBackAttempt(deps, PER_ADDRESS, request.address), forgetAttempts(deps, PER_ACCOUNT, email)]);
  const { id: userId } = known;
  // Asked only now: before, it would tell by its time that the account is there.
  const awaitsFactor = (await viewFactor(deps, userId)).confirmedAt !== null;
  const session = await openSession(deps.db, { userId, userAgent: request.userAgent, awaitsFactor });
  deps.log.info(awaitsFactor ? "session.awaits_factor" : "session.opened", { userId, sessionId: session.id });
  const role = known.role as Viewer["kind"];
  return ok({ sessionId: session.id, userId, role, expiresAt: session.expiresAt, awaitsFactor });
}

/**
 * Opens the session of somebody who showed the factor after the password. The session that waited ends with it, so that whoever
 * had its cookie has nothing.
 */
export async function finishSignIn(
  deps: Deps,
  { awaited, code, userAgent }: { awaited: AwaitedFactor; code: Secret; userAgent: string },
): Promise<Result<OpenedSession, FactorRefusal>> {
  const { viewer } = awaited;
  const { userId } = viewer;
  const opened = await proveFactor(deps, { viewer, code }, async (tx) => {
    await revokeSession(tx, { userId, sessionId: awaited.sessionId });
    return openSession(tx, { userId, userAgent, awaitsFactor: false });
  });
  if (!opened.ok) return opened;
  const { id: sessionId, expiresAt } = opened.value;
  deps.log.info("session.opened", { userId, sessionId });
  return ok({ sessionId, userId, role: viewer.kind, expiresAt, awaitsFactor: false });
}
