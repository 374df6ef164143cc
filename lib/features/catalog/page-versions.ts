import { limits } from "@/lib/kernel/limits";
import { type Deps, ofDeps } from "@/lib/platform/deps";

interface Known {
  readonly readAt: number;
  readonly versions: Promise<string>;
}

/**
 * What every cached catalogue page depends on, as one text: it changes whenever the catalogue or a stock band does, in
 * whichever process that happened. Read at most once in `limits.pageVersionReadMs` per process; rejects when the database
 * does not answer, and a page whose version is unknown is not taken from a cache.
 */
export function readPageVersions(deps: Deps): Promise<string> {
  const state = ofDeps(deps, "catalog.page-versions", () => ({ known: null as Known | null }));
  const now = deps.clock.elapsed();
  if (state.known && now - state.known.readAt < limits.pageVersionReadMs) return state.known.versions;
  const known: Known = { readAt: now, versions: queryPageVersions(deps) };
  state.known = known;
  known.versions.catch(() => {
    if (state.known === known) state.known = null;
  });
  return known.versions;
}

/** Has the next page ask the database, whatever this process believes. */
export function forgetPageVersions(deps: Deps): void {
  ofDeps(deps, "catalog.page-versions", () => ({ known: null as Known | null })).known = null;
}

/** The same text from the database at this moment. */
export async function queryPageVersions({ db }: Pick<Deps, "db">): Promise<string> {
  const rows = await db.pageVersion.findMany({ orderBy: { name: "asc" } });
  return rows.map(({ name, version }) => `${name}=${version}`).join("&");
}
