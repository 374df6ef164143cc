import { expect, test } from "@playwright/test";

test("the front door leads to the language that the browser asks for", async ({ browser }) => {
  for (const [locale, path] of [
    ["zh-CN", "/zh"],
    ["en-US", "/en"],
  ] as const) {
    const context = await browser.newContext({ locale });
    const page = await context.newPage();
    await page.goto("/");
    await expect(page).toHaveURL(new RegExp(`${path}$`));
    await context.close();
  }
});
