import { expect, type Page, test } from "@playwright/test";
import { generateSync } from "otplib";
import { ADMIN } from "../support/admin";
import { signIn } from "../support/back-office";
import { openMerchant } from "../support/behind-the-shop";

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
  const merchant = await openMerchant();
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

/** Sets two-step sign-in up as a person does, and answers the recovery codes. */
async function enrol(page: Page): Promise<string[]> {
  await page.goto("/en/account");
  await page.getByRole("button", { name: "Set up two-step sign-in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Set up two-step sign-in" })).toBeVisible();
  const secret = ((await page.locator("code").first().textContent()) ?? "").replaceAll(" ", "");
  const confirm = page.getByRole("button", { name: "Use it" });
  await page.getByLabel("The six digits it shows").fill("000000");
  await confirm.click();
  await expect(page.getByRole("alert").filter({ hasText: "That is not the code" })).toBeVisible();
  await page.getByLabel("The six digits it shows").fill(generateSync({ secret }));
  await confirm.click();
  await expect(page.getByRole("heading", { name: "Recovery codes, shown this once" })).toBeVisible();
  return page.locator("ol code").allTextContents();
}

test("with two-step sign-in a password alone opens nothing, a recovery code lets in once, and is asked for again before it ends", async ({
  page,
}) => {
  test.slow();
  const merchant = await openMerchant();
  await signIn(page, merchant, "merchant");
  const codes = await enrol(page);
  expect(codes).toHaveLength(10);
  await page.getByRole("link", { name: "I have kept them" }).click();
  await expect(page.getByText("10 recovery codes left.")).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await expect(page).toHaveURL(/\/sign-in$/);

  const enter = async (code: string) => {
    await page.goto("/en/sign-in?next=/en/merchant/batches");
    await page.locator("input[name=email]").fill(merchant.email);
    await page.locator("input[name=password]").fill(merchant.password);
    await page.locator("main button[type=submit]").click();
    await expect(page).toHaveURL(/\/sign-in\/factor\?next=/);
    await page.goto("/en/merchant");
    await expect(page).toHaveURL(/\/sign-in\?next=/);
    await page.goto("/en/sign-in/factor?next=/en/merchant/batches");
    await page.getByLabel("Code").fill(code);
    await page.locator("main button[type=submit]").click();
  };
  // The page that asks for the code has this path in its query: a pattern would be content before the code was looked at.
  const inside = ({ pathname }: URL) => pathname === "/en/merchant/batches";
  await enter(codes[0]!.toLowerCase());
  await expect(page).toHaveURL(inside);
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await expect(page).toHaveURL(/\/sign-in$/);
  await enter(codes[0]!);
  await expect(page.getByRole("alert").filter({ hasText: "That is not the code" })).toBeVisible();
  await page.getByLabel("Code").fill(codes[1]!);
  await page.locator("main button[type=submit]").click();
  await expect(page).toHaveURL(inside);

  await page.goto("/en/account/factor");
  const end = page.locator("form", { has: page.getByRole("button", { name: "Stop using it" }) });
  await end.getByLabel("Code").fill(codes[2]!);
  await end.getByRole("button", { name: "Stop using it" }).click();
  await expect(page.getByRole("button", { name: "Set up two-step sign-in" })).toBeVisible();
});

test("a passkey lets its holder in alone and in place of the code, and nobody once it is removed", async ({
  browser,
}) => {
  test.slow();
  // A key is bound to the shop's own host, which is this name and no number.
  const baseURL = (process.env.KAPU_TEST_SHOP_URL ?? "").replace("127.0.0.1", "localhost");
  const context = await browser.newContext({ baseURL });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      ...{ protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
  const merchant = await openMerchant();
  await signIn(page, merchant, "merchant");
  await enrol(page);
  await page.goto("/en/account/factor");
  await page.getByLabel("Name").fill("office computer");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await expect(page.getByRole("button", { name: "Remove office computer" })).toBeVisible();
  await page.getByLabel("Name").fill("the same once more");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "This device's passkey is here already." })).toBeVisible();

  const leave = async () => {
    await page.getByRole("button", { name: "Sign out" }).first().click();
    await expect(page).toHaveURL(/\/sign-in$/);
  };
  const show = page.getByRole("button", { name: "Sign in with a passkey" });
  const home = ({ pathname }: URL) => pathname === "/en/merchant";
  await leave();
  await show.click();
  await expect(page).toHaveURL(home);

  await leave();
  await page.locator("input[name=email]").fill(merchant.email);
  await page.locator("input[name=password]").fill(merchant.password);
  await page.locator("main button[type=submit]").click();
  await expect(page).toHaveURL(/\/sign-in\/factor$/);
  await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await show.click();
  await expect(page.getByRole("alert").filter({ hasText: "Your device did not confirm it." })).toBeVisible();
  await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
  await show.click();
  await expect(page).toHaveURL(home);

  await page.goto("/en/step-up?next=/en/merchant/batches");
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await expect(page).toHaveURL(/\/merchant\/batches$/);
  await page.goto("/en/account/factor");
  await page.getByRole("button", { name: "Remove office computer" }).click();
  await expect(page.getByText("No passkeys yet.")).toBeVisible();
  await leave();
  await show.click();
  await expect(page.getByRole("alert").filter({ hasText: "This passkey was not accepted." })).toBeVisible();
  await context.close();
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("two-step sign-in asks for its code and lets in all the same", async ({ page, browser }) => {
    const helper = await (await browser.newContext({ javaScriptEnabled: true })).newPage();
    const merchant = await openMerchant();
    await signIn(helper, merchant, "merchant");
    const [code] = await enrol(helper);
    await helper.context().close();
    await page.goto("/zh/sign-in");
    await page.getByLabel("邮箱").fill(merchant.email);
    await page.getByLabel("密码").fill(merchant.password);
    await page.getByRole("button", { name: "登录" }).click();
    await expect(page).toHaveURL(/\/zh\/sign-in\/factor$/);
    await page.getByLabel("验证码").fill("123456");
    await page.getByRole("button", { name: "登录" }).click();
    await expect(page.getByText("验证码不对")).toBeVisible();
    await page.getByLabel("验证码").fill(code!);
    await page.getByRole("button", { name: "登录" }).click();
    await expect(page).toHaveURL(/\/zh\/merchant$/);
  });

  test("one signs in and out all the same", async ({ page }) => {
    await signIn(page, ADMIN, "admin");
    await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
    await page.getByRole("button", { name: "Sign out" }).first().click();
    await expect(page).toHaveURL(/\/sign-in$/);
  });
});
