import { expect, test } from "@playwright/test";
import { pressAtCashier } from "../support/cashier";
import { openPostbox, type Postbox, textOf } from "../support/postbox";
import { type SpawnedServer, spawnServer } from "../support/server";
import { order, orderNumber } from "../support/storefront";

test.describe("a shop that holds cards for four seconds and sends mails", () => {
  let shop: SpawnedServer;
  let postbox: Postbox;
  test.beforeAll(async () => {
    postbox = await openPostbox();
    shop = await spawnServer({
      env: {
        KAPU_DEMO: "1",
        KAPU_RESERVATION_SECONDS: "4",
        KAPU_SMTP_URL: postbox.url,
        KAPU_MAIL_FROM: "Kapu <shop@example.com>",
      },
    });
  });
  test.afterAll(async () => {
    await shop.end("SIGTERM");
    await postbox.close();
  });

  /** The link in the latest mail that has one not seen before. */
  async function nextLink(seen: Set<string>): Promise<string> {
    let found = "";
    await expect(() => {
      const text = postbox.letters.map(textOf).join("\n");
      found =
        [...text.matchAll(/http\S+\/orders\/link#[\w-]{43}/g)].map(([link]) => link).find((link) => !seen.has(link)) ??
        "";
      expect(found).not.toBe("");
    }).toPass({ timeout: 30_000 });
    seen.add(found);
    return found;
  }

  test("an expired order still takes its payment, and mails a link that opens it once, by a press and not by a look", async ({
    browser,
  }) => {
    test.slow();
    const context = await browser.newContext({ baseURL: shop.url, locale: "en-US" });
    const page = await context.newPage();
    await order(page, { locale: "en", slug: "starriver", email: "late@example.com" });
    const pay = await page.locator("a[target=_blank]").getAttribute("href");
    await expect(page.getByRole("heading", { name: "This order has expired" })).toBeVisible({ timeout: 20_000 });
    await expect(page.getByText("please do not pay again")).toBeVisible();

    const cashier = await context.newPage();
    await cashier.goto(pay ?? "");
    await pressAtCashier(cashier, "way", "pay");
    await expect(async () => {
      await page.reload();
      await expect(page.getByRole("heading", { name: "Your cards are here" })).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 20_000 });
    await expect(page.getByText("Late, and still good")).toBeVisible();
    const number = await orderNumber(page);
    await context.close();

    const seen = new Set<string>();
    const elsewhere = await browser.newContext({ baseURL: shop.url, locale: "en-US" });
    const other = await elsewhere.newPage();
    const link = await nextLink(seen);
    await other.goto(link);
    await other.reload(); // A scanner that only opens the link does not use it up.
    await other.getByRole("button", { name: "Open order" }).click();
    await expect(other.getByRole("heading", { name: "Your cards are here" })).toBeVisible();
    await other.goto("about:blank");
    await other.goto(link);
    await other.getByRole("button", { name: "Open order" }).click();
    await expect(other.getByText("This link no longer works")).toBeVisible();

    await other.goto("/en/lookup");
    await other.locator("#mail-number").fill(number);
    await other.locator("#mail-email").fill("LATE@example.com");
    await other.getByRole("button", { name: "Send it to me" }).click();
    await expect(other.getByText("If the number and the address belong together")).toBeVisible();
    expect(await nextLink(seen)).not.toBe(link);
    await elsewhere.close();
  });
});
