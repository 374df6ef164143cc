import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Secret } from "@/lib/kernel/secret";
import type { Proven, Viewer } from "@/lib/kernel/viewer";
import { type AttemptRule, forgetAttempts, takeAttempt } from "@/lib/platform/attempts";
import type { Deps } from "@/lib/platform/deps";
import { isPassword } from "@/lib/platform/password";
import { type FactorRefusal, proveFactor } from "./factors";
import { markProved, type SignedIn } from "./sessions";

const PASSWORDS: AttemptRule = {
  name: "step_up",
  points: limits.signInFailuresPerAccount,
  windowSeconds: limits.signInWindowSeconds,
};

/** The viewer of a session whose holder has just shown who they are; otherwise `step_up`. */
export function proofOf<V extends Viewer>(session: SignedIn & { viewer: V }): Result<Proven<V>, "step_up"> {
  const { sessionId, viewer, provedAt } = session;
  if (!session.isProved || provedAt === null) return err("step_up");
  return ok({ ...viewer, stepUp: { sessionId, provedAt } });
}

/**
 * Notes in the session's row that its holder has just shown the factor, or, as long as they have none, the password. A person with
 * a factor is never asked for the password instead.
 */
export async function stepUp(
  deps: Deps,
  { session, answer }: { session: SignedIn; answer: Secret },
): Promise<Result<null, FactorRefusal | "wrong_password">> {
  const { viewer, sessionId, userId } = session;
  if (session.hasFactor) {
    return proveFactor(deps, { viewer, code: answer }, async (tx) => {
      await markProved(tx, { userId, sessionId });
      return null;
    });
  }
  const taken = await takeAttempt(deps, PASSWORDS, userId);
  if (!taken.ok) return taken;
  const user = await deps.db.appUser.findUniqueOrThrow({ where: { id: userId }, select: { passwordHash: true } });
  if (!(await isPassword(user.passwordHash, answer))) return err("wrong_password");
  await forgetAttempts(deps, PASSWORDS, userId);
  await markProved(deps.db, { userId, sessionId });
  return ok(null);
}
