import { createHash, randomBytes } from "node:crypto";
import { expect, test } from "@playwright/test";
import { ADMIN } from "../support/admin";
import { signIn } from "../support/back-office";
import { behindTheShop, openAccount } from "../support/behind-the-shop";
import { shoot } from "../support/shots";
import { expectSound } from "../support/sound-page";
import { buyButton, fillOrder } from "../support/storefront";

test.describe.configure({ timeout: 180_000 });

const BALANCE = {
  id: "wallet",
  kind: "balance",
  titleZh: "余额",
  titleEn: "Balance",
  settings: { currency: "CNY" },
} as const;

/** What the mail would carry: this shop sends none. */
async function linkFor(email: string): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  await behindTheShop((client) =>
    client.query(
      "INSERT INTO wallet_access (token_hash, email, kind, expires_at) VALUES ($1, $2, 'link', now() + interval '5 minutes')",
      [createHash("sha256").update(token).digest(), email],
    ),
  );
  return token;
}

for (const [locale, width, colorScheme] of [
  ["zh", 360, "dark"],
  ["en", 1280, "light"],
] as const) {
  test(`money that the shop gave is opened by a link that works once, and buys a card with one press: ${locale}, ${width} px, ${colorScheme}`, async ({
    browser,
  }) => {
    const say = (zh: string, en: string) => (locale === "zh" ? zh : en);
    const where = `${locale}-${width}-${colorScheme}`;
    await openAccount(BALANCE);
    const email = `saver-${randomBytes(4).toString("hex")}@example.com`;
    const open = async () => (await browser.newContext({ viewport: { width, height: 800 }, colorScheme })).newPage();
    const [admin, buyer] = [await open(), await open()];
    await signIn(admin, ADMIN, "admin", locale);
    await admin.goto(`/${locale}/admin/wallets`);
    await expectSound(admin);
    await admin.locator("input[name=email]").fill(email);
    await admin.locator("input[name=amount]").fill("50.00");
    await admin.locator("input[name=reason]").fill("goodwill");
    await admin.getByRole("button", { name: say("记账", "Book it"), exact: true }).click();
    // The page's lead has these words too, in the middle.
    await expect(admin.getByText(new RegExp(`^${say("已记下", "On record")}`))).toBeVisible();
    await admin.goto(`/${locale}/admin/wallets?q=${encodeURIComponent(email)}`);
    await expect(admin.getByText("¥50.00").first()).toBeVisible();
    await expectSound(admin);
    await shoot(admin, `wallet-admin-${where}`);

    await buyer.goto(`/${locale}/wallet`);
    await expectSound(buyer);
    const token = await linkFor(email);
    await buyer.goto(`/${locale}/wallet/link#${token}`);
    await expectSound(buyer);
    await buyer.getByRole("button", { name: say("打开余额", "Open my balance") }).click();
    await expect(buyer).toHaveURL(new RegExp(`/${locale}/wallet$`));
    await expect(buyer.getByText("¥50.00").first()).toBeVisible();

    await fillOrder(buyer, { locale, slug: "starriver", email });
    await buyer.locator(`input[name=gateway][value=${BALANCE.id}]`).check();
    await buyButton(buyer).click();
    await expect(buyer).toHaveURL(/\/pay$/);
    await expectSound(buyer);
    await shoot(buyer, `wallet-pay-${where}`);
    await buyer.getByRole("button", { name: say("用余额付", "from my balance") }).dblclick();
    await expect(buyer.getByRole("heading", { name: say("卡密已发出", "Your cards are here") })).toBeVisible();
    await buyer.goto(`/${locale}/wallet`);
    await expect(buyer.getByText("¥44.00").first()).toBeVisible();
    await expect(buyer.getByRole("row")).toHaveCount(3);
    await expectSound(buyer);
    await shoot(buyer, `wallet-page-${where}`);

    const thief = await open();
    await thief.goto(`/${locale}/wallet/link#${token}`);
    await thief.getByRole("button", { name: say("打开余额", "Open my balance") }).click();
    await expect(thief.getByText(say("链接已失效", "has been used"))).toBeVisible();
    await buyer.getByRole("button", { name: say("在这台设备上退出", "Close it on this device") }).click();
    await expect(buyer.getByText("¥44.00")).toHaveCount(0);
    for (const page of [admin, buyer, thief]) await page.context().close();
  });
}
