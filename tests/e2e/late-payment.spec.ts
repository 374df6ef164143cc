import { expect, test } from "@playwright/test";
import { type SpawnedServer, spawnServer } from "../support/server";
import { order } from "../support/storefront";

test.describe("a shop that holds cards for four seconds", () => {
  let shop: SpawnedServer;
  test.beforeAll(async () => {
    shop = await spawnServer({ env: { KAPU_DEMO: "1", KAPU_RESERVATION_SECONDS: "4" } });
  });
  test.afterAll(() => shop.end("SIGTERM"));

  test("an order expires before the buyer's eyes, and the payment that comes after it still delivers", async ({
    browser,
  }) => {
    const context = await browser.newContext({ baseURL: shop.url, locale: "en-US" });
    const page = await context.newPage();
    await order(page, { locale: "en", slug: "starriver", email: "late@example.com" });
    const pay = await page.locator("a[target=_blank]").getAttribute("href");
    await expect(page.getByRole("heading", { name: "This order has expired" })).toBeVisible({ timeout: 20_000 });
    await expect(page.getByText("please do not pay again")).toBeVisible();

    const cashier = await context.newPage();
    await cashier.goto(pay ?? "");
    await cashier.locator("button[name=way][value=pay]").click();
    await expect(async () => {
      await page.reload();
      await expect(page.getByRole("heading", { name: "Your cards are here" })).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 20_000 });
    await expect(page.getByText("Late, and still good")).toBeVisible();
    await context.close();
  });
});
