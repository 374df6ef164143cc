import { expect, type Page } from "@playwright/test";
import { ADMIN } from "./admin";
import { type Account, draftMerchant, openMerchant } from "./behind-the-shop";

/** Signs in by the form and waits for the role's own front page. */
export async function signIn(page: Page, { email, password }: Account, role: "admin" | "merchant", locale = "en") {
  await page.goto(`/${locale}/sign-in`);
  await page.locator("input[name=email]").fill(email);
  await page.locator("input[name=password]").fill(password);
  await page.locator("main button[type=submit]").click();
  await expect(page).toHaveURL(new RegExp(`/${locale}/${role}$`));
}

/** A merchant of this test alone, opened by the admin on the page for it. */
export async function openMerchantByForm(page: Page): Promise<Account & { readonly slug: string }> {
  const merchant = draftMerchant();
  await signIn(page, ADMIN, "admin");
  await page.goto("/en/admin/people");
  await page.locator("input[name=name]").fill(merchant.slug);
  await page.locator("input[name=slug]").fill(merchant.slug);
  await page.locator("input[name=email]").fill(merchant.email);
  await page.locator("input[name=password]").fill(merchant.password);
  await page.getByRole("button", { name: "Create merchant and user" }).click();
  await expect(page.getByRole("cell", { name: merchant.email, exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await expect(page).toHaveURL(/\/sign-in$/);
  return merchant;
}

/** A published product with one variant at ¥10.00; ends on its editor. */
export async function addProduct(page: Page, slug: string): Promise<void> {
  await page.goto("/en/merchant/products/new");
  await page.locator("input[name=titleZh]").fill("海风礼卡");
  await page.locator("input[name=titleEn]").fill("Sea Breeze Card");
  await page.locator("input[name=slug]").fill(slug);
  await page.locator("select[name=categoryId]").selectOption({ index: 1 });
  await page.locator("select[name=status]").selectOption("published");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Sea Breeze Card" })).toBeVisible();
  const form = page.locator("form", { has: page.getByRole("button", { name: "Add the variant" }) });
  await form.locator("input[name=titleZh]").fill("标准");
  await form.locator("input[name=titleEn]").fill("Standard");
  await form.locator("input[name=sku]").fill(slug.toUpperCase());
  await form.locator("input[name=price]").fill("10.00");
  await form.getByRole("button", { name: "Add the variant" }).click();
  await expect(page.locator("summary", { hasText: slug.toUpperCase() })).toBeVisible();
}

interface SentFile {
  readonly name: string;
  readonly buffer: Buffer;
}

/** Sends a file of cards; ends where its first cards are looked at. */
export async function sendCards(page: Page, { name, buffer }: SentFile): Promise<void> {
  await page.goto("/en/merchant/upload");
  await page.locator("input[type=file]").setInputFiles({ name, mimeType: "application/octet-stream", buffer });
  await page.getByRole("button", { name: "Upload and preview" }).click();
  await expect(page).toHaveURL(/\/merchant\/upload\/upl_[0-9a-f]{32}/, { timeout: 30_000 });
}

/** Imports the file that is looked at; ends on the page of its batch. */
export async function importCards(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page).toHaveURL(/\/merchant\/batches\/bat_[0-9a-f]{32}$/, { timeout: 30_000 });
}

/** Uploads lines as a file and publishes the batch; ends on the batch's page. */
export async function uploadAndPublish(page: Page, lines: string): Promise<void> {
  await sendCards(page, { name: "cards.txt", buffer: Buffer.from(lines) });
  await importCards(page);
  await page.getByRole("button", { name: /^Publish/ }).click();
  // Gone, because nothing is left to publish: the page names the date of publishing long before there is one.
  await expect(page.getByRole("button", { name: /^Publish/ })).toHaveCount(0);
}

/** A merchant of this test alone, signed in, with one product of its slug; ends on the product's editor. */
export async function openShopFront(page: Page): Promise<Account & { readonly slug: string }> {
  const merchant = await openMerchant();
  await signIn(page, merchant, "merchant");
  await addProduct(page, merchant.slug);
  return merchant;
}
