import { Prisma } from "@/lib/generated/prisma/client";
import { limits } from "@/lib/kernel/limits";
import type { Db, Tx } from "@/lib/platform/db";
import type { RemedyName } from "./kinds";

/** proposed: it waits for a second name. begun: it is under way, or whoever did it was killed. */
export type ActState = "proposed" | "begun" | "done" | "failed" | "refused";

/** Something that is done about a finding, once, whoever presses how often. */
export interface RemedyAct {
  readonly id: string;
  readonly findingId: string;
  readonly remedy: RemedyName;
  readonly input: Readonly<Record<string, string>>;
  /** What was looked at, for whoever begins it again after a kill; and the same in one short text. */
  readonly facts: unknown;
  readonly seen: string;
  readonly reason: string;
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
  readonly needsTwoNames: boolean;
  readonly state: ActState;
  readonly outcome: string | null;
  /** Null: the shop's policy. */
  readonly proposedBy: string | null;
  readonly decidedBy: string | null;
  /** Whoever began it may still be at it. */
  readonly isLeased: boolean;
}

export type ActDraft = Omit<RemedyAct, "state" | "outcome" | "decidedBy" | "isLeased">;

const COLUMNS = Prisma.sql`
  id, finding_id AS "findingId", remedy, input, facts, seen, reason, amount_minor AS "amountMinor", currency, needs_two_names AS "needsTwoNames", state,
  outcome, proposed_by AS "proposedBy", decided_by AS "decidedBy", coalesce(leased_until > clock_timestamp(), false) AS "isLeased"`;

/** One act, or null. Read it after its finding's lock: all that changes it holds that. */
export async function findAct(db: Db | Tx, id: string): Promise<RemedyAct | null> {
  const rows = await db.$queryRaw<RemedyAct[]>`SELECT ${COLUMNS} FROM remedy_act WHERE id = ${id}::uuid`;
  return rows[0] ?? null;
}

/** What is under way about a finding, or waits for a second name; there is at most one. */
export async function findGoing(tx: Tx, findingId: string): Promise<RemedyAct | null> {
  const rows = await tx.$queryRaw<RemedyAct[]>`
    SELECT ${COLUMNS} FROM remedy_act WHERE finding_id = ${findingId}::uuid AND state IN ('proposed', 'begun')`;
  return rows[0] ?? null;
}

/** How often something was done about a finding: of two who looked at the same, one has looked before the other's act. */
export async function countDone(db: Db | Tx, findingId: string): Promise<number> {
  const [row] = await db.$queryRaw<[{ n: number }]>`
    SELECT count(*)::int AS n FROM remedy_act WHERE finding_id = ${findingId}::uuid AND state = 'done'`;
  return row.n;
}

/** Puts an act on record: begun, or waiting for a second name. The caller has locked the finding and found nothing under way. */
export async function insertAct(tx: Tx, draft: ActDraft): Promise<void> {
  const state = draft.needsTwoNames ? "proposed" : "begun";
  await tx.$executeRaw`
    INSERT INTO remedy_act (id, finding_id, remedy, input, facts, seen, reason, amount_minor, currency, needs_two_names, state, proposed_by, leased_until)
    VALUES (${draft.id}::uuid, ${draft.findingId}::uuid, ${draft.remedy}, ${JSON.stringify(draft.input)}::jsonb, ${JSON.stringify(draft.facts)}::jsonb, ${draft.seen}, ${draft.reason},
            ${draft.amountMinor}::bigint, ${draft.currency}, ${draft.needsTwoNames}, ${state}, ${draft.proposedBy}::uuid,
            CASE WHEN ${state} = 'begun' THEN clock_timestamp() + make_interval(secs => ${limits.remedyLeaseSeconds}::int) END)`;
}

/** Begins it, or begins it again after a kill, for as long as one may be at it. The second name, where it has one, is kept with it. */
export async function beginAct(tx: Tx, id: string, decidedBy: string | null): Promise<void> {
  await tx.$executeRaw`
    UPDATE remedy_act
       SET state = 'begun', leased_until = clock_timestamp() + make_interval(secs => ${limits.remedyLeaseSeconds}::int),
           decided_by = coalesce(decided_by, ${decidedBy}::uuid),
           decided_at = CASE WHEN ${decidedBy}::uuid IS NULL THEN decided_at ELSE coalesce(decided_at, date_trunc('milliseconds', clock_timestamp())) END
     WHERE id = ${id}::uuid AND state IN ('proposed', 'begun')`;
}

/** Ends it, once: false when it was over. */
export async function endAct(
  tx: Db | Tx,
  id: string,
  end: { readonly state: "done" | "failed" | "refused"; readonly outcome: string; readonly decidedBy?: string },
): Promise<boolean> {
  const { state, outcome, decidedBy = null } = end;
  const ended = await tx.$executeRaw`
    UPDATE remedy_act
       SET state = ${state}, outcome = ${outcome}, finished_at = date_trunc('milliseconds', clock_timestamp()), leased_until = NULL,
           decided_by = coalesce(decided_by, ${decidedBy}::uuid),
           decided_at = CASE WHEN ${decidedBy}::uuid IS NULL THEN decided_at ELSE coalesce(decided_at, date_trunc('milliseconds', clock_timestamp())) END
     WHERE id = ${id}::uuid AND state IN ('proposed', 'begun')`;
  return ended === 1;
}

/** Lets go of an act whose doing broke, so that it can be begun again at once. */
export async function letGo(db: Db, id: string): Promise<void> {
  await db.$executeRaw`UPDATE remedy_act SET leased_until = NULL WHERE id = ${id}::uuid AND state = 'begun'`;
}

/** An act as the finding's page lists it. */
export interface ActRow extends RemedyAct {
  readonly proposedAt: Date;
  readonly proposedByEmail: string | null;
  readonly decidedByEmail: string | null;
}

/** What was done about a finding, the newest first; the caller has found it. */
export const listActs = (db: Db, findingId: string): Promise<ActRow[]> =>
  db.$queryRaw`
    SELECT ${COLUMNS}, proposed_at AS "proposedAt", (SELECT email FROM app_user u WHERE u.id = proposed_by) AS "proposedByEmail",
           (SELECT email FROM app_user u WHERE u.id = decided_by) AS "decidedByEmail"
      FROM remedy_act WHERE finding_id = ${findingId}::uuid ORDER BY proposed_at DESC, id DESC LIMIT ${limits.findingHistoryMax}::int`;
