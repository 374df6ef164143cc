import { expect, test } from "@playwright/test";
import { type Dress, expectSound } from "../support/sound-page";
import { order, payAtCashier } from "../support/storefront";

const PAGES = ["", "?q=zzz", "/products/matinee", "/products/platform-coffee", "/lookup", "/orders/link", "/nowhere"];

test.use({ viewport: { width: 360, height: 780 } });

const DRESSES: readonly Dress[] = [{ colorScheme: "light" }, { colorScheme: "dark" }];

for (const locale of ["zh", "en"] as const) {
  test.describe(`${locale}, light and dark, 360 px`, () => {
    test("axe finds nothing on the pages that everyone sees", async ({ page }) => {
      test.slow();
      for (const path of PAGES) {
        await page.goto(`/${locale}${path}`);
        await expect(page.locator("h1, h2").first()).toBeVisible();
        await expectSound(page, DRESSES);
      }
    });

    test("axe finds nothing on the way from the order to the card", async ({ page, context }) => {
      test.slow();
      await order(page, { locale, slug: "starriver", email: `axe-${locale}@example.com` });
      await expectSound(page, DRESSES);
      await payAtCashier(context, page);
      await expect(page).toHaveURL(/\/ord_[0-9a-f]+$/, { timeout: 30_000 });
      await expectSound(page, DRESSES);
      await page.locator("form[action$='/reveal'] button").click();
      await expect(page.locator("code")).toHaveCount(1);
      await expectSound(page, DRESSES);
    });

    test("axe finds nothing on a code to scan and on an address to pay to", async ({ page }) => {
      test.slow();
      for (const gateway of ["sandbox-wechat", "sandbox-usdt"]) {
        await order(page, { locale, slug: "starriver", email: `axe-${gateway}-${locale}@example.com`, gateway });
        await expect(page.locator("a[data-demo-phone], [data-coin-address]")).toBeVisible({ timeout: 15_000 });
        await expect(page).toHaveTitle(/./);
        await expectSound(page, DRESSES);
      }
    });
  });
}
