import { findFinding } from "@/lib/features/reconciliation/find-finding";
import {
  beginAct,
  countDone,
  endAct,
  findAct,
  findGoing,
  insertAct,
  type RemedyAct,
} from "@/lib/features/reconciliation/remedy-acts";
import { lockFinding, recordRemedy } from "@/lib/features/reconciliation/work-on-finding";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Proven, Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { carryOut } from "./carry-out-remedy";
import { type AskedRemedy, lookAtAct, lookAtRemedy, type Standing } from "./preview-remedy";
import { findRemedy } from "./remedies/registry";
import type { Admin } from "./remedies/remedy";

export interface ApplyRemedy extends AskedRemedy {
  /** Made with the preview; the same form sent twice is one act. */
  readonly actId: string;
  /** What was looked at: anything else by now, and nothing happens. */
  readonly seen: string;
  readonly reason: string;
}

/** done: it was, now or before. waiting: for a second name. */
export type Applied = { readonly state: "done" | "waiting"; readonly outcome: string };

/**
 * - order_changed: it is not as it was looked at · under_way: somebody is at it · act_over: it was refused, or came to nothing
 * - request_conflict: the id stands for something else · step_up: who asks must show first who they are
 * - own_proposal: nobody is his own second name · and whatever the remedy itself refuses
 */
export type RemedyRefusal =
  | "not_allowed"
  | "not_found"
  | "already_closed"
  | "order_changed"
  | "under_way"
  | "act_over"
  | "request_conflict"
  | "step_up"
  | "own_proposal"
  | (string & {});

/** What begins: an act that is to be carried out now; or what it has come to already. */
type Begun = { readonly act: RemedyAct; readonly isMine: boolean };

const isProven = (viewer: Admin): viewer is Proven<Admin> => "stepUp" in viewer;

const isSame = (known: RemedyAct, cmd: ApplyRemedy): boolean =>
  known.findingId === cmd.findingId &&
  known.remedy === cmd.remedy &&
  JSON.stringify(Object.entries(known.input).sort()) === JSON.stringify(Object.entries(cmd.input).sort());

/** What an act that is on record has come to, or that it goes on now, since whoever was at it is not any more. */
async function resume(tx: Tx, known: RemedyAct): Promise<Result<Begun, RemedyRefusal>> {
  if (known.state === "done" || known.state === "proposed") return ok({ act: known, isMine: false });
  if (known.state !== "begun") return err("act_over");
  if (known.isLeased) return err("under_way");
  await beginAct(tx, known.id, null);
  return ok({ act: known, isMine: true });
}

/** Puts the act on record, alone at its finding; or finds it there. */
async function begin(
  tx: Tx,
  viewer: Admin,
  { cmd, standing }: { readonly cmd: ApplyRemedy; readonly standing: Result<Standing, RemedyRefusal> },
): Promise<Result<Begun, RemedyRefusal>> {
  const finding = await lockFinding(tx, cmd.findingId);
  if (!finding) return err("not_found");
  const known = await findAct(tx, cmd.actId);
  if (known) return isSame(known, cmd) ? resume(tx, known) : err("request_conflict");
  const going = await findGoing(tx, cmd.findingId);
  if (going?.state === "proposed" || going?.isLeased) return err("under_way");
  // Begun by somebody who was killed: what it has written is seen by the look, and this act takes its place.
  if (going) await endAct(tx, going.id, { state: "failed", outcome: "left_behind" });
  if (!standing.ok) return standing;
  const { look, seen, done, needsTwoNames, remedy } = standing.value;
  // Counted under the lock: of two who looked at the same moment, the second one's look is of before.
  if (seen !== cmd.seen || done !== (await countDone(tx, cmd.findingId))) return err("order_changed");
  if (finding.status !== "open" && finding.status !== "in_work") return err("already_closed");
  const draft = {
    id: cmd.actId,
    findingId: cmd.findingId,
    remedy: remedy.name,
    input: cmd.input,
    facts: look.facts,
    seen,
    reason: cmd.reason,
    amountMinor: look.money?.amountMinor ?? null,
    currency: look.money?.currency ?? null,
    needsTwoNames,
    proposedBy: viewer.userId,
  };
  await insertAct(tx, draft);
  if (needsTwoNames) await tellProposal(tx, viewer, { ...draft, merchantId: finding.merchantId });
  const state = needsTwoNames ? "proposed" : "begun";
  return ok({ act: { ...draft, state, outcome: null, decidedBy: null, isLeased: true }, isMine: !needsTwoNames });
}

