import { expect, test } from "@playwright/test";
import { ADMIN } from "../support/admin";
import { signIn } from "../support/back-office";

test("the proof page runs every invariant and shows the SQL of each", async ({ page }) => {
  await signIn(page, ADMIN, "admin");
  await page.goto("/en/admin/proof");
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page.getByRole("status").filter({ hasText: /All hold.*Snapshot of/s })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText("Holds", { exact: true })).toHaveCount(16);
  await page.getByText("Show the SQL").first().click();
  await expect(page.locator("pre").first()).toContainText("SELECT");
});

test("a test notice is signed, sent to the shop's own address and rightly not accepted", async ({ page }) => {
  await signIn(page, ADMIN, "admin");
  await page.goto("/en/admin/gateways");
  await page.getByRole("button", { name: "Send a test notice" }).click();
  await expect(page.getByText("It works")).toBeVisible();
  await page.goto("/en/admin/payments?q=KAPU-TEST-NOTICE");
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.getByText("Raw").last().click();
  await expect(page.locator("pre")).toContainText("sign=…");
});

test("a key is written and never read back; an empty or short one is refused", async ({ page }) => {
  await signIn(page, ADMIN, "admin");
  await page.goto("/en/admin/gateways");
  await page.getByText("Add an account").click();
  const form = page.locator("form", { has: page.locator("input[name=isNew]") });
  await form.locator("input[name=id]").fill(`second-${Date.now().toString(36)}`);
  await form.locator("input[name=baseUrl]").fill("https://pay.example.com");
  await form.locator("input[name=pid]").fill("1001");
  await form.locator("input[name=isActive]").uncheck();
  await form.locator("input[name=key]").evaluate((input: HTMLInputElement) => input.removeAttribute("required"));
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByRole("alert")).toContainText("too short");
  await form.locator("input[name=key]").fill("short");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByRole("alert")).toContainText("too short");
  await form.locator("input[name=key]").fill("written-and-never-read-back");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("A key is on record").first()).toBeVisible();
  await page.reload();
  expect(await page.content()).not.toContain("written-and-never-read-back");
});
