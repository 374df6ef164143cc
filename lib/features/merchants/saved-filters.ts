import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { type Db, inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

/** The lists whose filters people keep. */
export type FilteredList = "orders" | "findings";

interface SavedFilter {
  readonly name: string;
  readonly query: string;
}

/** Keeps a filter of a list under a name of the viewer's own; the same name again is the new filter. */
export function saveFilter(
  deps: Deps,
  { userId }: Viewer,
  { name, query }: SavedFilter,
  list: FilteredList = "orders",
): Promise<Result<null, "too_many_filters">> {
  return inTransaction<null, "too_many_filters">(deps.db, async (tx) => {
    const key = { userId, list, name };
    const known = await tx.savedFilter.count({ where: { userId, list, name: { not: name } } });
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

/** The viewer's own filters of a list, by name. */
export const listFilters = ({ db }: { readonly db: Db }, { userId }: Viewer, list: FilteredList = "orders") =>
  db.savedFilter.findMany({
    where: { userId, list },
    orderBy: { name: "asc" },
    take: limits.savedFiltersMax,
  });
