import { expect, test } from "@playwright/test";
import { openShopFront } from "../support/back-office";
import { shoot } from "../support/shots";
import { expectSound } from "../support/sound-page";
import { order, payAtCashier } from "../support/storefront";

test.describe.configure({ timeout: 120_000 });

test("a merchant has keys made, a buyer's program spends one, and both see what is left of it", async ({
  page,
  context,
}) => {
  const merchant = await openShopFront(page);
  await page.goto("/en/merchant/upload");
  await page.locator("summary", { hasText: "Make keys that are spent use by use" }).click();
  const form = page.locator("form", { has: page.getByRole("button", { name: "Make and publish" }) });
  await form.locator("input[name=count]").fill("3");
  await form.locator("input[name=uses]").fill("50");
  await expectSound(page);
  await shoot(page, "keys-form");
  await form.getByRole("button", { name: "Make and publish" }).click();
  await expect(page).toHaveURL(/\/merchant\/batches\/bat_[0-9a-f]{32}$/);
  await expect(page.getByText("Uses left").locator("..")).toContainText("150");
  const batch = page.url();

  const buyer = await context.newPage();
  await order(buyer, { locale: "en", slug: merchant.slug, email: "program@example.com" });
  await payAtCashier(context, buyer);
  await expect(buyer.getByRole("heading", { name: "Your cards are here" })).toBeVisible();
  await expect(buyer.getByText("50 of 50 left")).toBeVisible();
  await buyer.getByRole("button", { name: "Show all" }).click();
  const key = (await buyer.locator("code").textContent()) ?? "";
  expect(key).toMatch(/^kq_/);
  expect(await (await context.request.get(buyer.url())).text()).not.toContain(key);
  await buyer.locator("summary", { hasText: "How to use it" }).click();
  await expect(buyer.getByText("/api/v1/quota/uses")).toBeVisible();
  await expectSound(buyer);
  await shoot(buyer, "order-with-key");

  const { origin } = new URL(buyer.url());
  const spend = (callId: string) =>
    context.request.post(`${origin}/api/v1/quota/uses`, {
      headers: { authorization: `Bearer ${key}`, "idempotency-key": callId },
      data: { uses: 2 },
    });
  expect(await (await spend("first-call")).json()).toEqual({ uses: 2, used: 2, remaining: 48, usesMax: 50 });
  expect((await spend("first-call")).headers()["idempotency-replayed"]).toBe("true");
  await buyer.reload();
  await expect(buyer.getByText("48 of 50 left")).toBeVisible();

  await page.goto(batch);
  await expect(page.getByText("Uses spent").locator("..")).toContainText("2");
  await expect(page.getByText("Keys in use").locator("..")).toContainText("1");
  await page.goto("/en/merchant/orders?q=program@example.com");
  await expect(page.getByRole("row").nth(1)).toContainText("Delivered");
  await page.goto("/en/merchant/vault?state=delivered");
  await page.getByRole("row").nth(1).getByRole("link").first().click();
  await expect(page.getByText("Uses left").locator("..")).toContainText("48");
  await expect(page.locator("main")).not.toContainText(key);
});
