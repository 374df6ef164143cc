import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { revokeSessions } from "./sessions";

type Admin = Extract<Viewer, { kind: "admin" }>;

/**
 * Lets an account sign in, or no longer; disabling ends its sessions in the same transaction. Nobody disables themselves,
 * so at least one admin always remains.
 */
export function setUserStatus(
  deps: Deps,
  viewer: Admin,
  { userId, status }: { userId: string; status: "active" | "disabled" },
): Promise<Result<null, "not_found" | "own_account">> {
  if (userId === viewer.userId) return Promise.resolve(err("own_account"));
  return inTransaction<null, "not_found" | "own_account">(deps.db, async (tx) => {
    const user = await tx.appUser.findUnique({ where: { id: userId }, select: { merchantId: true } });
    if (!user) return err("not_found");
    const { count } = await tx.appUser.updateMany({
      where: { id: userId, status: { not: status } },
      data: { status },
    });
    if (count === 0) return ok(null);
    const revoked = status === "disabled" ? await revokeSessions(tx, { userId, except: null }) : 0;
    await recordAudit(tx, {
      actor: viewer,
      action: status === "disabled" ? "user.disabled" : "user.enabled",
      subjectKind: "user",
      subjectId: userId,
      merchantId: user.merchantId,
      detail: { sessionsRevoked: revoked },
    });
    return ok(null);
  });
}
