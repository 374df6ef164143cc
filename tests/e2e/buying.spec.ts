import { readFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import { pressAtCashier } from "../support/cashier";
import { buyButton, fillOrder, order, orderNumber, payAtCashier } from "../support/storefront";

test.describe("on a phone, in Chinese", () => {
  test.use({
    viewport: { width: 360, height: 780 },
    locale: "zh-CN",
    permissions: ["clipboard-read", "clipboard-write"],
  });

  test("a visitor searches, buys, pays, and holds a card that no page source carries", async ({
    page,
    context,
    browser,
  }) => {
    await page.goto("/zh");
    await page.getByRole("searchbox").fill("星河");
    await expect(page.getByRole("heading", { level: 2 })).toHaveText(["星河点卡"]);
    await page.getByRole("link", { name: /星河点卡/ }).click();
    await expect(page).toHaveURL(/\/zh\/products\/starriver$/);

    await order(page, {
      locale: "zh",
      slug: "starriver",
      quantity: 2,
      email: "a@example.com",
      password: "芝麻开门芝麻",
    });
    await expect(page.getByText("¥12.00").first()).toBeVisible();
    await expect(page.getByRole("timer")).toHaveText(/^1[45]:\d\d$/);
    await payAtCashier(context, page);
    await expect(page.getByRole("heading", { name: "卡密已发出" })).toBeVisible();

    await expect(page.locator("code")).toHaveCount(0);
    await page.getByRole("button", { name: "显示全部" }).click();
    await expect(page.locator("code")).toHaveText([/^XH06-/, /^XH06-/]);
    const secrets = await page.locator("code").allInnerTexts();
    const source = await (await context.request.get(page.url())).text();
    for (const secret of secrets) expect(source).not.toContain(secret);

    await page.getByRole("button", { name: "复制全部" }).click();
    await expect(page.getByText("已复制").first()).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secrets.join("\n"));
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "下载" }).click();
    expect(await readFile(await (await download).path(), "utf8")).toBe(`${secrets.join("\n")}\n`);

    const number = await orderNumber(page);
    const other = await (await browser.newContext({ locale: "zh-CN" })).newPage();
    await other.goto(page.url());
    await expect(other.getByRole("heading", { name: "打不开这笔订单" })).toBeVisible();
    await other.goto("/zh/lookup");
    await other.locator("#number").fill(number.toLowerCase().replaceAll("-", " "));
    await other.locator("#password").fill("不对的密码");
    await other.getByRole("button", { name: "查询" }).click();
    await expect(other.getByText("没有查到")).toBeVisible();
    await other.locator("#number").fill(number.toLowerCase().replaceAll("-", " "));
    await other.locator("#password").fill("芝麻开门芝麻");
    await other.getByRole("button", { name: "查询" }).click();
    await expect(other.getByRole("heading", { name: "卡密已发出" })).toBeVisible();
    await other.context().close();
  });
});

test.describe("at a desk, in English", () => {
  test.use({ viewport: { width: 1280, height: 900 }, locale: "en-US" });

  test("the total follows the tier, a double click is one order, and refresh, back and a second tab change nothing", async ({
    page,
    context,
  }) => {
    await fillOrder(page, { locale: "en", slug: "cloudsail-gift-card", quantity: 20, email: "b@example.com" });
    await expect(page.getByText("¥970.00")).toBeVisible();
    await expect(page.getByRole("row", { name: /20 or more/ })).toContainText("yours");
    await buyButton(page).dblclick();
    await expect(page).toHaveURL(/\/pay$/);
    const payUrl = page.url();

    await page.goBack();
    await expect(page).toHaveURL(/cloudsail-gift-card$/);
    await page.goto("/en/lookup");
    await expect(page.locator("a[href*='/orders/ord_']")).toHaveCount(1);

    await page.goto(payUrl);
    await page.reload();
    const second = await context.newPage();
    await second.goto(payUrl);
    await expect(second.getByRole("heading", { name: "Waiting for payment" })).toBeVisible();
    await payAtCashier(context, page);
    await expect(page.getByRole("heading", { name: "Your cards are here" })).toBeVisible();
    await expect(second.getByRole("heading", { name: "Your cards are here" })).toBeVisible({ timeout: 20_000 });
    await second.goto(payUrl);
    await expect(second).toHaveURL(payUrl.replace(/\/pay$/, ""));
    await expect(page.getByText("20 in all")).toBeVisible();
  });

  test("“I have paid” finds a payment that the gateway never told us about", async ({ page, context }) => {
    await order(page, { locale: "en", slug: "timekeep", email: "silent@example.com" });
    await page.getByRole("button", { name: "I have paid" }).click();
    await expect(page.getByText("The provider has not seen this payment yet")).toBeVisible();
    await payAtCashier(context, page, "silent");
    await page.getByRole("button", { name: "I have paid" }).click();
    await expect(page.getByRole("heading", { name: "Your cards are here" })).toBeVisible();
  });

  test("too little, too much and twice are each said in words, and only the double payment delivers", async ({
    page,
    context,
  }) => {
    for (const [way, heading] of [
      ["under", "Too little was paid"],
      ["over", "Too much was paid"],
    ] as const) {
      await order(page, { locale: "en", slug: "timekeep", email: `${way}@example.com` });
      await payAtCashier(context, page, way);
      await expect(page.getByRole("heading", { name: heading })).toBeVisible();
      await expect(page.getByRole("button", { name: "Show all" })).toHaveCount(0);
    }
    await order(page, { locale: "en", slug: "timekeep", email: "twice@example.com" });
    await payAtCashier(context, page, "twice");
    await expect(page.getByText("Paid twice")).toBeVisible({ timeout: 20_000 });
    await expect(page.getByRole("button", { name: "Show all" })).toBeVisible();
  });

  test("five thousand cards arrive at once and every one of them is there", async ({ page, context }) => {
    await order(page, { locale: "en", slug: "platform-coffee", quantity: 5000, email: "office@example.com" });
    await payAtCashier(context, page);
    await expect(page.getByRole("heading", { name: "Your cards are here" })).toBeVisible({ timeout: 30_000 });
    await page.getByRole("button", { name: "Show all" }).click();
    await expect(page.locator("code")).toHaveCount(5000);
    expect(new Set(await page.locator("code").allTextContents()).size).toBe(5000);
    await page.locator("code").last().scrollIntoViewIfNeeded();
    await expect(page.locator("code").last()).toBeInViewport();
  });

  test("a cancelled order says that no money moved, and takes a payment that comes all the same", async ({
    page,
    context,
  }) => {
    await order(page, { locale: "en", slug: "inkwell", email: "cancel@example.com" });
    const pay = await page.locator("a[target=_blank]").getAttribute("href");
    await page.getByText("Cancel order").click();
    await page.getByRole("button", { name: "Yes, cancel it" }).click();
    await expect(page.getByRole("heading", { name: "This order was cancelled" })).toBeVisible();
    const cashier = await context.newPage();
    await cashier.goto(pay ?? "");
    await pressAtCashier(cashier, "way", "pay");
    await expect(async () => {
      await page.reload();
      await expect(page.getByRole("heading", { name: "Your cards are here" })).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 20_000 });
    await expect(page.getByText("Late, and still good")).toBeVisible();
  });
});
