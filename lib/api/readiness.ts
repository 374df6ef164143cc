import { listAppliedMigrations } from "@/lib/features/health/queries";
import { limits } from "@/lib/kernel/limits";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { shippedMigrations } from "@/lib/platform/migrate";

export type NotReady = "draining" | "database_unreachable" | "migrations_missing";

interface State {
  isDraining: boolean;
  readonly expected: readonly string[];
}

const stateOf = (deps: Deps): State =>
  ofDeps<State>(deps, "api.readiness", () => ({ isDraining: false, expected: shippedMigrations() }));

/** From now on the process says that it is not ready, so that a balancer stops sending before connections are closed. */
export function startDraining(deps: Deps): void {
  stateOf(deps).isDraining = true;
}

/** Null when this process can sell: the database answers in time and has every migration that this build needs. */
export async function findReasonNotReady(deps: Deps): Promise<NotReady | null> {
  const { isDraining, expected } = stateOf(deps);
  if (isDraining) return "draining";
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), limits.readinessTimeoutMs);
  });
  try {
    const applied = await Promise.race([listAppliedMigrations(deps), timeout]);
    if (applied === null) return "database_unreachable";
    return expected.every((name) => applied.includes(name)) ? null : "migrations_missing";
  } catch {
    return "database_unreachable";
  } finally {
    clearTimeout(timer);
  }
}
