import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { order, payAtCashier } from "../support/storefront";

const STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const PAGES = ["", "?q=zzz", "/products/matinee", "/products/platform-coffee", "/lookup", "/orders/link", "/nowhere"];

// A recorder would hold back every one of axe's thousand questions to the page.
test.use({ viewport: { width: 360, height: 780 }, trace: "off" });

async function expectNoBarrier(page: Page, name: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(STANDARD).analyze();
  expect([name, violations.map(({ id, nodes }) => [id, nodes[0]?.html])]).toEqual([name, []]);
  const isWider = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  expect([name, isWider ? "is wider than the screen" : "fits"]).toEqual([name, "fits"]);
}

for (const locale of ["zh", "en"] as const) {
  for (const colorScheme of ["light", "dark"] as const) {
    test.describe(`${locale}, ${colorScheme}, 360 px`, () => {
      test.use({ colorScheme });

      test("axe finds nothing on the pages that everyone sees", async ({ page }) => {
        test.slow();
        for (const path of PAGES) {
          await page.goto(`/${locale}${path}`);
          await expect(page.locator("h1, h2").first()).toBeVisible();
          await expectNoBarrier(page, path || "home");
        }
      });

      test("axe finds nothing on the way from the order to the card", async ({ page, context }) => {
        test.slow();
        await order(page, { locale, slug: "starriver", email: `axe-${locale}-${colorScheme}@example.com` });
        await expectNoBarrier(page, "pay");
        await payAtCashier(context, page);
        await expect(page).toHaveURL(/\/ord_[0-9a-f]+$/, { timeout: 30_000 });
        await expectNoBarrier(page, "receipt");
        await page.locator("form[action$='/reveal'] button").click();
        await expect(page.locator("code")).toHaveCount(1);
        await expectNoBarrier(page, "receipt, open");
      });

      // Their parts are the same in every dress; each is looked at in a light and in a dark one.
      if ((locale === "zh") === (colorScheme === "dark")) {
        test("axe finds nothing on a code to scan and on an address to pay to", async ({ page }) => {
          test.slow();
          for (const gateway of ["sandbox-wechat", "sandbox-usdt"]) {
            await order(page, { locale, slug: "starriver", email: `axe-${gateway}-${locale}@example.com`, gateway });
            await expect(page.locator("a[data-demo-phone], [data-coin-address]")).toBeVisible({ timeout: 15_000 });
            await expect(page).toHaveTitle(/./);
            await expectNoBarrier(page, `pay by ${gateway}`);
          }
        });
      }
    });
  }
}
