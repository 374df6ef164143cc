import { type Browser, expect, test } from "@playwright/test";
import { ADMIN } from "../support/admin";
import { addProduct, openMerchant, sendCards, signIn, uploadAndPublish } from "../support/back-office";
import { faultsOf } from "../support/sound-page";

const ADMIN_PAGES =
  "|/reports|/caches|/proof|/orders|/disputes|/owed|/findings|/findings?status=closed&kind=owed_order|/findings/automatic|/findings/runs|/payments|/refunds|/transfers|/statements|/statements/upload|/wallets|/products|/products/bulk|/categories|/exports|/batches|/vault|/replacements|/stock|/gateways|/gateways/new|/gateways/new?kind=alipay|/gateways/epay|/mails|/people|/audit";
const MERCHANT_PAGES =
  "|/orders|/disputes|/products|/products/new|/products/bulk|/customers|/exports|/developers|/upload|/batches|/vault|/replacements|/stock|/pools|/statement";

test.describe.configure({ timeout: 240_000 });

interface Look {
  readonly locale: "zh" | "en";
  readonly width: number;
  readonly colorScheme: "dark" | "light";
}

const LOOKS: readonly Look[] = [
  { locale: "zh", width: 360, colorScheme: "dark" },
  { locale: "en", width: 1280, colorScheme: "light" },
];

/** A page that looks like this, and what is wrong with any that it went to. */
async function openLook(browser: Browser, { locale, width, colorScheme }: Look) {
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
  const page = await context.newPage();
  const faults: unknown[] = [];
  const check = async (path: string): Promise<void> => {
    await page.goto(path);
    faults.push(...(await faultsOf(page)).map((fault) => [path, fault]));
  };
  const here = () => new URL(page.url()).pathname.replace("/en/", `/${locale}/`);
  return { page, check, here, faults, close: () => context.close() };
}

for (const look of LOOKS) {
  const { locale, width, colorScheme } = look;
  const looks = `${locale}, ${width} px, ${colorScheme}`;

  test(`axe finds nothing on any page of a merchant, and none scrolls sideways: ${looks}`, async ({ browser }) => {
    const { page, check, here, faults, close } = await openLook(browser, look);
    for (const path of ["sign-in", "setup"]) await check(`/${locale}/${path}`);
    const merchant = await openMerchant(page);
    await signIn(page, merchant, "merchant");
    await addProduct(page, merchant.slug);
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
    const uploads = [preview, unreadable, here()];
    for (const path of [...uploads, product, batch, `/${locale}/account`, `/${locale}/step-up`]) await check(path);
    for (const path of MERCHANT_PAGES.split("|")) await check(`/${locale}/merchant${path}`);
    await close();
    expect(faults).toEqual([]);
  });

  test(`axe finds nothing on any page of an admin, and none scrolls sideways: ${looks}`, async ({ browser }) => {
    const { page, check, faults, close } = await openLook(browser, look);
    await signIn(page, ADMIN, "admin");
    for (const path of ADMIN_PAGES.split("|")) await check(`/${locale}/admin${path}`);
    await close();
    expect(faults).toEqual([]);
  });
}
