import { limits } from "@/lib/kernel/limits";
import type { Db } from "@/lib/platform/db";

/** The findings about caches, the latest first. */
export const listDrifts = ({ db }: { readonly db: Db }) =>
  db.finding.findMany({
    where: { kind: "cache_drift" },
    orderBy: { lastFoundAt: "desc" },
    take: limits.overviewRows,
    select: {
      id: true,
      subject: true,
      status: true,
      openedAt: true,
      lastFoundAt: true,
      resolvedAt: true,
      detail: true,
    },
  });
