import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/**
 * What is wrong with a page: axe's rules with the elements that break them, and whether it scrolls sideways.
 * One call in the page itself: our pages hold no frames, for which alone axe would open a second page and carry its findings there.
 */
export async function faultsOf(page: Page): Promise<unknown[]> {
  const { violations } = await new AxeBuilder({ page })
    .options({ resultTypes: ["violations"] })
    .setLegacyMode()
    .analyze();
  const isWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  return [
    ...violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
    ...(isWide ? ["scrolls sideways"] : []),
  ];
}

/** Axe finds nothing on the page, and it does not scroll sideways. */
export async function expectSound(page: Page): Promise<void> {
  expect([page.url(), await faultsOf(page)]).toEqual([page.url(), []]);
}
