import { type FindingKind, isAcceptableTogether } from "@/lib/features/reconciliation/kinds";
import {
  acceptFinding,
  assignFinding as assignLocked,
  closeFinding as closeLocked,
  type LockedFinding,
  lockFinding,
  noteFinding,
  reopenByHand,
  takeFinding,
} from "@/lib/features/reconciliation/work-on-finding";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

type Admin = Extract<Viewer, { kind: "admin" }>;

/**
 * - not_allowed: findings are the platform's · not_found: there is none such, or not all of them
 * - already_closed: somebody, or the shop itself, has closed it since · still_open: it need not be opened again
 * - held_by_audit: an audit's finding is closed where its product is put back on sale, as a remedy
 * - not_safe_together: closing one of this kind may cost somebody money; each is looked at for itself
 * - conflict: it is somebody else's than the form said · person_unknown: no admin who could have it
 */
export type WorkRefusal =
  | "not_allowed"
  | "not_found"
  | "already_closed"
  | "still_open"
  | "held_by_audit"
  | "not_safe_together"
  | "conflict"
  | "person_unknown";

/** How many of the findings were changed, and how many were left as they were: closed meanwhile, or somebody else's. */
export interface Worked {
  readonly done: number;
  readonly left: number;
}

/** Closed where its product is put back on sale, and nowhere else: `resume-audited.ts`. */
const isHeldByAudit = (kind: FindingKind): boolean => kind === "invariant_broken";

const audit = (
  tx: Tx,
  viewer: Admin,
  finding: LockedFinding,
  verb: string,
  detail: Record<string, string | null> = {},
) =>
  recordAudit(tx, {
    actor: viewer,
    action: `finding.${verb}`,
    subjectKind: "finding",
    subjectId: finding.id,
    merchantId: finding.merchantId,
    detail,
  });

interface Chosen {
  readonly tx: Tx;
  readonly admin: Admin;
  readonly finding: LockedFinding;
  readonly by: { readonly findingId: string; readonly actorId: string };
}

/** Does one thing with each of some findings, all in one transaction or none; in the order of their ids, so that two never wait in a circle. */
function onEach(
  deps: Deps,
  viewer: Viewer,
  ids: readonly string[],
  act: (chosen: Chosen) => Promise<boolean>,
  judge: (found: readonly LockedFinding[]) => WorkRefusal | null = () => null,
): Promise<Result<Worked, WorkRefusal>> {
  if (viewer.kind !== "admin") return Promise.resolve(err("not_allowed"));
  return inTransaction<Worked, WorkRefusal>(deps.db, async (tx) => {
    const found: LockedFinding[] = [];
    for (const id of [...new Set(ids)].sort()) {
      const finding = await lockFinding(tx, id);
      if (!finding) return err("not_found");
      found.push(finding);
    }
    const refusal = judge(found);
    if (refusal) return err(refusal);
    let done = 0;
    for (const finding of found) {
      const by = { findingId: finding.id, actorId: viewer.userId };
      if (await act({ tx, admin: viewer, finding, by })) done++;
    }
    return ok({ done, left: found.length - done });
  });
}

/** Takes findings in hand that nobody has: whoever comes second is told that somebody has them. Twice by one person is once. */
export const takeFindings = (deps: Deps, viewer: Viewer, ids: readonly string[]) =>
  onEach(deps, viewer, ids, async ({ tx, admin, finding, by }) => {
    const taken = await takeFinding(tx, by);
    if (taken.ok && finding.ownerId !== admin.userId) await audit(tx, admin, finding, "taken");
    return taken.ok;
  });

/** Puts one's own findings back for everybody. */
export const leaveFindings = (deps: Deps, viewer: Viewer, ids: readonly string[]) =>
  onEach(deps, viewer, ids, async ({ tx, admin, finding, by }) => {
    if (finding.ownerId !== admin.userId) return false;
    const left = await assignLocked(tx, { ...by, ownerId: null });
    if (left.ok) await audit(tx, admin, finding, "assigned", { to: null });
    return left.ok;
  });

