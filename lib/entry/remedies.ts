import { type ApplyRemedy, applyRemedy as apply, decideRemedy as decide } from "@/lib/flows/apply-remedy";
import type { Viewer } from "@/lib/kernel/viewer";
import { databaseUrls } from "@/lib/platform/database-urls";
import type { Deps } from "@/lib/platform/deps";

/** Does something about a finding; what an audit found is asked about again under the role that can only read. */
export const applyRemedy = (deps: Deps, viewer: Viewer, cmd: ApplyRemedy) =>
  apply(deps, databaseUrls().audit, { viewer, cmd });

/** The second name, or the word that ends what waits for one. */
export const decideRemedy = (deps: Deps, viewer: Viewer, decision: { actId: string; isConfirmed: boolean }) =>
  decide(deps, databaseUrls().audit, { viewer, ...decision });
