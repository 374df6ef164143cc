import { expect, test } from "@playwright/test";
import { ADMIN } from "../support/admin";
import { openMerchant, signIn } from "../support/back-office";

test("a wrong password is refused in words and keeps the e-mail; a right one leads to where one was going", async ({
  page,
}) => {
  await page.goto("/zh/admin/proof");
  await expect(page).toHaveURL(/\/zh\/sign-in\?next=/);
  await page.getByLabel("邮箱").fill(ADMIN.email);
  await page.getByLabel("密码").fill("not the password");
  await page.getByRole("button", { name: "登录" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "邮箱或密码不对" })).toBeVisible();
  await expect(page.getByLabel("邮箱")).toHaveValue(ADMIN.email);
  await page.getByLabel("密码").fill(ADMIN.password);
  await page.getByRole("button", { name: "登录" }).click();
  await expect(page).toHaveURL(/\/zh\/admin\/proof$/);
});

test("signing out ends the session itself: the cookie, kept and shown again, opens nothing", async ({
  page,
  browser,
}) => {
  await signIn(page, ADMIN, "admin");
  const kept = await page.context().storageState();
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await expect(page).toHaveURL(/\/sign-in$/);
  const thief = await browser.newContext({ storageState: kept });
  const stolen = await thief.newPage();
  await stolen.goto("/en/admin");
  await expect(stolen).toHaveURL(/\/sign-in\?next=/);
  expect(await (await thief.request.get("/api/auth/session")).json()).toEqual({});
  await thief.close();
});

test("another device can be signed out from the account page, and changing the password signs out all others", async ({
  page,
  browser,
}) => {
  const merchant = await openMerchant(page);
  const phone = await (await browser.newContext()).newPage();
  await signIn(phone, merchant, "merchant");
  await signIn(page, merchant, "merchant");
  await page.goto("/en/account");
  await expect(page.getByRole("row")).toHaveCount(3);
  await page.getByRole("button", { name: "Sign out", exact: true }).last().click();
  await expect(page.getByRole("row")).toHaveCount(2);
  await phone.goto("/en/merchant");
  await expect(phone).toHaveURL(/\/sign-in/);

  await signIn(phone, merchant, "merchant");
  await page.locator("input[name=current]").fill(merchant.password);
  await page.locator("input[name=password]").fill("a second password altogether");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("The password is changed")).toBeVisible();
  await phone.goto("/en/merchant");
  await expect(phone).toHaveURL(/\/sign-in/);
  await phone.context().close();
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("one signs in and out all the same", async ({ page }) => {
    await signIn(page, ADMIN, "admin");
    await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
    await page.getByRole("button", { name: "Sign out" }).first().click();
    await expect(page).toHaveURL(/\/sign-in$/);
  });
});
