import { randomBytes } from "node:crypto";
import { expect, type Page, test } from "@playwright/test";
import { ADMIN } from "../support/admin";
import { signIn } from "../support/back-office";
import { createAdmin, openAccount } from "../support/behind-the-shop";
import { shoot } from "../support/shots";
import { expectSound } from "../support/sound-page";
import { buyButton, fillOrder } from "../support/storefront";

test.describe.configure({ timeout: 180_000 });

const BANK = {
  // Behind the sandbox in the alphabet, so that it is nobody else's first choice.
  id: "transfer",
  kind: "manual",
  titleZh: "银行转账",
  titleEn: "Bank transfer",
  settings: { payee: "张三", account: "6225 8888 0000 1111", bank: "招商银行" },
} as const;

/** Orders by transfer; returns the order's number. */
async function orderByTransfer(page: Page, locale: "zh" | "en", quantity: number): Promise<string> {
  const email = `t-${randomBytes(4).toString("hex")}@example.com`;
  await fillOrder(page, { locale, slug: "cloudsail-gift-card", quantity, email });
  await page.locator(`input[name=gateway][value=${BANK.id}]`).check();
  await buyButton(page).click();
  await expect(page).toHaveURL(/\/pay$/);
  const line = await page
    .getByText(/\d{6}-[0-9A-Z]{5}-[0-9A-Z]{5}/)
    .first()
    .textContent();
  return line?.match(/\d{6}-\w{5}-\w{5}/)?.[0] ?? "";
}

for (const [locale, width, colorScheme] of [
  ["zh", 360, "dark"],
  ["en", 1280, "light"],
] as const) {
  test(`a buyer says that he has transferred, two admins look it up, and the card is there: ${locale}, ${width} px, ${colorScheme}`, async ({
    browser,
  }) => {
    await openAccount(BANK);
    const second = {
      email: `second-${randomBytes(4).toString("hex")}@example.com`,
      password: "another horse, another staple",
    };
    await createAdmin(second);
    const open = async () => (await browser.newContext({ viewport: { width, height: 800 }, colorScheme })).newPage();
    const [buyer, first, other] = [await open(), await open(), await open()];
    // Forty of a card at about fifty: above what one person may vouch for.
    const number = await orderByTransfer(buyer, locale, 40);
    const reference = `尾号 ${randomBytes(3).toString("hex")}`;
    await buyer.locator("input[name=reference]").fill(reference);
    await shoot(buyer, `transfer-buyer-ask-${locale}-${width}-${colorScheme}`);
    await buyer.getByRole("button", { name: locale === "zh" ? "我已转账" : "I have transferred" }).click();
    await expect(
      buyer.getByRole("status").filter({ hasText: locale === "zh" ? "已经告诉店主" : "The shop knows" }),
    ).toBeVisible();
    await expectSound(buyer);
    await shoot(buyer, `transfer-buyer-told-${locale}-${width}-${colorScheme}`);

    await signIn(first, ADMIN, "admin", locale);
    await first.goto(`/${locale}/admin/transfers`);
    const card = (page: Page) => page.getByRole("listitem").filter({ hasText: number });
    await expect(card(first)).toContainText(reference);
    await card(first).locator("summary").first().click();
    await expectSound(first);
    await card(first).locator("input[name=reference]").fill(`CMB-${number}`);
    await shoot(first, `transfer-record-${locale}-${width}-${colorScheme}`);
    await card(first)
      .getByRole("button", { name: locale === "zh" ? "确认收到" : "It arrived" })
      .click();
    await expect(card(first)).toContainText(locale === "zh" ? "要另一位管理员来确认" : "another admin must confirm it");
    await shoot(first, `transfer-own-${locale}-${width}-${colorScheme}`);

    await signIn(other, second, "admin", locale);
    await other.goto(`/${locale}/admin/transfers`);
    await expectSound(other);
    await shoot(other, `transfer-confirm-${locale}-${width}-${colorScheme}`);
    await card(other)
      .getByRole("button", { name: locale === "zh" ? /我也看到了/ : /I see it too/ })
      .click();
    await expect(card(other)).toHaveCount(0);
    await expect(
      buyer.getByRole("heading", { name: locale === "zh" ? "卡密已发出" : "Your cards are here" }),
    ).toBeVisible({
      timeout: 20_000,
    });
    await other.goto(`/${locale}/admin/transfers?list=decided`);
    await expect(card(other)).toContainText(second.email);
    for (const page of [buyer, first, other]) await page.context().close();
  });
}
