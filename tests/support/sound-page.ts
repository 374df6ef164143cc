import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/**
 * What is wrong with a page: axe's rules with the elements that break them, and whether it scrolls sideways.
 * One call in the page itself: our pages hold no frames, for which alone axe would open a second page and carry its findings there.
 */
export async function faultsOf(page: Page): Promise<unknown[]> {
  await page.evaluate(endOfTransitions);
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

/** Half-way between two colours, every contrast is wrong: what will end by itself is waited for. */
async function endOfTransitions(): Promise<void> {
  const ending = document.getAnimations().filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime));
  await Promise.allSettled(ending.map(({ finished }) => finished));
}

/** Axe finds nothing on the page, and it does not scroll sideways. */
export async function expectSound(page: Page): Promise<void> {
  expect([page.url(), await faultsOf(page)]).toEqual([page.url(), []]);
}