async function tellProposal(
  tx: Tx,
  viewer: Admin,
  act: Pick<RemedyAct, "id" | "findingId" | "remedy" | "reason"> & { readonly merchantId: string | null },
): Promise<void> {
  const { findingId, remedy, reason, merchantId } = act;
  const detail = { outcome: "proposed" };
  await recordRemedy(tx, { findingId, actorId: viewer.userId, remedy, note: reason, detail });
  await recordAudit(tx, {
    actor: viewer,
    action: "finding.remedy_proposed",
    subjectKind: "finding",
    subjectId: findingId,
    merchantId,
    detail: { remedy, actId: act.id, reason },
  });
}

/**
 * Does something about a finding: what was previewed and nothing else, through the flows that do the same elsewhere. Once for each intention,
 * whoever presses how often; one at a time for each finding; not at all when anything that was looked at has changed. Much money waits for a
 * second name. Killed in the middle, it is begun again by the same form, or by anybody after a while.
 */
export async function applyRemedy(
  deps: Deps,
  auditUrl: string,
  { viewer, cmd }: { readonly viewer: Viewer; readonly cmd: ApplyRemedy },
): Promise<Result<Applied, RemedyRefusal>> {
  if (viewer.kind !== "admin") return err("not_allowed");
  const finding = await findFinding(deps.db, viewer, cmd.findingId);
  if (!finding) return err("not_found");
  if (findRemedy(cmd.remedy)?.needsProof && !isProven(viewer)) return err("step_up");
  // Before the transaction, which holds a connection and must not wait for a second one.
  const standing = await lookAtRemedy(deps, viewer, finding, cmd);
  const begun = await inTransaction(deps.db, (tx) => begin(tx, viewer, { cmd, standing }));
  if (!begun.ok) return begun;
  const { act, isMine } = begun.value;
  if (isMine) return carryOut(deps, viewer, act, auditUrl);
  return ok({ state: act.state === "proposed" ? "waiting" : "done", outcome: act.outcome ?? "proposed" });
}

interface Decision {
  readonly actId: string;
  readonly isConfirmed: boolean;
}

/** Ends what waits for a second name, by anybody's word; its proposer may take it back. */
async function refuse(tx: Tx, viewer: Admin, act: RemedyAct): Promise<Result<Applied, RemedyRefusal>> {
  if (!(await endAct(tx, act.id, { state: "refused", outcome: "refused", decidedBy: viewer.userId })))
    return err("act_over");
  const { findingId, remedy } = act;
  await recordRemedy(tx, { findingId, actorId: viewer.userId, remedy, detail: { outcome: "refused" } });
  await recordAudit(tx, {
    actor: viewer,
    action: "finding.remedy_refused",
    subjectKind: "finding",
    subjectId: findingId,
    detail: { remedy, actId: act.id },
  });
  return ok({ state: "done", outcome: "refused" });
}

/**
 * The second name, of somebody else than the first: from that moment it is done, if it still is what was looked at. Or the word that ends it.
 * Of two who decide at once, the second is told.
 */
export async function decideRemedy(
  deps: Deps,
  auditUrl: string,
  { viewer, actId, isConfirmed }: Decision & { readonly viewer: Viewer },
): Promise<Result<Applied, RemedyRefusal>> {
  if (viewer.kind !== "admin") return err("not_allowed");
  const known = await findAct(deps.db, actId);
  if (!known) return err("not_found");
  if (!isConfirmed)
    return inTransaction(deps.db, async (tx) => {
      await lockFinding(tx, known.findingId);
      return refuse(tx, viewer, known);
    });
  if (known.proposedBy === viewer.userId) return err("own_proposal");
  if (findRemedy(known.remedy)?.needsProof && !isProven(viewer)) return err("step_up");
  const standing = await lookAtAct(deps, viewer, known);
  const begun = await inTransaction<RemedyAct, RemedyRefusal>(deps.db, async (tx) => {
    await lockFinding(tx, known.findingId);
    const act = await findAct(tx, actId);
    if (act?.state === "begun" && act.decidedBy === viewer.userId && !act.isLeased) {
      await beginAct(tx, actId, null);
      return ok(act);
    }
    if (act?.state !== "proposed") return err("act_over");
    if (!standing.ok) return standing;
    if (standing.value.seen !== act.seen) return err("order_changed");
    await beginAct(tx, actId, viewer.userId);
    return ok(act);
  });
  return begun.ok ? carryOut(deps, viewer, begun.value, auditUrl) : begun;
}
