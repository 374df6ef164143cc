import { type AuditReport, runAudit } from "@/lib/features/audit";
import { type Resumption, resumeAudited as resume } from "@/lib/flows/resume-audited";
import type { Viewer } from "@/lib/kernel/viewer";
import { databaseUrls } from "@/lib/platform/database-urls";
import type { Deps } from "@/lib/platform/deps";
import { shippedMigrations } from "@/lib/platform/migrate";
import { singleton } from "@/lib/platform/singleton";

interface Board {
  last: AuditReport | null;
  running: Promise<AuditReport> | null;
}
const board = () => singleton<Board>("proof-board", () => ({ last: null, running: null }));

/** What the last check of this process found, or null. */
export const lastProof = (): AuditReport | null => board().last;

/** Checks every invariant now, under the role that can only read. Whoever asks while a check runs gets that check's answer. */
export function runProof(): Promise<AuditReport> {
  const state = board();
  state.running ??= runAudit(databaseUrls().audit, { migrations: shippedMigrations() })
    .then((report) => {
      state.last = report;
      return report;
    })
    .finally(() => {
      state.running = null;
    });
  return state.running;
}

/** Closes a finding of the audit; what it found is asked about again under the role that can only read. */
export const resumeAudited = (deps: Deps, resumption: Resumption & { viewer: Extract<Viewer, { kind: "admin" }> }) =>
  resume(deps, databaseUrls().audit, resumption);
