import { findProduct, listCategories, listProducts } from "@/lib/features/catalog/queries";
import { ListingQuery } from "@/lib/features/catalog/schema";
import { refreshStockBands } from "@/lib/flows/refresh-stock-bands";
import { closeDeps, type Deps } from "@/lib/platform/deps";
import { withClient } from "@/lib/platform/with-client";
import { seedDemo } from "@/prisma/seed";
import { openDeps } from "../../support/shop";
import { test as base, describe, expect } from "../../support/test";

const test = base.extend<{ $file: { deps: Deps } }>({
  deps: [
    async ({ database }, use) => {
      const deps = openDeps(database);
      await seedDemo(deps);
      await use(deps);
      await closeDeps(deps);
    },
    { scope: "file" },
  ],
});

const slugsOf = ({ items }: Awaited<ReturnType<typeof listProducts>>) => items.map(({ slug }) => slug);

describe("the demo shop", () => {
  test("has what others rely on: eight variants from one piece, one up to 5,000 with the cards for it", async ({
    deps,
  }) => {
    const { items } = await listProducts(deps, {});
    const variants = items.flatMap((product) => product.variants);
    expect(items).toHaveLength(8);
    expect(variants.filter(({ quantityMin }) => quantityMin === 1).length).toBeGreaterThanOrEqual(8);
    const bulk = variants.find(({ quantityMax }) => quantityMax === 5000);
    expect(await deps.db.card.count({ where: { variantId: bulk?.id ?? "", status: "available" } })).toBeGreaterThan(
      6000,
    );
    expect(new Set(items.map(({ band }) => band))).toEqual(new Set(["in_stock", "low", "sold_out"]));
    expect(await listCategories(deps)).toHaveLength(3);
    expect(new Set((await deps.db.variant.findMany()).map(({ stockPolicy }) => stockPolicy)).size).toBe(3);
  });

  test("seeded twice is the same shop, and what the merchant changed stays changed", async ({ deps }) => {
    const count = async () => [await deps.db.card.count(), await deps.db.variant.count(), await deps.db.batch.count()];
    const before = await count();
    await deps.db.product.update({ where: { slug: "timekeep" }, data: { titleZh: "改过的名字" } });
    await seedDemo(deps);
    expect(await count()).toEqual(before);
    expect((await findProduct(deps, "timekeep"))?.title.zh).toBe("改过的名字");
  });

  test("a reader of the catalogue is told a band and never a count", async ({ deps }) => {
    const page = await findProduct(deps, "platform-coffee");
    const told = [
      ...["band", "buyerMax", "currency", "id", "isPickable", "phase", "priceMinor"],
      ...["promise", "quantityMax", "quantityMin", "sku", "tiers", "title", "window"],
    ];
    for (const { variants } of [...(await listProducts(deps, {})).items, page!]) {
      for (const variant of variants) expect(Object.keys(variant).sort()).toEqual(told);
    }
  });

  test("pages of any size show every product once, in shelf order", async ({ deps }) => {
    const whole = slugsOf(await listProducts(deps, {}));
    for (const limit of [1, 3, 8]) {
      const seen: string[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < 10; page++) {
        const { items, nextCursor } = await listProducts(deps, ListingQuery.parse({ limit, cursor }));
        seen.push(...items.map(({ slug }) => slug));
        if (!nextCursor) break;
        cursor = nextCursor;
      }
      expect(seen).toEqual(whole);
    }
  });

  test("a search finds words of either language, and takes no sign for a wildcard", async ({ deps }) => {
    const found = async (q: string) => slugsOf(await listProducts(deps, ListingQuery.parse({ q })));
    expect(await found("星河")).toEqual(["starriver"]);
    expect(await found("coffee voucher")).toEqual(["platform-coffee"]);
    expect(await found("ＣＯＦＦＥＥ")).toEqual(["platform-coffee"]);
    expect(await found("%")).toEqual([]);
    expect(await found("_")).toEqual([]);
    expect(await found("'; DROP TABLE product; --")).toEqual([]);
    expect(slugsOf(await listProducts(deps, ListingQuery.parse({ category: "software" })))).toEqual([
      "inkwell",
      "timekeep",
    ]);
  });

  test("a halted product is shown and not sold, a draft is neither", async ({ deps }) => {
    await deps.db.product.update({ where: { slug: "inkwell" }, data: { haltedAt: new Date(), haltedReason: "I1" } });
    expect((await findProduct(deps, "inkwell"))?.isSellable).toBe(false);
    expect(slugsOf(await listProducts(deps, {}))).not.toContain("inkwell");
    await deps.db.product.update({
      where: { slug: "inkwell" },
      data: { haltedAt: null, haltedReason: null, status: "draft" },
    });
    expect(await findProduct(deps, "inkwell")).toBeNull();
    await deps.db.product.update({ where: { slug: "inkwell" }, data: { status: "published" } });
  });

  test("a sale moves the catalogue's version only when a band changes", async ({ deps, database }) => {
    const versionOf = async () =>
      (await deps.db.pageVersion.findUniqueOrThrow({ where: { name: "stock_band" } })).version;
    const withdraw = (sku: string, cards: number) =>
      withClient(database.owner, (client) =>
        client.query(
          `UPDATE card SET status = 'withdrawn' WHERE id IN (SELECT c.id FROM card c JOIN variant v ON v.id = c.variant_id
            WHERE v.sku = $1 AND c.status = 'available' LIMIT $2)`,
          [sku, cards],
        ),
      );
    const before = await versionOf();
    await withdraw("STAR-60", 1);
    await refreshStockBands(deps);
    expect(await versionOf()).toBe(before);
    await withdraw("EGRET-2T", 4);
    await refreshStockBands(deps);
    expect(await versionOf()).toBe(before + 1n);
    expect((await findProduct(deps, "egret-drive"))?.variants[0]?.band).toBe("sold_out");
  });
});
