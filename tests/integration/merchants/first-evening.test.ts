import { countSales } from "@/lib/features/merchants/count-sales";
import { zoneAtHour } from "@/tests/support/noon";
import { openShop } from "@/tests/support/shop";
import { expect, test } from "@/tests/support/test";
import { daysAgo } from "../reports/days-ago";

// Ids are looked for some hours wider than the day, because clocks differ: the evening lies within those hours.
test("the first day of a shop is counted, also when all its orders came in the evening", async ({ database }) => {
  const shop = await openShop(database);
  const { variantId } = await shop.stock({ cards: 5 });
  // The day behind it leads back to it by its own beginning, hardly two hours later.
  for (const days of [5, 4]) await daysAgo(database, days, async () => void (await shop.place(variantId)));
  await countSales(shop.deps, zoneAtHour(22));
  const days = await shop.deps.db.salesDay.findMany({ where: { variantId }, select: { placed: true } });
  expect(days).toEqual([{ placed: 1 }, { placed: 1 }]);
  await shop.close();
});
