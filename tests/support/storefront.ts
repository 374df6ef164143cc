import { type BrowserContext, expect, type Page } from "@playwright/test";
import { pressAtCashier } from "./cashier";

export interface Purchase {
  readonly locale: "zh" | "en";
  readonly slug: string;
  readonly quantity?: number;
  readonly email: string;
  readonly password?: string;
  /** A way to pay by its account; the first one otherwise. */
  readonly gateway?: string;
}

/** Fills the order form as a buyer does. The scripts must be there: until then the form has no key of its own. */
export async function fillOrder(page: Page, purchase: Purchase): Promise<void> {
  const { locale, slug, quantity, email, password, gateway } = purchase;
  await page.goto(`/${locale}/products/${slug}`);
  await expect(page.locator("input[name=scripts]")).toHaveValue("on");
  if (quantity !== undefined) await page.locator("#quantity").fill(String(quantity));
  await page.locator("#email").fill(email);
  if (password !== undefined) await page.locator("#password").fill(password);
  if (gateway !== undefined) await page.locator(`input[name=gateway][value=${gateway}]`).check();
}

export const buyButton = (page: Page) => page.locator("[data-buy-bar] button[type=submit]");

/** Orders and arrives at the page that asks for payment. */
export async function order(page: Page, purchase: Purchase): Promise<void> {
  await fillOrder(page, purchase);
  await buyButton(page).click();
  await expect(page).toHaveURL(/\/orders\/ord_[0-9a-f]{32}\/pay$/);
}

/** What the buyer can do at the sandbox's cashier. */
export type Way = "pay" | "twice" | "under" | "over" | "silent";

/** Pays at the gateway's own page, in a tab of its own, by the link that the pay page shows. */
export async function payAtCashier(context: BrowserContext, payPage: Page, way: Way = "pay"): Promise<void> {
  const href = await payPage.locator("a[target=_blank]").getAttribute("href");
  const cashier = await context.newPage();
  await cashier.goto(href ?? "");
  await pressAtCashier(cashier, "way", way);
}

/** The order's number as the receipt shows it. */
export async function orderNumber(page: Page): Promise<string> {
  const number = page.getByText(/^\d{6}-[0-9A-Z]{5}-[0-9A-Z]{5}$/).first();
  return (await number.textContent()) ?? "";
}
