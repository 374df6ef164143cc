import { expect, type Page, test } from "@playwright/test";
import { ADMIN } from "../support/admin";
import { openShopFront, sendCards, signIn, uploadAndPublish } from "../support/back-office";
import { type Dress, faultsOf } from "../support/sound-page";

const ADMIN_PAGES =
  "|/reports|/caches|/proof|/orders|/disputes|/owed|/findings|/findings?status=closed&kind=owed_order|/findings/automatic|/findings/runs|/payments|/refunds|/transfers|/statements|/statements/upload|/wallets|/products|/products/bulk|/categories|/exports|/batches|/vault|/replacements|/stock|/gateways|/gateways/new|/gateways/new?kind=alipay|/gateways/epay|/mails|/people|/audit";
const MERCHANT_PAGES =
  "|/orders|/disputes|/products|/products/new|/products/bulk|/customers|/exports|/developers|/upload|/batches|/vault|/replacements|/stock|/pools|/statement";

test.describe.configure({ timeout: 240_000 });

/** A table on a desk is a list on a phone, and each has its own colours by day and by night. */
const DRESSES: readonly Dress[] = [
  { width: 360, colorScheme: "dark" },
  { width: 1280, colorScheme: "light" },
];

/** What is wrong with any page of some: in Chinese with all that axe knows, in English, whose words are longer, on a phone's width. */
async function faultsOfAll(page: Page, paths: readonly string[]): Promise<unknown[]> {
  const faults: unknown[] = [];
  for (const path of paths) {
    await page.goto(path.replace(/^\/../, "/zh"));
    faults.push(...(await faultsOf(page, DRESSES)).map((fault) => [path, fault]));
  }
  await page.setViewportSize({ width: 360, height: 800 });
  for (const path of paths) {
    await page.goto(path.replace(/^\/../, "/en"));
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    if (isWide) faults.push([path, "scrolls sideways in English"]);
  }
  return faults;
}

test("axe finds nothing on any page of a merchant, and none scrolls sideways", async ({ page }) => {
  const here = () => new URL(page.url()).pathname;
  const before = await faultsOfAll(page, ["/zh/sign-in", "/zh/setup"]);
  await page.setViewportSize({ width: 1280, height: 800 });
  await openShopFront(page);
  const product = here();
  await uploadAndPublish(page, "A11Y-1\n\nA11Y-2\n");
  const batch = here();
  await sendCards(page, { name: "a11y.csv", buffer: Buffer.from('secret,note\n"A11Y-3\nB",x\nA11Y-4,y,z\n') });
  const preview = here();
  await sendCards(page, { name: "quote.csv", buffer: Buffer.from('secret,note\n"A11Y-5,x\n') });
  const unreadable = here();
  await sendCards(page, { name: "gone.txt", buffer: Buffer.from("A11Y-6\n") });
  await page.getByRole("button", { name: "Discard it" }).click();
  await expect(page.getByText("Stopped", { exact: true })).toBeVisible();
  const own = [preview, unreadable, here(), product, batch, "/zh/account", "/zh/step-up"];
  const all = [...own, ...MERCHANT_PAGES.split("|").map((path) => `/zh/merchant${path}`)];
  expect([...before, ...(await faultsOfAll(page, all))]).toEqual([]);
});

test("axe finds nothing on any page of an admin, and none scrolls sideways", async ({ page }) => {
  await signIn(page, ADMIN, "admin");
  const all = ADMIN_PAGES.split("|").map((path) => `/zh/admin${path}`);
  expect(await faultsOfAll(page, all)).toEqual([]);
});
