import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { ADMIN } from "../support/admin";
import { addProduct, openMerchant, sendCards, signIn, uploadAndPublish } from "../support/back-office";

const ADMIN_PAGES =
  "|/proof|/orders|/owed|/findings|/payments|/refunds|/transfers|/statements|/statements/upload|/wallets|/products|/products/bulk|/categories|/exports|/batches|/replacements|/stock|/gateways|/gateways/new|/gateways/new?kind=alipay|/gateways/epay|/mails|/people|/audit";
const MERCHANT_PAGES =
  "|/orders|/products|/products/new|/products/bulk|/customers|/exports|/developers|/upload|/batches|/replacements|/stock";

test.describe.configure({ timeout: 300_000 });

for (const [locale, width, colorScheme] of [
  ["zh", 360, "dark"],
  ["en", 1280, "light"],
] as const) {
  test(`axe finds nothing on any page, and none scrolls sideways: ${locale}, ${width} px, ${colorScheme}`, async ({
    browser,
  }) => {
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
    const page = await context.newPage();
    const check = async (path: string) => {
      await page.goto(path);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
      expect([path, found]).toEqual([path, []]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect([path, overflow <= 0]).toEqual([path, true]);
    };
    for (const path of ["sign-in", "setup"]) await check(`/${locale}/${path}`);
    const merchant = await openMerchant(page);
    await signIn(page, merchant, "merchant");
    await addProduct(page, merchant.slug);
    const product = new URL(page.url()).pathname.replace("/en/", `/${locale}/`);
    await uploadAndPublish(page, "A11Y-1\n\nA11Y-2\n");
    const batch = new URL(page.url()).pathname.replace("/en/", `/${locale}/`);
    for (const path of MERCHANT_PAGES.split("|")) await check(`/${locale}/merchant${path}`);
    await sendCards(page, { name: "a11y.csv", buffer: Buffer.from('secret,note\n"A11Y-3\nB",x\nA11Y-4,y,z\n') });
    const upload = new URL(page.url()).pathname.replace("/en/", `/${locale}/`);
    for (const path of [product, batch, upload, `/${locale}/account`]) await check(path);
    await context.clearCookies();
    await signIn(page, ADMIN, "admin");
    for (const path of ADMIN_PAGES.split("|")) await check(`/${locale}/admin${path}`);
    await context.close();
  });
}
