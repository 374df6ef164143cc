import { auditFully } from "@/lib/features/audit";
import { probeSecrets } from "@/lib/flows/probe-secrets";
import { settleAudit } from "@/lib/flows/settle-audit";
import { getMetrics } from "@/lib/platform/metrics";
import { shippedMigrations } from "@/lib/platform/migrate";
import type { Job } from "./job";

/** Judges everything when that is due: at least once a day, in slices if it is long; and then opens a sample of ciphertexts. */
export const auditFullyJob: Job = {
  name: "audit-fully",
  everySeconds: 60,
  timeoutSeconds: 3_600,
  async run({ deps, urls }) {
    const pass = await auditFully(urls.audit, {
      migrations: shippedMigrations(),
      settle: (ended) => settleAudit(deps, ended),
    });
    if (!pass) return 0;
    if (pass.unfinished) getMetrics().auditUnfinished.inc({ pass: "full" });
    else await probeSecrets(deps, urls.owner);
    return pass.results.length;
  },
};
