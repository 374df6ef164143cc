import { readFileSync } from "node:fs";
import path from "node:path";
import type { BrowserContext, Page } from "@playwright/test";
import { pressAtCashier } from "./cashier";

/** Makes one of the demo's gateways silent, or lets it answer again, at the desk that a visitor of the demo has too. */
export async function behave(
  context: BrowserContext,
  gateway: "alipay" | "wechat" | "stripe" | "usdt",
  how: "silent" | "normal",
): Promise<void> {
  const file = path.join(process.env.KAPU_TEST_SHOP_DATA ?? "", "sandbox", "house.json");
  const { ports } = JSON.parse(readFileSync(file, "utf8")) as { ports: { phone: number } };
  await context.request.post(`http://127.0.0.1:${ports.phone}/`, { form: { gateway, how } });
}

/** Follows what the pay page offers to the gateway's own page, in a tab of its own, and presses one of its buttons. */
export async function payAt(page: Page, link: string, how = "pay"): Promise<void> {
  const [cashier] = await Promise.all([page.waitForEvent("popup"), page.locator(link).click()]);
  await pressAtCashier(cashier, "how", how);
}
