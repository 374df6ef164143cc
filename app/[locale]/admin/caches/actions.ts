"use server";

import { refresh } from "next/cache";
import { action } from "@/lib/entry/action";
import { adminOnly } from "@/lib/entry/guards";
import { NoFields } from "@/lib/features/identity/schema";
import { type CacheReport, checkCaches } from "@/lib/flows/check-caches";
import { rebuildCaches } from "@/lib/flows/rebuild-caches";
import { ok } from "@/lib/kernel/result";

/** Of the figures in Redis: the pages are kept, and compared, by the process in front of this one. */
const stockOf = (reports: readonly CacheReport[]) => reports.find(({ cache }) => cache === "stock");

/** Its report is what the form shows. */
export const checkCachesAction = action({
  schema: NoFields,
  guards: [adminOnly],
  run: async ({ deps }) => ok(await checkCaches(deps, { isFull: true })),
  onOk: (reports) => {
    refresh();
    return stockOf(reports);
  },
});

export const rebuildCachesAction = action({
  schema: NoFields,
  guards: [adminOnly],
  run: ({ deps, viewer }) => rebuildCaches(deps, viewer),
  onOk: (reports) => {
    refresh();
    return stockOf(reports);
  },
});
