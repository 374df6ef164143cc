import { expect, test } from "@playwright/test";
import { addProduct, openMerchant, signIn, uploadAndPublish } from "../support/back-office";
import { order, payAtCashier } from "../support/storefront";

test.describe.configure({ timeout: 120_000 });

test("a merchant uploads a file, publishes it, and the first buyer holds a card from it", async ({ page, context }) => {
  const merchant = await openMerchant(page);
  await signIn(page, merchant, "merchant");
  await addProduct(page, merchant.slug);

  await uploadAndPublish(page, "SEA-0001\nSEA-0002\n\nSEA-0001\r\nSEA-0003\n");
  await expect(page.getByText("Imported").locator("..")).toContainText("3");
  await expect(page.getByRole("cell", { name: "Empty line" })).toBeVisible();
  await expect(page.locator("main")).not.toContainText("SEA-");

  // The same file again adds nothing.
  await page.goto("/en/merchant/upload");
  const again = { name: "again.txt", mimeType: "text/plain", buffer: Buffer.from("SEA-0001\nSEA-0002\nSEA-0003\n") };
  await page.locator("input[type=file]").setInputFiles(again);
  await page.getByRole("button", { name: "Start the import" }).click();
  await expect(page.getByText("3 lines: 0 imported, 3 duplicate, 0 rejected.")).toBeVisible();

  await order(page, { locale: "en", slug: merchant.slug, email: "first@example.com" });
  await payAtCashier(context, page);
  await expect(page.getByRole("heading", { name: "Your cards are here" })).toBeVisible();
  await page.getByRole("button", { name: "Show all" }).click();
  await expect(page.locator("code")).toHaveText([/^SEA-000[123]$/]);

  await page.goto("/en/merchant/orders?q=first@example.com");
  await page.getByRole("row").nth(1).getByRole("link").click();
  await expect(page.getByText("Delivered").first()).toBeVisible();
  await expect(page.getByText("Buyer viewed 1")).toBeVisible();
  await expect(page.locator("main")).not.toContainText("SEA-");
});

test("a price changed by the merchant is the price that the next buyer pays", async ({ page }) => {
  const merchant = await openMerchant(page);
  await signIn(page, merchant, "merchant");
  await addProduct(page, merchant.slug);
  await uploadAndPublish(page, "ONE-1\nONE-2\nONE-3\nONE-4\n");
  await page.goto("/en/merchant/products");
  await page.getByRole("link", { name: "Sea Breeze Card" }).click();
  await page.locator("summary", { hasText: merchant.slug.toUpperCase() }).click();
  const form = page.locator("form", { has: page.locator(`input[name=sku][value="${merchant.slug.toUpperCase()}"]`) });
  await form.locator("input[name=price]").fill("1e2");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByRole("alert")).toBeVisible();
  await expect(form.locator("input[name=price]")).toHaveAttribute("aria-invalid", "true");
  await form.locator("input[name=price]").fill("7.25");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByText("Saved.")).toBeVisible();
  await order(page, { locale: "en", slug: merchant.slug, email: "second@example.com" });
  await expect(page.getByText("¥7.25").first()).toBeVisible();
});

test("what belongs to another shop is not there, whoever knows its address", async ({ page }) => {
  const owner = await openMerchant(page);
  await signIn(page, owner, "merchant");
  await addProduct(page, owner.slug);
  const product = new URL(page.url()).pathname;
  await uploadAndPublish(page, "MINE-1\n");
  const batch = new URL(page.url()).pathname;
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await expect(page).toHaveURL(/\/sign-in$/);

  const stranger = await openMerchant(page);
  await signIn(page, stranger, "merchant");
  for (const path of [product, batch, "/en/admin", "/en/admin/people"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
  }
});

test("cards are taken only from a signed-in page of this shop: not from another site, not without a session", async ({
  page,
  context,
}) => {
  const merchant = await openMerchant(page);
  await signIn(page, merchant, "merchant");
  await addProduct(page, merchant.slug);
  await page.goto("/en/merchant/upload");
  const variant = await page.locator("#variant").inputValue();
  const send = (headers: Record<string, string>, to = variant) =>
    context.request.post(`/api/merchant/batches?variant=${to}`, { data: "EVIL-1\n", headers });
  const forged = await send({ origin: "https://evil.example", "content-type": "text/plain" });
  expect([forged.status(), await forged.json()]).toEqual([403, { ok: false, code: "forbidden" }]);
  const own = { origin: new URL(page.url()).origin, "content-type": "text/plain" };
  expect((await send(own)).status()).toBe(200);
  // The demo shop's, which anybody can read the id of.
  const { items } = await (await context.request.get("/api/v1/products")).json();
  const foreign = items[0].variants[0].id.slice(-32).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  const elsewhere = await send(own, foreign);
  expect([elsewhere.status(), await elsewhere.json()]).toEqual([404, { ok: false, code: "not_found" }]);
  await context.clearCookies();
  expect((await send(own)).status()).toBe(401);
});
