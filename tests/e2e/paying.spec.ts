import { expect, type Page, test } from "@playwright/test";
import { pressAtCashier } from "../support/cashier";
import { behave, payAt } from "../support/demo-gateways";
import { order } from "../support/storefront";

const WORDS = {
  zh: {
    delivered: "卡密已发出",
    showAll: "显示全部",
    alipay: "打开支付宝“扫一扫”付款",
    wechat: "打开微信“扫一扫”付款",
    silent: "没有回应",
    retry: "再试一次",
    network: "只走 TRC20 网络",
    copied: "已复制",
    copyAddress: "复制地址",
  },
  en: {
    delivered: "Your cards are here",
    showAll: "Show all",
    alipay: "Open Alipay and scan to pay",
    wechat: "Open WeChat and scan to pay",
    silent: "does not answer",
    retry: "Try again",
    network: "Only over TRC20",
    copied: "Copied",
    copyAddress: "Copy the address",
  },
} as const;

async function expectCard(page: Page, locale: "zh" | "en"): Promise<void> {
  await expect(page.getByRole("heading", { name: WORDS[locale].delivered })).toBeVisible({ timeout: 20_000 });
  await page.getByRole("button", { name: WORDS[locale].showAll }).click();
  await expect(page.locator("code")).toHaveCount(1);
}

const WAYS = [
  { name: "Alipay", gateway: "sandbox-alipay", link: "a[data-demo-phone]", scan: "alipay" },
  { name: "WeChat", gateway: "sandbox-wechat", link: "a[data-demo-phone]", scan: "wechat" },
  { name: "Stripe", gateway: "sandbox-stripe", link: "a[target=_blank]", scan: null },
] as const;

for (const [locale, tag] of [
  ["zh", "zh-CN"],
  ["en", "en-US"],
] as const) {
  test.describe(`${locale}:`, () => {
    test.use({ locale: tag, viewport: locale === "zh" ? { width: 360, height: 780 } : { width: 1280, height: 900 } });

    for (const { name, gateway, link, scan } of WAYS) {
      test(`a buyer pays by ${name}, from the order to the card`, async ({ page }) => {
        await order(page, { locale, slug: "starriver", email: `${gateway}-${locale}@example.com`, gateway });
        if (scan) await expect(page.getByText(WORDS[locale][scan])).toBeVisible();
        await payAt(page, link);
        await expectCard(page, locale);
      });
    }
  });
}

test.describe("a gateway that is silent", () => {
  test.use({
    locale: "zh-CN",
    viewport: { width: 360, height: 780 },
    permissions: ["clipboard-read", "clipboard-write"],
  });

  test("is told of in a sentence, recovers at a press, and the coins go to the exact address that the page shows", async ({
    page,
    context,
  }) => {
    const t = WORDS.zh;
    await behave(context, "usdt", "silent");
    await order(page, { locale: "zh", slug: "starriver", email: "usdt@example.com", gateway: "sandbox-usdt" });
    await expect(page.getByText("正在向“USDT")).toBeVisible(); // The page is there before the gateway answers.
    await expect(page.getByText(t.silent)).toBeVisible({ timeout: 15_000 });
    await behave(context, "usdt", "normal");
    await page.getByRole("link", { name: t.retry }).click();

    await expect(page.getByText(t.network)).toBeVisible();
    const amount = (await page.locator("[data-coin-amount]").textContent()) ?? "";
    const address = (await page.locator("[data-coin-address]").textContent()) ?? "";
    await page.getByRole("button", { name: t.copyAddress }).click();
    await expect(page.getByText(t.copied).first()).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(address);
    const [cashier] = await Promise.all([page.waitForEvent("popup"), page.locator("a[target=_blank]").click()]);
    await expect(cashier.getByText(address)).toBeVisible();
    await expect(cashier.getByText(`${amount} USDT`)).toBeVisible();
    await pressAtCashier(cashier, "how", "pay");
    await expectCard(page, "zh");
  });
});

test("attack 6: whatever the address of the way back says of a payment, the order waits and no card is handed out", async ({
  page,
}) => {
  await order(page, { locale: "en", slug: "starriver", email: "return@example.com" });
  const cashier = new URL((await page.locator("a[target=_blank]").getAttribute("href")) ?? "");
  const claims = new URLSearchParams({
    trade_no: "2026112100000000001",
    out_trade_no: cashier.searchParams.get("out_trade_no") ?? "",
    money: cashier.searchParams.get("money") ?? "",
    trade_status: "TRADE_SUCCESS",
    payment_status: "paid",
    sign: cashier.searchParams.get("sign") ?? "",
    sign_type: "MD5",
  });
  const id = /ord_[0-9a-f]{32}/.exec(page.url())?.[0];
  await page.goto(`${page.url()}?${claims}`);
  await expect(page.getByRole("timer")).toBeVisible();
  const told = await page.evaluate(
    async (order) => (await fetch(`/api/v1/orders/${order}/reveal`, { method: "POST" })).json(),
    id,
  );
  expect(told).toMatchObject({ code: "not_delivered" });
});

test("without scripts a code is shown, another way can be chosen, and the page finds the payment by itself", async ({
  page,
  browser,
}) => {
  await order(page, { locale: "en", slug: "starriver", email: "plain@example.com", gateway: "sandbox-wechat" });
  const storageState = await page.context().storageState();
  const plain = await browser.newContext({ javaScriptEnabled: false, storageState, locale: "en-US" });
  const other = await plain.newPage();
  await other.goto(page.url());
  await expect(other.getByText(WORDS.en.wechat)).toBeVisible();
  await other.getByRole("button", { name: "Alipay code (demo)" }).click();
  await expect(other.getByText(WORDS.en.alipay)).toBeVisible();
  const phone = await other.locator("a[data-demo-phone]").getAttribute("href");
  const cashier = await plain.newPage();
  await cashier.goto(phone ?? "");
  await pressAtCashier(cashier, "how", "pay");
  await other.getByRole("button", { name: "I have paid" }).click();
  await expect(other.getByRole("heading", { name: WORDS.en.delivered })).toBeVisible();
  await plain.close();
});
