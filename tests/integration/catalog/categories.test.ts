import { expect, test } from "vitest";
import { listCategories, listProducts } from "@/lib/features/catalog/queries";
import { judgePlace, readCategoryTree, removeCategory, saveCategory } from "@/lib/features/merchants/categories";
import { CategoryForm } from "@/lib/features/merchants/schema";
import { createDatabase } from "../../support/database";
import { openShop, tally } from "../../support/shop";
import { newAdmin } from "../merchants/shops";

test("categories stand in their order and under each other, and a shelf holds what stands below it", async () => {
  const database = await createDatabase();
  const shop = await openShop(database);
  const admin = await newAdmin(shop.deps);
  const save = (slug: string, parentId = "", fields: Record<string, string> = {}) =>
    saveCategory(
      shop.deps,
      admin,
      CategoryForm.parse({ categoryId: "", titleZh: slug, titleEn: slug, slug, parentId, position: "5", ...fields }),
    );
  const idOf = async (slug: string) => (await shop.deps.db.category.findUniqueOrThrow({ where: { slug } })).id;
  const move = async (slug: string, parent: string) =>
    save(slug, parent === "" ? "" : await idOf(parent), { categoryId: await idOf(slug) });
  try {
    for (const slug of ["games", "cards", "films"]) expect((await save(slug)).ok).toBe(true);
    expect((await save("steam", await idOf("games"))).ok).toBe(true);
    expect((await save("wallet", await idOf("steam"))).ok).toBe(true);
    expect(await save("deeper", await idOf("wallet"))).toEqual({ ok: false, error: "category_deep" });
    expect(await save("games")).toEqual({ ok: false, error: "slug_taken" });
    expect(await move("games", "wallet")).toEqual({ ok: false, error: "category_circle" });
    expect(await move("games", "games")).toEqual({ ok: false, error: "category_circle" });
    expect(await move("games", "cards")).toEqual({ ok: false, error: "category_deep" });
    // Each alone is right, both together would be a circle.
    const both = await Promise.all([move("cards", "films"), move("films", "cards")]);
    expect(tally(both.map((result) => (result.ok ? "ok" : result.error)))).toEqual({ ok: 1, category_circle: 1 });

    const { productId } = await shop.stock({ cards: 1 });
    await shop.deps.db.product.update({ where: { id: productId }, data: { categoryId: await idOf("wallet") } });
    const rail = await listCategories(shop.deps);
    expect(rail.map(({ slug, depth }) => [slug, depth])).toEqual([
      ["games", 0],
      ["steam", 1],
      ["wallet", 2],
    ]);
    for (const category of ["games", "steam", "wallet"])
      expect((await listProducts(shop.deps, { category })).items.map(({ id }) => id)).toEqual([productId]);
    expect((await listProducts(shop.deps, { category: "cards" })).items).toEqual([]);
    expect(await removeCategory(shop.deps, admin, await idOf("wallet"))).toEqual({ ok: false, error: "category_used" });
    expect(await removeCategory(shop.deps, admin, await idOf("games"))).toEqual({ ok: false, error: "category_used" });
    const tree = await readCategoryTree(shop.deps);
    const leaf = tree.find(
      ({ slug, products }) =>
        products === 0 &&
        (slug === "cards" || slug === "films") &&
        !tree.some(({ parentId }) => parentId === tree.find((one) => one.slug === slug)?.id),
    );
    expect((await removeCategory(shop.deps, admin, leaf?.id ?? "")).ok).toBe(true);
    expect(judgePlace(tree, "", null)).toEqual({ ok: true, value: null });
  } finally {
    await shop.close();
    await database.drop();
  }
});
