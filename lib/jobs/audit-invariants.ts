import { runAudit } from "@/lib/features/audit";
import { getMetrics } from "@/lib/platform/metrics";
import type { Job } from "./job";

/** Judges the invariants and shows the count of broken ones as a metric, so that an operator hears of it first. */
export const auditInvariantsJob: Job = {
  name: "audit-invariants",
  everySeconds: 600,
  timeoutSeconds: 600,
  async run({ deps, auditUrl }) {
    const { results } = await runAudit(auditUrl);
    const { invariantViolations } = getMetrics();
    for (const { id, ok, rows, failure } of results) {
      invariantViolations.set({ invariant: id }, ok ? 0 : Math.max(1, rows.length));
      if (!ok) deps.log.error("audit.violated", { invariant: id, rows: rows.length, failure });
    }
    return results.length;
  },
};
