import { expectInvariants } from "@/tests/support/invariants";
import { openQuotaShop, type QuotaShop } from "@/tests/support/quota";
import { openShop, type TestShop } from "@/tests/support/shop";
import { test } from "@/tests/support/test";

/** The shop of the file that runs, and its merchant who sells keys that are spent piece by piece. */
export let shop: TestShop;
export let quota: QuotaShop;

/** A shop of this file's own; its books are audited after each test. */
export function useQuotaScene(): void {
  test.beforeAll(async ({ database }) => {
    shop = await openShop(database);
    quota = await openQuotaShop(shop);
  });
  test.afterEach(({ database }) => expectInvariants(database));
  test.afterAll(() => shop.close());
}
