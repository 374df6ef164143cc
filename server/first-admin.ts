import { ensureFirstAdmin } from "@/lib/features/identity/accounts";
import type { DemoPerson } from "@/lib/features/identity/demo-people";
import { createSetupLink } from "@/lib/features/identity/setup-link";
import type { Secret } from "@/lib/kernel/secret";
import type { Deps } from "@/lib/platform/deps";

/** How the person at the terminal gets in. */
export interface WayIn {
  readonly people: readonly DemoPerson[];
  /** Null unless nobody can administer the shop yet. */
  readonly setupLink: Secret | null;
}

/** Makes sure that somebody can administer the shop, or can become that somebody by a link that works once. */
export async function findWayIn(deps: Deps, people: readonly DemoPerson[]): Promise<WayIn> {
  const admin = await ensureFirstAdmin(deps);
  return { people, setupLink: admin === "missing" ? await createSetupLink(deps) : null };
}
