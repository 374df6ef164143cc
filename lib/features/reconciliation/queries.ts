import { limits } from "@/lib/kernel/limits";
import type { Viewer } from "@/lib/kernel/viewer";
import type { Db } from "@/lib/platform/db";
import type { FindingKind } from "./kinds";
import type { RunMode, RunScope, RunState } from "./runs";

interface Reads {
  readonly db: Db;
}
/** Runs cross every merchant, so only an admin sees any. */
type Admin = Extract<Viewer, { kind: "admin" }>;

/** A run as people watch it. */
export interface RunView {
  readonly id: string;
  readonly mode: RunMode;
  readonly scope: RunScope;
  readonly state: RunState;
  readonly stage: string;
  readonly doneSteps: number;
  readonly allSteps: number;
  readonly compared: bigint;
  readonly found: number;
  readonly closed: number;
  readonly counts: Readonly<Partial<Record<FindingKind, number>>>;
  readonly requestedBy: string | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly failure: string | null;
}

/** The runs, those under way first and then the newest; the continuous one stands above all. */
export async function listRuns({ db }: Reads, _viewer: Admin): Promise<RunView[]> {
  return db.$queryRaw<RunView[]>`
    SELECT r.id::text, r.mode, r.scope, r.state, r.stage, r.done_steps AS "doneSteps", r.all_steps AS "allSteps", r.compared, r.found, r.closed, r.counts,
           u.email AS "requestedBy", r.created_at AS "createdAt", r.started_at AS "startedAt", r.finished_at AS "finishedAt", r.failure
      FROM reconciliation_run r LEFT JOIN app_user u ON u.id = r.requested_by
     ORDER BY r.mode <> 'continuous', r.state NOT IN ('running', 'waiting'), r.created_at DESC, r.id DESC LIMIT ${limits.reconcileRunsListed}::int`;
}

/** How a run ended, and how many findings that it found are open, by kind. */
export interface RunOutcome {
  readonly state: RunState;
  readonly failure: string | null;
  readonly compared: bigint;
  readonly closed: number;
  readonly open: readonly { readonly kind: FindingKind; readonly count: number }[];
}

/** What a run came to, for whoever waited for it. */
export async function readRunOutcome({ db }: Reads, runId: string): Promise<RunOutcome> {
  const run = await db.reconciliationRun.findUniqueOrThrow({ where: { id: runId } });
  const open = await db.$queryRaw<{ kind: FindingKind; count: number }[]>`
    SELECT kind, count(*)::int AS count FROM finding WHERE run_id = ${runId}::uuid AND status IN ('open', 'in_work') GROUP BY kind ORDER BY count(*) DESC, kind`;
  const { state, failure, compared, closed } = run;
  return { state: state as RunState, failure, compared, closed, open };
}
