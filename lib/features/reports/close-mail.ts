import { ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

/** Says whether an admin wants the close of each day by mail, and in which language; with its audit event. */
export function wishCloseMail(
  { db }: Pick<Deps, "db">,
  viewer: Extract<Viewer, { kind: "admin" }>,
  closeMail: "zh" | "en" | null,
): Promise<Result<null, never>> {
  return inTransaction<null, never>(db, async (tx) => {
    await tx.appUser.update({ where: { id: viewer.userId }, data: { closeMail } });
    await recordAudit(tx, {
      actor: viewer,
      action: "report.mail_wished",
      subjectKind: "user",
      subjectId: viewer.userId,
      detail: { closeMail },
    });
    return ok(null);
  });
}
