import { readFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import { toGbk } from "@/sandbox/gateways/gbk";
import { ADMIN } from "../support/admin";
import { openShopFront, signIn } from "../support/back-office";
import { shoot } from "../support/shots";
import { expectSound } from "../support/sound-page";

test.describe.configure({ timeout: 240_000 });

/** What an operator's own gateway exports: GBK, words above the header, a line nobody can read, a formula. */
const table = (run: string) =>
  toGbk(
    [
      "收款明细导出",
      "时间,流水号,商户单号,金额,类型",
      `2026-11-19 10:00:00,T${run}1,K${run}1,12.50,收款`,
      `2026-11-19 11:00:00,T${run}1,K${run}1,-2.50,退款`,
      `2026-11-19 12:00:00,T${run}2,K${run}2,"1,280.00",收款`,
      `昨天,T${run}3,=HYPERLINK("x"),1.00,收款`,
      "",
    ].join("\r\n"),
  );

for (const [locale, width, colorScheme] of [
  ["zh", 360, "dark"],
  ["en", 1280, "light"],
] as const) {
  test(`a table that nobody knows becomes rows, once, in ${locale} at ${width} px`, async ({ browser }) => {
    const zh = locale === "zh";
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    const page = await context.newPage();
    const run = `${Date.now().toString(36)}${locale}`.toUpperCase();
    const name = (step: string) => `statements-${step}-${locale}-${width}-${colorScheme}`;
    await signIn(page, ADMIN, "admin", locale);
    await page.goto(`/${locale}/admin/statements`);
    await expectSound(page);
    await shoot(page, name("list-before"));
    await page.getByRole("link", { name: zh ? "上传对账单" : "Upload a statement" }).click();
    const file = { name: "export.csv", mimeType: "text/csv", buffer: table(run) };
    await page.getByLabel(zh ? "哪个渠道的" : "Whose statement").selectOption("epay");
    await page.locator("input[type=file]").setInputFiles(file);
    await expect(page.getByText(zh ? "认不出这种表格" : "This table is not known").first()).toBeVisible();
    await expect(page.locator("#column-amount option:checked")).toHaveText("4. 金额");
    await expect(page.locator("#column-tradeNo option:checked")).toHaveText("2. 流水号");
    await expect(page.locator("#encoding")).toHaveValue("gbk");
    await page.getByRole("button", { name: zh ? "按这样重新预览" : "Preview it like this" }).click();
    await expect(page.getByText("1,280.00")).toBeVisible();
    await expectSound(page);
    await shoot(page, name("preview"));
    await page.getByRole("button", { name: zh ? "入库" : "Store it", exact: true }).click();
    await expect(page.getByRole("status")).toContainText(zh ? "新增 3 行" : "3 new rows");
    await page.getByRole("link", { name: zh ? "查看这份对账单" : "Look at the statement" }).click();
    await expect(page.getByRole("cell", { name: `T${run}2`, exact: true })).toBeVisible();
    await expect(page.getByText(zh ? "时间读不出" : "no time that can be read").first()).toBeVisible();
    await expectSound(page);
    await shoot(page, name("file"));
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: zh ? "下载拒收的行" : "Download the rejected lines" }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^rejected-stm_[0-9a-f]{32}\.csv$/);
    // A spreadsheet must not take a cell of somebody else's for a formula of its own.
    expect(await readFile(await download.path(), "utf8")).not.toMatch(/(^|",)"?=/m);
    await page.getByRole("searchbox").fill(`K${run}2`);
    await page.getByRole("button", { name: zh ? "搜索" : "Search" }).click();
    await expect(page.getByRole("cell", { name: `T${run}1`, exact: true })).toHaveCount(0);
    await expect(page.getByRole("cell", { name: `T${run}2`, exact: true })).toBeVisible();

    // The same file again is the same file.
    await page.goto(`/${locale}/admin/statements/upload`);
    await page.getByLabel(zh ? "哪个渠道的" : "Whose statement").selectOption("epay");
    await page.locator("input[type=file]").setInputFiles(file);
    await page.getByRole("button", { name: zh ? "按这样重新预览" : "Preview it like this" }).click();
    await page.getByRole("button", { name: zh ? "入库" : "Store it", exact: true }).click();
    await expect(page.getByRole("status")).toContainText(zh ? "之前已经入库了" : "was there before");
    await page.goto(`/${locale}/admin/statements`);
    await expectSound(page);
    await shoot(page, name("list"));
    await context.close();
  });
}

test("a merchant finds no statements, and no page of a stranger may send one", async ({ page, request }) => {
  await openShopFront(page);
  const reply = await page.evaluate(async () => {
    const ask = async (method: string, path: string) =>
      (await fetch(path, { method, ...(method === "POST" ? { body: "a,b,c" } : {}) })).status;
    return [
      await ask("POST", "/api/admin/statements?account=epay"),
      await ask("POST", "/api/admin/statements/preview?account=epay"),
      await ask("GET", "/api/admin/statements?account=epay&after=0"),
      await ask("GET", "/api/admin/statements/stm_00000000000000000000000000000000/rejected"),
    ];
  });
  expect(reply).toEqual([404, 404, 404, 404]);
  const nobody = await request.post("/api/admin/statements?account=epay", { data: "a,b,c" });
  expect(nobody.status()).toBe(401);
  await page.context().clearCookies();
  await signIn(page, ADMIN, "admin");
  const stranger = await page.request.post("/api/admin/statements?account=epay", {
    data: "a,b,c",
    headers: { origin: "https://stranger.example" },
  });
  expect(stranger.status()).toBe(403);
});