/** Writes a note to findings, open or closed; what is written is kept as text and shown as text. */
export const noteFindings = (
  deps: Deps,
  viewer: Viewer,
  { ids, note }: { ids: readonly string[]; note: string },
): Promise<Result<Worked, WorkRefusal>> =>
  onEach(deps, viewer, ids, async ({ tx, admin, finding, by }) => {
    const noted = await noteFinding(tx, { ...by, note });
    if (noted.ok) await audit(tx, admin, finding, "noted", { note: note.slice(0, limits.findingReasonMax) });
    return noted.ok;
  });

/** Accepts findings with one reason for all: more than one only of kinds that cost nobody anything. Those that are closed are left. */
export const acceptFindings = (
  deps: Deps,
  viewer: Viewer,
  { ids, reason }: { ids: readonly string[]; reason: string },
): Promise<Result<Worked, WorkRefusal>> =>
  onEach(
    deps,
    viewer,
    ids,
    async ({ tx, admin, finding, by }) => {
      const accepted = await acceptFinding(tx, { ...by, reason });
      if (accepted.ok) await audit(tx, admin, finding, "accepted", { reason });
      return accepted.ok;
    },
    (found) => {
      if (found.some(({ kind }) => isHeldByAudit(kind))) return "held_by_audit";
      const areSafe = found.length === 1 || found.every(({ kind }) => isAcceptableTogether(kind));
      return areSafe ? null : "not_safe_together";
    },
  );

/** Runs what changes one finding, for an admin who found it. */
function onOne(
  deps: Deps,
  viewer: Viewer,
  findingId: string,
  act: (chosen: Chosen) => Promise<Result<null, WorkRefusal>>,
): Promise<Result<null, WorkRefusal>> {
  if (viewer.kind !== "admin") return Promise.resolve(err("not_allowed"));
  return inTransaction<null, WorkRefusal>(deps.db, async (tx) => {
    const finding = await lockFinding(tx, findingId);
    if (!finding) return err("not_found");
    return act({ tx, admin: viewer, finding, by: { findingId, actorId: viewer.userId } });
  });
}

/** Gives a finding to an admin, or to nobody, if it is still whose the form said it was. */
export const assignFinding = (
  deps: Deps,
  viewer: Viewer,
  { findingId, ownerId, seenOwner }: { findingId: string; ownerId: string | null; seenOwner: string | null },
) =>
  onOne(deps, viewer, findingId, async ({ tx, admin, finding, by }) => {
    if (finding.ownerId === ownerId) return ok(null);
    if (finding.ownerId !== seenOwner) return err("conflict");
    const person = { id: ownerId ?? "", role: "admin", status: "active" };
    if (ownerId !== null && (await tx.appUser.count({ where: person })) === 0) return err("person_unknown");
    const assigned = await assignLocked(tx, { ...by, ownerId });
    if (!assigned.ok) return err("already_closed");
    await audit(tx, admin, finding, "assigned", { to: ownerId });
    return ok(null);
  });

/** Closes one finding by a person's word: dealt with elsewhere, or let stand. Of two who close at once, the second is told. */
export const closeFinding = (
  deps: Deps,
  viewer: Viewer,
  { findingId, as, reason }: { findingId: string; as: "resolved" | "accepted"; reason: string },
) =>
  onOne(deps, viewer, findingId, async ({ tx, admin, finding, by }) => {
    if (isHeldByAudit(finding.kind)) return err("held_by_audit");
    const closed =
      as === "accepted"
        ? await acceptFinding(tx, { ...by, reason })
        : await closeLocked(tx, { ...by, resolution: "by_hand", reason });
    if (!closed.ok) return err("already_closed");
    await audit(tx, admin, finding, as, { reason });
    return ok(null);
  });

/** Opens a closed finding again, with everything that ever happened to it. */
export const reopenFinding = (
  deps: Deps,
  viewer: Viewer,
  { findingId, reason }: { findingId: string; reason: string },
) =>
  onOne(deps, viewer, findingId, async ({ tx, admin, finding, by }) => {
    const reopened = await reopenByHand(tx, { ...by, note: reason });
    if (!reopened.ok) return err("still_open");
    await audit(tx, admin, finding, "reopened", { reason });
    return ok(null);
  });
