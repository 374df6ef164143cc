import type { Actor } from "@/lib/kernel/actor";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Secret } from "@/lib/kernel/secret";
import type { Viewer } from "@/lib/kernel/viewer";
import { type AttemptRule, takeAttempt } from "@/lib/platform/attempts";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { hashPassword, isPassword } from "@/lib/platform/password";
import { judgePassword, normalizeEmail, type PasswordProblem } from "./rules";
import { revokeSessions } from "./sessions";

export interface NewUser {
  readonly email: string;
  readonly password: Secret;
  /** Null for an admin. */
  readonly merchantId: string | null;
}

type AuditActor = Exclude<Actor, { kind: "buyer" }>;

/** Inserts an account with a hashed password, and its audit event; `email_taken` changes nothing. */
export async function insertUser(
  tx: Tx,
  { user, passwordHash, actor }: { user: NewUser; passwordHash: string; actor: AuditActor },
): Promise<Result<{ userId: string }, "email_taken">> {
  const userId = newId();
  const role = user.merchantId ? "merchant" : "admin";
  const { count } = await tx.appUser.createMany({
    data: [{ id: userId, email: normalizeEmail(user.email), passwordHash, role, merchantId: user.merchantId }],
    skipDuplicates: true,
  });
  if (count === 0) return err("email_taken");
  await recordAudit(tx, {
    actor,
    action: "user.created",
    subjectKind: "user",
    subjectId: userId,
    merchantId: user.merchantId,
    detail: { role },
  });
  return ok({ userId });
}

/** Creates an account whose password the operator decided (environment or command line): hashed, not judged. */
export async function createUser(
  deps: Deps,
  user: NewUser,
  actor: AuditActor,
): Promise<Result<{ userId: string }, "email_taken">> {
  const passwordHash = await hashPassword(user.password);
  return inTransaction(deps.db, (tx) => insertUser(tx, { user, passwordHash, actor }));
}

/** Creates an admin from the command line. */
export const createAdmin = (
  deps: Deps,
  { email, password }: { email: string; password: Secret },
): Promise<Result<{ userId: string }, "email_taken" | PasswordProblem>> => {
  const judged = judgePassword(password.reveal(), email);
  if (!judged.ok) return Promise.resolve(judged);
  return createUser(deps, { email, password, merchantId: null }, { kind: "command_line" });
};

/**
 * Makes sure somebody can administer the shop. `exists`: an admin is there, and nothing was touched; `created`: from the
 * environment; `missing`: there is none yet, and the caller prints a setup link.
 */
export async function ensureFirstAdmin(deps: Deps): Promise<"exists" | "created" | "missing"> {
  if (await hasAdmin(deps)) return "exists";
  if (!deps.env.admin) return "missing";
  const { email, password } = deps.env.admin;
  const created = await createUser(deps, { email, password, merchantId: null }, { kind: "system" });
  return created.ok ? "created" : "exists";
}

/** Whether any admin could sign in. */
export async function hasAdmin({ db }: Pick<Deps, "db">): Promise<boolean> {
  return (await db.appUser.findFirst({ where: { role: "admin", status: "active" }, select: { id: true } })) !== null;
}

/** A stolen session must not become a place to guess the password. */
const PASSWORD_CHANGES: AttemptRule = {
  name: "password_change",
  points: limits.signInFailuresPerAccount,
  windowSeconds: limits.signInWindowSeconds,
};

export interface ChangePassword {
  readonly viewer: Viewer;
  readonly sessionId: string;
  readonly current: Secret;
  readonly password: Secret;
}

/** Changes the viewer's own password after checking the present one, and ends their other sessions. */
export async function changePassword(
  deps: Deps,
  { viewer, sessionId, current, password }: ChangePassword,
): Promise<Result<null, PasswordProblem | "wrong_password" | "rate_limited">> {
  const taken = await takeAttempt(deps, PASSWORD_CHANGES, viewer.userId);
  if (!taken.ok) return taken;
  const user = await deps.db.appUser.findUniqueOrThrow({ where: { id: viewer.userId } });
  if (!(await isPassword(user.passwordHash, current))) return err("wrong_password");
  const judged = judgePassword(password.reveal(), user.email);
  if (!judged.ok) return judged;
  const passwordHash = await hashPassword(password);
  return inTransaction(deps.db, async (tx) => {
    await tx.appUser.update({ where: { id: user.id }, data: { passwordHash } });
    const revoked = await revokeSessions(tx, { userId: user.id, except: sessionId });
    await recordAudit(tx, {
      actor: viewer,
      action: "user.password_changed",
      subjectKind: "user",
      subjectId: user.id,
      detail: { sessionsRevoked: revoked },
    });
    return ok(null);
  });
}
