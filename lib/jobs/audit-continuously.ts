import { auditContinuously } from "@/lib/features/audit";
import { settleAudit } from "@/lib/flows/settle-audit";
import { limits } from "@/lib/kernel/limits";
import { getMetrics } from "@/lib/platform/metrics";
import { shippedMigrations } from "@/lib/platform/migrate";
import type { Job } from "./job";

/** Judges what was touched since the last pass, within seconds; of several processes one at a time. */
export const auditContinuouslyJob: Job = {
  name: "audit-continuously",
  everySeconds: 2,
  timeoutSeconds: 60,
  batch: limits.auditWindowRows,
  async run({ deps, urls }) {
    const pass = await auditContinuously(urls.audit, {
      migrations: shippedMigrations(),
      settle: (ended) => settleAudit(deps, ended),
    });
    if (pass?.unfinished) getMetrics().auditUnfinished.inc({ pass: "continuous" });
    return pass?.touched ?? 0;
  },
};
