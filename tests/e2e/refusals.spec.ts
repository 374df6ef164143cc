import { expect, test } from "@playwright/test";
import { buyButton, fillOrder, payAtCashier } from "../support/storefront";

test.use({ viewport: { width: 360, height: 780 }, locale: "zh-CN" });

test("a wrong field is said at the field, and nothing typed is lost", async ({ page }) => {
  await fillOrder(page, {
    locale: "zh",
    slug: "mountain-sea-music",
    quantity: 3,
    email: "谁@",
    password: "芝麻开门芝麻",
  });
  await page.locator("form:has(#email)").evaluate((form) => form.setAttribute("novalidate", ""));
  await buyButton(page).click();
  await expect(page.getByText("请填写有效的邮箱")).toBeVisible();
  await expect(page.locator("#email")).toHaveAttribute("aria-invalid", "true");
  await expect(page.locator("#email")).toHaveValue("谁@");
  await expect(page.locator("#password")).toHaveValue("芝麻开门芝麻");
  await expect(page.locator("#quantity")).toHaveValue("3");
});

test("what is sold out cannot be ordered, and more than there is is refused in words", async ({ page }) => {
  await page.goto("/zh/products/matinee");
  await expect(buyButton(page)).toBeDisabled();
  await expect(page.getByText("售罄").first()).toBeVisible();

  await fillOrder(page, { locale: "zh", slug: "egret-drive", quantity: 30, email: "more-than-there-is@example.com" });
  await buyButton(page).click();
  await expect(page.getByRole("alert").filter({ hasText: "库存不够" })).toBeVisible();
  await expect(page.locator("#email")).toHaveValue("more-than-there-is@example.com");
});

test("a lost connection is told as one, and the same press afterwards makes one order", async ({ page, context }) => {
  await fillOrder(page, { locale: "zh", slug: "starriver", email: "lost@example.com" });
  await context.setOffline(true);
  await buyButton(page).click();
  await expect(page.getByText("再点一次就好，不会重复下单")).toBeVisible();
  await context.setOffline(false);
  await buyButton(page).click();
  await expect(page).toHaveURL(/\/pay$/);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("a buyer confirms the total, pays, and reads the cards on a page that nobody keeps", async ({
    page,
    context,
  }) => {
    await page.goto("/zh?q=%E7%A0%9A%E5%8F%B0");
    await expect(page.getByRole("heading", { level: 2 })).toHaveText(["砚台编辑器"]);
    await page.goto("/zh/products/inkwell");
    await page.locator("#email").fill("plain@example.com");
    await buyButton(page).click();
    await expect(page.getByText("请核对后再点一次")).toBeVisible();
    await expect(page.getByText("合计 ¥98.00")).toBeVisible();
    await expect(page.locator("#email")).toHaveValue("plain@example.com");
    await buyButton(page).click();
    await expect(page).toHaveURL(/\/pay$/);
    await payAtCashier(context, page);
    await page.getByRole("button", { name: "我已付款" }).click();
    await expect(page.getByRole("heading", { name: "卡密已发出" })).toBeVisible();
    const [response] = await Promise.all([
      page.waitForResponse((answer) => answer.url().endsWith("/reveal")),
      page.getByRole("button", { name: "显示全部" }).click(),
    ]);
    expect(response.headers()["cache-control"]).toContain("no-store");
    await expect(page.getByText(/INK1Y-/).first()).toBeVisible();
  });

  test("an order that this browser does not hold is not told apart from one that does not exist", async ({ page }) => {
    const missing = await page.goto("/en/orders/ord_00000000000000000000000000000000");
    expect(missing?.status()).toBe(404);
    await expect(page.getByRole("heading", { name: "This order cannot be opened here" })).toBeVisible();
    const nonsense = await page.goto("/en/orders/nonsense/pay");
    expect(nonsense?.status()).toBe(404);
    await expect(page.getByRole("heading", { name: "This order cannot be opened here" })).toBeVisible();
  });

  test("an address that leads nowhere says so with the right status, in the language of the address", async ({
    page,
  }) => {
    for (const [path, words] of [
      ["/zh/nowhere", "没有这个页面"],
      ["/en/products/no-such-thing", "There is no such page"],
      ["/zh/products/no-such-thing", "没有这个页面"],
      ["/fr", "没有这个页面"],
      ["/fr/lookup", "没有这个页面"],
    ] as const) {
      const response = await page.goto(path);
      expect([path, response?.status()]).toEqual([path, 404]);
      await expect(page.getByRole("heading", { name: words })).toBeVisible();
    }
  });
});
