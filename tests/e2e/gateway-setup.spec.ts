import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { startAlipayFake } from "@/sandbox/gateways/alipay";
import { startStripeFake } from "@/sandbox/gateways/stripe";
import { ADMIN } from "../support/admin";
import { signIn } from "../support/back-office";
import { pressAtCashier } from "../support/cashier";

/** What docs/gateways.md tells an operator to do, from the choice of a gateway to money that came in and went back. */

const APP_ID = "2021000000000001";
const SELLER_ID = "2088101106499364";
const { keys } = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, "../fixtures/payment-vectors.json"), "utf8"),
) as { keys: Record<"merchant" | "platform", { publicSpkiPem: string; privatePkcs8DerBase64: string }> };
const pem = (der: string) => `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----`;

async function choose(page: Page, gateway: string): Promise<string> {
  await signIn(page, ADMIN, "admin");
  await page.goto("/en/admin/gateways");
  await page.getByRole("link", { name: "Add an account" }).first().click();
  await page.getByRole("link", { name: gateway, exact: true }).click();
  const id = `${gateway.toLowerCase()}-${Date.now().toString(36)}`;
  await page.locator("input[name=id]").fill(id);
  return id;
}

async function save(page: Page, id: string): Promise<void> {
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/admin/gateways/${id}$`));
}

async function selfCheck(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Run the self check" }).click();
  await expect(page.getByText("It works: the address is reachable")).toBeVisible();
  await expect(page.getByText("The gateway answers and knows this account.")).toBeVisible();
}

/** Begins a test payment; the number that the gateway knows it by. */
async function startTest(page: Page): Promise<string> {
  const number = page.getByText(/TEST-\d{6}-\w{5}-\w{5} · K[0-9A-Z]{31}/).first();
  await page.getByRole("button", { name: "Start a test payment" }).click();
  await expect(number).toBeVisible();
  return ((await number.textContent()) ?? "").split(" · ")[1] ?? "";
}

async function seeItPaidAndGiveItBack(page: Page): Promise<void> {
  await expect(page.getByText("told by a notice: the whole way works").first()).toBeVisible();
  await page.getByRole("button", { name: "Give it back" }).first().click();
  await expect(page.getByText("Given back").first()).toBeVisible();
}

test("EPay: the cashier of the demo is paid a cent, tells the shop, and nothing is sold by it", async ({ page }) => {
  await signIn(page, ADMIN, "admin");
  await page.goto("/en/admin/gateways/epay");
  await startTest(page);
  const opened = page.context().waitForEvent("page");
  await page.getByRole("link", { name: "Go and pay" }).first().click();
  const cashier = await opened;
  await pressAtCashier(cashier, "way", "pay");
  await expect(page.getByText("told by a notice: the whole way works").first()).toBeVisible();
  await page.goto("/en/admin/findings");
  await expect(page.getByText("Unknown order")).toHaveCount(0);
});

test("Alipay: set up by the guide, checked, paid a cent and given back", async ({ page }) => {
  const fake = await startAlipayFake({
    appId: APP_ID,
    sellerId: SELLER_ID,
    appPublicKey: keys.merchant.publicSpkiPem,
    alipayPrivateKey: pem(keys.platform.privatePkcs8DerBase64),
  });
  const id = await choose(page, "Alipay");
  await page.locator("input[name='settings.appId']").fill(APP_ID);
  await page.locator("input[name='settings.sellerId']").fill(SELLER_ID);
  await page.getByLabel("Face to face (QR)").check();
  await page.locator("textarea[name='settings.privateKey']").fill(keys.merchant.privatePkcs8DerBase64);
  // The classic mistake first: one's own public key in Alipay's place.
  const theirs = page.locator("textarea[name='settings.alipayPublicKey']");
  await theirs.fill(keys.merchant.publicSpkiPem);
  await page.locator("input[name='settings.endpoint']").fill(fake.endpoint);
  await page.locator("input[name=isActive]").uncheck();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(theirs).toHaveAttribute("aria-invalid", "true");
  await theirs.fill(keys.platform.publicSpkiPem);
  await save(page, id);
  await selfCheck(page);
  const number = await startTest(page);
  await expect(page.getByRole("img", { name: "Scan to pay" })).toBeVisible();
  expect(await fake.pay(number)).toBe(true);
  expect(fake.sent.at(-1)).toMatchObject({ status: 200, answer: "success" });
  await seeItPaidAndGiveItBack(page);
  await fake.stop();
});

test("Stripe: the notify address is there before the keys; set up, checked, paid half a dollar and given back", async ({
  page,
}) => {
  const secretKey = `sk_test_${"k".repeat(30)}`;
  const hook = `whsec_${"h".repeat(30)}`;
  const fake = await startStripeFake({ secretKey, webhookSecrets: [hook] });
  const id = await choose(page, "Stripe");
  fake.notifyTo((await page.locator("code", { hasText: `/api/pay/stripe/${id}` }).textContent()) ?? "");
  await page.locator("input[name='settings.secretKey']").fill(secretKey);
  await page.locator("textarea[name='settings.webhookSecrets']").fill(hook);
  await page.locator("input[name='settings.endpoint']").fill(fake.url);
  await page.locator("select[name=currency]").selectOption("USD");
  await page.locator("input[name=isActive]").uncheck();
  await save(page, id);
  await selfCheck(page);
  const number = await startTest(page);
  await expect(page.getByText("US$0.50").or(page.getByText("$0.50")).first()).toBeVisible();
  await expect(page.getByRole("link", { name: "Go and pay" })).toBeVisible();
  expect(await fake.pay(number)).toBe(true);
  await seeItPaidAndGiveItBack(page);
  await fake.stop();
});
