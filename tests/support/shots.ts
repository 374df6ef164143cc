import type { Page } from "@playwright/test";

/** The folder where whoever wants to look at the pages will find pictures of them; without it none are taken. */
const folder = process.env.KAPU_TEST_SHOTS;

/** The page as it is. */
export async function shoot(page: Page, name: string): Promise<void> {
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

/** The page in both languages, colours and sizes; it ends where it was, in the light and as wide as it began. */
export async function shootAll(page: Page, name: string): Promise<void> {
  if (!folder) return;
  const url = new URL(page.url());
  const size = page.viewportSize();
  for (const locale of ["zh", "en"]) {
    await page.goto(url.pathname.replace(/^\/(zh|en)/, `/${locale}`) + url.search);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const width of [360, 1280]) {
        await page.setViewportSize({ width, height: 900 });
        await shoot(page, `${name}-${locale}-${colorScheme}-${width}`);
      }
    }
  }
  if (size) await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto(url.href);
}
