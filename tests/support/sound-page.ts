import { expect, type Page } from "@playwright/test";
import axe from "axe-core";

/** How a page is looked at: what is not said stays as it is. */
export interface Dress {
  readonly width?: number;
  readonly colorScheme?: "light" | "dark";
}

/**
 * What is wrong with a page: axe's rules with the elements that break them, and whether it scrolls sideways; in each dress, if some are
 * given, without loading it again.
 */
export async function faultsOf(page: Page, dresses: readonly Dress[] = [{}]): Promise<unknown[]> {
  // Straight into the page: ours hold no frames, for which alone axe's own builder opens a second page and carries its findings there.
  await page.evaluate(axe.source);
  const faults: unknown[] = [];
  for (const dress of dresses) {
    const { width, colorScheme } = dress;
    if (colorScheme) await page.emulateMedia({ colorScheme });
    if (width) await page.setViewportSize({ width, height: 800 });
    const found = await page.evaluate(judge);
    faults.push(...found.map((fault) => (dresses.length > 1 ? [dress, fault] : fault)));
  }
  return faults;
}

/** Axe finds nothing on the page, and it does not scroll sideways. */
export async function expectSound(page: Page, dresses?: readonly Dress[]): Promise<void> {
  expect([page.url(), await faultsOf(page, dresses)]).toEqual([page.url(), []]);
}

/** Runs in the page. Half-way between two colours every contrast is wrong: what will end by itself is ended. To wait for it hung now and then. */
async function judge(): Promise<unknown[]> {
  for (const one of document.getAnimations())
    if (Number.isFinite(one.effect?.getComputedTiming().endTime)) one.finish();
  const { violations } = await (window as unknown as { axe: typeof axe }).axe.run({ resultTypes: ["violations"] });
  const isWide = document.documentElement.scrollWidth > window.innerWidth;
  return [
    ...violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
    ...(isWide ? ["scrolls sideways"] : []),
  ];
}
