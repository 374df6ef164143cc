import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { type Db, inTransaction, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { isUniqueViolation } from "./save-product";
import type { CategoryForm } from "./schema";

type Admin = Extract<Viewer, { kind: "admin" }>;

export interface CategoryRow {
  readonly id: string;
  readonly parentId: string | null;
  readonly slug: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly position: number;
  readonly products: number;
  /** 0 at the top. */
  readonly depth: number;
}

/** All categories as a tree read from top to bottom: each behind its parent, beside its siblings by position. */
export async function readCategoryTree({ db }: { readonly db: Db | Tx }): Promise<CategoryRow[]> {
  return db.$queryRaw`
    WITH RECURSIVE tree AS (
      SELECT c.*, 0 AS depth, ARRAY[lpad((c.position + 1000000)::text, 8, '0') || c.slug] AS path FROM category c WHERE c.parent_id IS NULL
      UNION ALL
      SELECT c.*, t.depth + 1, t.path || (lpad((c.position + 1000000)::text, 8, '0') || c.slug) FROM category c JOIN tree t ON c.parent_id = t.id
       WHERE t.depth < ${limits.categoryDepthMax}::int)
    SELECT t.id, t.parent_id AS "parentId", t.slug, t.title_zh AS "titleZh", t.title_en AS "titleEn", t.position, t.depth,
           (SELECT count(*)::int FROM product p WHERE p.category_id = t.id) AS products
      FROM tree t ORDER BY t.path LIMIT ${limits.categoriesMax}::int`;
}

export type CategoryRefusal = "not_found" | "slug_taken" | "category_circle" | "category_deep" | "too_many_categories";

/** Locked whole and first: two moves at once could each be right and together make a circle. */
const lockTree = (tx: Tx) => tx.$executeRaw`LOCK TABLE category IN SHARE ROW EXCLUSIVE MODE`;

/** Adds or changes a category of the platform. It never ends up below itself, nor deeper than pages show. */
export async function saveCategory(
  deps: Deps,
  viewer: Admin,
  { categoryId, ...fields }: CategoryForm,
): Promise<Result<null, CategoryRefusal>> {
  try {
    return await inTransaction<null, CategoryRefusal>(deps.db, async (tx) => {
      await lockTree(tx);
      const tree = await readCategoryTree({ db: tx });
      const placed = judgePlace(tree, categoryId, fields.parentId);
      if (!placed.ok) return placed;
      const id = categoryId === "" ? newId() : categoryId;
      if (categoryId === "") {
        if (tree.length >= limits.categoriesMax) return err("too_many_categories");
        await tx.category.create({ data: { id, ...fields } });
      } else await tx.category.update({ where: { id }, data: fields });
      await recordAudit(tx, {
        actor: viewer,
        action: categoryId === "" ? "category.created" : "category.changed",
        subjectKind: "category",
        subjectId: id,
        detail: { slug: fields.slug, parentId: fields.parentId, position: fields.position },
      });
      return ok(null);
    });
  } catch (error) {
    if (isUniqueViolation(error)) return err("slug_taken");
    throw error;
  }
}

/** Whether a category may stand under a parent: both there, no circle, and with all that hangs on it not too deep. */
export function judgePlace(
  tree: readonly Pick<CategoryRow, "id" | "parentId" | "depth">[],
  categoryId: string,
  parentId: string | null,
): Result<null, "not_found" | "category_circle" | "category_deep"> {
  const self = tree.find(({ id }) => id === categoryId);
  const parent = tree.find(({ id }) => id === parentId);
  if ((categoryId !== "" && !self) || (parentId !== null && !parent)) return err("not_found");
  const below = new Set([categoryId]);
  let height = 0;
  // From top to bottom, so that a parent is always met before its children.
  for (const { id, parentId: over, depth } of tree) {
    if (!self || over === null || !below.has(over)) continue;
    below.add(id);
    height = Math.max(height, depth - self.depth);
  }
  if (parent && below.has(parent.id)) return err("category_circle");
  const depth = parent ? parent.depth + 1 : 0;
  return depth + height >= limits.categoryDepthMax ? err("category_deep") : ok(null);
}

/** Takes a category away that nothing stands in or under. */
export function removeCategory(
  deps: Deps,
  viewer: Admin,
  categoryId: string,
): Promise<Result<null, "not_found" | "category_used">> {
  return inTransaction<null, "not_found" | "category_used">(deps.db, async (tx) => {
    await lockTree(tx);
    const category = await tx.category.findUnique({ where: { id: categoryId } });
    if (!category) return err("not_found");
    const [products, children] = [
      await tx.product.count({ where: { categoryId } }),
      await tx.category.count({ where: { parentId: categoryId } }),
    ];
    if (products + children > 0) return err("category_used");
    await tx.category.delete({ where: { id: categoryId } });
    await recordAudit(tx, {
      actor: viewer,
      action: "category.removed",
      subjectKind: "category",
      subjectId: categoryId,
      detail: { slug: category.slug },
    });
    return ok(null);
  });
}
