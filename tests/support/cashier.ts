import type { Page } from "@playwright/test";

/** Presses a button of a gateway's own page; returns when the gateway has answered. The page ends with its browser context. */
export async function pressAtCashier(cashier: Page, name: "way" | "how", value: string): Promise<void> {
  const answered = cashier.waitForResponse((response) => response.request().method() === "POST");
  await cashier.locator(`button[name=${name}][value=${value}]`).click();
  await answered;
}
