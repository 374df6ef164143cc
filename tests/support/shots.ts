import type { Page } from "@playwright/test";

/** The folder where whoever wants to look at the pages will find pictures of them; without it none are taken. */
const folder = process.env.KAPU_TEST_SHOTS;

/** Colours change at once: a picture in the middle of their change shows neither dress. */
const STILL = "*, ::before, ::after { transition: none !important }";

/** The page as it is. */
export async function shoot(page: Page, name: string): Promise<void> {
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true, style: STILL });
}

/** The page as it stands, in both colours and sizes: for what is gone when the page is opened anew. */
export async function shootHere(page: Page, name: string): Promise<void> {
  if (!folder) return;
  const size = page.viewportSize();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [360, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      await shoot(page, `${name}-${colorScheme}-${width}`);
    }
  }
  if (size) await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: "light" });
}

/** The page in both languages, colours and sizes; it ends where it was, in the light and as wide as it began. */
export async function shootAll(page: Page, name: string): Promise<void> {
  if (!folder) return;
  const url = new URL(page.url());
  for (const locale of ["zh", "en"]) {
    await page.goto(url.pathname.replace(/^\/(zh|en)/, `/${locale}`) + url.search);
    await shootHere(page, `${name}-${locale}`);
  }
  await page.goto(url.href);
}
