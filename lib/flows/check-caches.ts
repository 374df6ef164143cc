import { setTimeout as sleep } from "node:timers/promises";
import { compareAllFigures, compareSomeFigures, type FiguresCompared } from "@/lib/features/catalog/compare-figures";
import { keptPages } from "@/lib/features/catalog/kept-pages";
import { queryPageVersions } from "@/lib/features/catalog/page-versions";
import { resolveFinding } from "@/lib/features/reconciliation/findings";
import { OPEN_STATUSES } from "@/lib/features/reconciliation/kinds";
import { renewFindings } from "@/lib/features/reconciliation/renew-findings";
import { limits } from "@/lib/kernel/limits";
import { ok } from "@/lib/kernel/result";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { getMetrics } from "@/lib/platform/metrics";
import { mailAdmins } from "./mail-admins";

const KIND = "cache_drift";
type CacheName = "stock" | "pages";

export interface CacheReport extends FiguresCompared {
  readonly cache: CacheName;
}

const isOpen = async ({ db }: Pick<Deps, "db">, cache: CacheName): Promise<boolean> =>
  (await db.finding.count({ where: { kind: KIND, subject: cache, status: { in: [...OPEN_STATUSES] } } })) > 0;

/** A part of the figures, or, when one of it is wrong or a finding waits for its end, all of them. */
async function compareStock(deps: Deps, isFull: boolean): Promise<FiguresCompared> {
  const some = isFull ? null : await compareSomeFigures(deps);
  if (some && (some.outcome !== "compared" || (some.drifted === 0 && !(await isOpen(deps, "stock"))))) return some;
  const all = await compareAllFigures(deps);
  return some ? { ...all, drifted: all.drifted + some.drifted, missing: all.missing + some.missing } : all;
}

const NO_PAGES = { compared: 0, drifted: 0, missing: 0, strays: 0, isWhole: true } as const;

/**
 * Whether this process would answer pages under versions that are not the database's. It may be behind by as long as it believes what it read;
 * only what stands longer than that, while the database stood still, is wrong.
 */
async function comparePages(deps: Deps): Promise<FiguresCompared> {
  const pages = keptPages(deps);
  if (!pages) return { ...NO_PAGES, outcome: "absent" };
  let versions = await queryPageVersions(deps);
  let standing = await pages.standing();
  if (standing && standing.versions !== versions) {
    versions = await queryPageVersions(deps);
    await sleep(limits.pageVersionReadMs + 50);
    standing = await pages.standing();
    // It changed again: the next check looks again.
    if (versions !== (await queryPageVersions(deps))) return { ...NO_PAGES, outcome: "unanswered" };
  }
  if (!standing) return { ...NO_PAGES, outcome: "unanswered" };
  const { count } = standing;
  if (standing.versions === versions) return { ...NO_PAGES, outcome: "compared", compared: count };
  pages.drop();
  return { ...NO_PAGES, outcome: "compared", compared: Math.max(1, count), drifted: Math.max(1, count) };
}

const percentOf = ({ compared, drifted }: FiguresCompared): number =>
  compared === 0 ? (drifted > 0 ? 100 : 0) : Math.min(100, (100 * drifted) / compared);

/** Opens the finding of a cache that drifts beyond the bound and tells the admins; closes it when a whole check finds nothing wrong. */
async function settle(deps: Deps, report: CacheReport): Promise<void> {
  const { cache, compared, drifted, missing, strays, outcome, isWhole } = report;
  const percent = percentOf(report);
  if (percent > limits.cacheDriftPercent) {
    await inTransaction(deps.db, async (tx) => {
      const detail = {
        cache,
        compared: String(compared),
        drifted: String(drifted),
        percent: String(Math.round(percent * 10) / 10),
      };
      const { opened, reopened } = await renewFindings(tx, [{ kind: KIND, subject: cache, look: cache, detail }]);
      const { id } = await tx.finding.findUniqueOrThrow({
        where: { kind_subject: { kind: KIND, subject: cache } },
        select: { id: true },
      });
      const pauseMinutes = limits.cacheAlarmPauseMinutes;
      if (opened + reopened > 0)
        await mailAdmins(tx, deps, { kind: KIND, findingId: id, pauseMinutes, countsSent: true });
      return ok(null);
    });
    deps.log.error("cache.drifted", { cache, compared, drifted, missing, strays });
    return;
  }
  if (drifted > 0) deps.log.warn("cache.mended", { cache, compared, drifted, missing, strays });
  // Without Redis there is nothing left that could be wrong; a process without pages knows nothing of those of others.
  const isClean = outcome === "compared" ? isWhole && drifted === 0 : outcome === "absent" && cache === "stock";
  if (!isClean || !(await isOpen(deps, cache))) return;
  await inTransaction(deps.db, async (tx) => {
    await resolveFinding(tx, { kind: KIND, subject: cache, resolution: "mended" });
    return ok(null);
  });
}

function observe(report: CacheReport): void {
  const { cache, compared, drifted, missing, strays, outcome } = report;
  const { cacheDrift, cacheCompared } = getMetrics();
  if (outcome === "compared") cacheDrift.set({ cache }, percentOf(report) / 100);
  if (outcome === "unanswered") cacheCompared.inc({ cache, outcome: "unanswered" });
  cacheCompared.inc({ cache, outcome: "agreed" }, Math.max(0, compared - drifted - missing));
  cacheCompared.inc({ cache, outcome: "drifted" }, drifted);
  cacheCompared.inc({ cache, outcome: "missing" }, missing);
  cacheCompared.inc({ cache, outcome: "stray" }, strays);
}

/**
 * Holds what is kept beside the database against it: the figures of stock in Redis, a part each time or all, and the versions of the pages that
 * this process keeps. What is wrong is deleted and built anew from the database, never the other way round; beyond one in a hundred the admins
 * are told. Redis may be gone, slow or forged: the check ends in time, and writes nothing but the finding.
 */
export async function checkCaches(deps: Deps, { isFull = false } = {}): Promise<CacheReport[]> {
  const reports: CacheReport[] = [
    { ...(await compareStock(deps, isFull)), cache: "stock" },
    { ...(await comparePages(deps)), cache: "pages" },
  ];
  for (const report of reports) {
    observe(report);
    await settle(deps, report);
  }
  return reports;
}
