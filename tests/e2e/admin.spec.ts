import { expect, test } from "@playwright/test";
import { INVARIANTS } from "@/lib/features/audit/catalog";
import { ADMIN } from "../support/admin";
import { signIn } from "../support/back-office";
import { closePastDays } from "../support/closed-days";
import { shootAll } from "../support/shots";
import { expectSound } from "../support/sound-page";

test("the proof page runs every invariant and shows the SQL of each", async ({ page }) => {
  await signIn(page, ADMIN, "admin");
  await page.goto("/en/admin/proof");
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(page.getByRole("status").filter({ hasText: /All hold.*Snapshot of/s })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText("Holds", { exact: true })).toHaveCount(INVARIANTS.length);
  await page.getByText("Show the SQL").first().click();
  await expect(page.locator("pre").first()).toContainText("SELECT");
});

test("the self check looks at the keys and at the way back, and its notice is rightly not accepted", async ({
  page,
}) => {
  await signIn(page, ADMIN, "admin");
  await page.goto("/en/admin/gateways/epay");
  await page.getByRole("button", { name: "Run the self check" }).click();
  await expect(page.getByText("The gateway answers and knows this account.")).toBeVisible();
  await expect(page.getByText("It works: the address is reachable, the signature is ours")).toBeVisible();
  await page.goto("/en/admin/payments?q=KAPU-TEST-NOTICE");
  await expect(page.getByRole("list", { name: "Payment inbox" }).getByRole("listitem")).toHaveCount(1);
  await page.getByText("Raw text and verdict").click();
  await expect(page.getByText("Rightly signed, but the shop has no such number")).toBeVisible();
  await expect(page.locator("dt", { hasText: /^sign$/ }).locator("xpath=following-sibling::dd[1]")).toHaveText(
    "[left out]",
  );
});

test("a key is written and never read back; an empty or short one is refused at its field", async ({ page }) => {
  await signIn(page, ADMIN, "admin");
  await page.goto("/en/admin/gateways/new");
  await page.getByRole("link", { name: "EPay", exact: true }).click();
  const id = `second-${Date.now().toString(36)}`;
  await page.locator("input[name=id]").fill(id);
  await expect(page.locator("code", { hasText: `/api/pay/epay/${id}` })).toBeVisible();
  await page.locator("input[name='settings.baseUrl']").fill("https://pay.example.com");
  await page.locator("input[name='settings.pid']").fill("1001");
  await page.locator("input[name=isActive]").uncheck();
  const key = page.locator("input[name='settings.key']");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(key).toHaveAccessibleDescription(/Fill in the key/);
  await key.fill("short");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(key).toHaveAccessibleDescription(/too short/);
  await expect(key).toBeFocused();
  await key.fill("written-and-never-read-back");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL(new RegExp(`/admin/gateways/${id}$`));
  await expect(key).toHaveAccessibleDescription(/On record/);
  await expect(key).toHaveValue("");
  expect(await page.content()).not.toContain("written-and-never-read-back");
});

test("an account of another kind is made through its form, shows what its choices need, and passes axe", async ({
  page,
}) => {
  await signIn(page, ADMIN, "admin");
  const id = `coins-${Date.now().toString(36)}`;
  await page.goto("/en/admin/gateways/new?kind=epusdt");
  await expectSound(page);
  const number = page.locator("input[name='settings.pid']");
  await expect(number).toBeHidden();
  await page.locator("select[name='settings.flavour']").selectOption("gmpay");
  await expect(number).toBeVisible();
  await page.locator("input[name=id]").fill(id);
  await page.locator("input[name='settings.baseUrl']").fill("http://127.0.0.1:9");
  await page.locator("input[name='settings.token']").fill("a-token-that-nobody-guesses");
  await page.locator("input[name=amountMin]").fill("1,5");
  await page.locator("input[name=isActive]").uncheck();
  const save = page.getByRole("button", { name: "Save" });
  await save.click();
  await expect(page.locator("input[name=amountMin]")).toHaveAccessibleDescription(/amount above 0/);
  await page.locator("input[name=amountMin]").fill("1.50");
  await save.click();
  await expect(number).toHaveAttribute("aria-invalid", "true");
  await number.fill("1001");
  await save.click();
  await expect(page).toHaveURL(new RegExp(`/admin/gateways/${id}$`));
  await expect(page.getByText("from ¥1.50 each")).toBeVisible();
  await page.getByRole("button", { name: "Run the self check" }).click();
  await expect(page.getByText("The gateway does not answer, or not as it should.")).toBeVisible();
  await expectSound(page);
});

test("of two admins who opened the same account the second one is told, and keeps what was typed", async ({ page }) => {
  await signIn(page, ADMIN, "admin");
  await page.goto("/en/admin/gateways/epay");
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.locator("input[name=feePercent]").fill("0.6");
  await other.getByRole("button", { name: "Save" }).click();
  await expect(other.getByText("0.60%")).toBeVisible();
  await expect(other.getByRole("status").filter({ hasText: "Saved" })).toBeInViewport();
  await page.locator("input[name=feePercent]").fill("0.38");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Somebody changed this" })).toBeInViewport();
  await expect(page.locator("input[name=feePercent]")).toHaveValue("0.38");
  await page.goto("/en/admin/gateways/nobody");
  await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
});

test("an admin reads a closed day and takes its file away, sees a merchant's month, and has the caches compared", async ({
  page,
}) => {
  test.setTimeout(120_000);
  const day = await closePastDays();
  await signIn(page, ADMIN, "admin");
  await page.goto("/en/admin/reports");
  await expectSound(page);
  await shootAll(page, "reports");
  await page.getByLabel("Send it").check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Saved" })).toBeVisible();
  await page.getByRole("region", { name: "Daily closes" }).getByRole("link", { name: day }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Daily close ${day}` })).toBeVisible();
  await expect(page.getByText("Nothing was changed: its hash goes on from the day before.")).toBeVisible();
  await expect(page.getByRole("region", { name: "CNY" }).getByRole("row", { name: /^Sold/ })).toContainText(
    "¥1,028.00",
  );
  await expectSound(page);
  await shootAll(page, "close");
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download", exact: true }).click(),
  ]);
  expect(file.suggestedFilename()).toBe(`closes-${day}-${day}.csv`);
  await page.getByRole("region", { name: "By merchant" }).getByRole("link").first().click();
  await expect(page.getByText("Due at the beginning").first()).toBeVisible();
  await expectSound(page);
  await shootAll(page, "statement");
  await page.goto("/en/admin/caches");
  await page.getByRole("button", { name: "Compare everything" }).click();
  await expect(page.getByRole("status").filter({ hasText: "REDIS_URL is not set" })).toBeVisible();
  await shootAll(page, "caches");
  await page.goto("/en/admin/reports/2020-01-01");
  await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
});
