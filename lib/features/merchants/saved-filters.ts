import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { type Db, inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import type { SavedFilterForm } from "./schema";

/** Keeps a filter of the list of orders under a name of the viewer's own; the same name again is the new filter. */
export function saveFilter(
  deps: Deps,
  { userId }: Viewer,
  { name, query }: SavedFilterForm,
): Promise<Result<null, "too_many_filters">> {
  return inTransaction<null, "too_many_filters">(deps.db, async (tx) => {
    const key = { userId, list: "orders", name };
    const known = await tx.savedFilter.count({ where: { userId, list: "orders", name: { not: name } } });
    if (known >= limits.savedFiltersMax) return err("too_many_filters");
    await tx.savedFilter.upsert({
      where: { userId_list_name: key },
      create: { id: newId(), ...key, query },
      update: { query },
    });
    return ok(null);
  });
}

/** Forgets one of the viewer's own; one that is not there is forgotten already. */
export async function forgetFilter(
  { db }: Pick<Deps, "db">,
  { userId }: Viewer,
  filterId: string,
): Promise<Result<null, never>> {
  await db.savedFilter.deleteMany({ where: { id: filterId, userId } });
  return ok(null);
}

/** The viewer's own filters of the list of orders, by name. */
export const listFilters = ({ db }: { readonly db: Db }, { userId }: Viewer) =>
  db.savedFilter.findMany({
    where: { userId, list: "orders" },
    orderBy: { name: "asc" },
    take: limits.savedFiltersMax,
  });
