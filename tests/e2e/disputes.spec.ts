import { type Browser, expect, type Page, test } from "@playwright/test";
import sharp from "sharp";
import { getMessages } from "@/lib/i18n";
import { fill } from "@/lib/i18n/format";
import { ADMIN } from "../support/admin";
import { addProduct, signIn, uploadAndPublish } from "../support/back-office";
import { openMerchant } from "../support/behind-the-shop";
import { shootAll, shootHere } from "../support/shots";
import { expectSound } from "../support/sound-page";
import { order, payAtCashier } from "../support/storefront";

test.describe.configure({ timeout: 240_000 });

/** Nothing for axe, nothing that scrolls sideways; and a picture for whoever wants to look. */
async function expectClean(page: Page, name: string): Promise<void> {
  await expectSound(page);
  await shootHere(page, `dispute-${name}`);
}

interface Look {
  readonly locale: "zh" | "en";
  readonly colorScheme: "light" | "dark";
  readonly javaScriptEnabled: boolean;
}

/** One buyer reports with scripts and one without. */
const LOOKS: readonly Look[] = [
  { locale: "zh", colorScheme: "light", javaScriptEnabled: true },
  { locale: "en", colorScheme: "dark", javaScriptEnabled: false },
];

/** A page of a browser of its own. */
const open = async (browser: Browser, look: Partial<Look>, width: number) =>
  (await browser.newContext({ ...look, viewport: { width, height: 800 } })).newPage();

for (const look of LOOKS) {
  const { locale, colorScheme, javaScriptEnabled } = look;
  const how = `${locale}, ${javaScriptEnabled ? "with scripts" : "without scripts"}`;

  test(`a buyer reports a card from its line, the merchant answers and replaces it, and the buyer holds a good one: ${how}`, async ({
    browser,
  }) => {
    const { disputes: t, shop } = getMessages(locale);
    const staff = await open(browser, { colorScheme }, 1280);
    const merchant = await openMerchant();
    await signIn(staff, merchant, "merchant");
    await addProduct(staff, merchant.slug);
    await uploadAndPublish(staff, "BAD-CARD-0001\nGOOD-CARD-0002\n");

    const buyer = await open(browser, { colorScheme }, 360);
    await order(buyer, { locale, slug: merchant.slug, email: `${merchant.slug}-buyer@example.com` });
    await payAtCashier(buyer.context(), buyer);
    await expect(buyer).toHaveURL(/\/ord_[0-9a-f]+$/, { timeout: 30_000 });
    await buyer.getByRole("button", { name: shop.receipt.revealAll }).click();
    await expect(buyer.locator("code")).toHaveText("BAD-CARD-0001");
    await expectClean(buyer, `receipt-${locale}`);
    const receipt = buyer.url();
    await buyer.getByRole("link", { name: fill(t.buyer.reportRow, { n: 1 }) }).click();
    await expectClean(buyer, `report-${locale}`);

    // The browser that reports: with scripts or without, and always the one that holds the order.
    const cookies = await buyer.context().cookies();
    const reporter = await open(browser, look, 360);
    await reporter.context().addCookies(cookies);
    await reporter.goto(buyer.url());
    await reporter.getByLabel(t.kinds.used).check();
    await reporter.getByLabel(t.buyer.text).fill("<script>alert(1)</script> BAD-CARD-0001 was used before");
    await reporter.getByLabel(t.buyer.pictures).setInputFiles([
      {
        name: "screen.png",
        mimeType: "image/png",
        buffer: await sharp({ create: { width: 320, height: 200, channels: 3, background: "teal" } })
          .png()
          .toBuffer(),
      },
      { name: "liar.png", mimeType: "image/png", buffer: Buffer.from("<svg onload=alert(1)>") },
    ]);
    await reporter.getByRole("button", { name: t.buyer.submit }).click();
    await expect(reporter).toHaveURL(/\/disputes\/dsp_[0-9a-f]{32}/);
    await expect(reporter.getByRole("alert").filter({ hasText: t.errors.not_a_picture })).toBeVisible();
    await expect(reporter.getByText("<script>alert(1)</script> •••••• was used before")).toBeVisible();
    await expect(reporter.locator("main img")).toHaveCount(1);
    const width = () => reporter.locator("main img").evaluate((image: HTMLImageElement) => image.naturalWidth);
    await expect.poll(width).toBe(320);
    if (javaScriptEnabled) await expectClean(reporter, `thread-${locale}`);
    const thread = reporter.url().replace(/\?.*$/, "");

    // Another browser holds nothing: the thread and its picture are as missing as any other.
    const stranger = await open(browser, {}, 1280);
    const picture = await reporter.locator("main img").getAttribute("src");
    expect((await stranger.request.get(`${picture}`)).status()).toBe(404);
    expect(
      (await stranger.request.get(`${(picture ?? "").replace(/.*\//, "/api/merchant/disputes/pictures/")}`)).status(),
    ).toBe(404);
    expect((await stranger.request.post(`${thread}/answer`, { multipart: { text: "mine" } })).status()).toBe(404);
    await stranger.goto(thread);
    await expect(stranger.getByText("was used before")).toHaveCount(0);

    await staff.goto(`/${locale}/merchant`);
    await staff
      .getByRole("link", { name: new RegExp(`^${t.title}`) })
      .first()
      .click();
    await expect(staff).toHaveURL(/\/merchant\/disputes$/);
    await expect(staff.getByRole("table")).toBeVisible();
    await expectClean(staff, `list-${locale}`);
    await staff.getByRole("link", { name: new RegExp(t.kinds.used) }).click();
    await expect(staff.getByText(t.evidence.firstReveal, { exact: true })).toBeVisible();
    await expect(staff.locator("main")).not.toContainText("BAD-CARD");
    await expect(staff.locator("main img")).toHaveCount(1);
    await expectClean(staff, `merchant-${locale}`);
    await staff.setViewportSize({ width: 360, height: 800 });
    await expectClean(staff, `merchant-${locale}-360`);
    await staff.setViewportSize({ width: 1280, height: 900 });
    await staff.getByLabel(t.page.answer).fill("One moment, we look at it.");
    await staff.getByRole("button", { name: t.page.send, exact: true }).click();
    await expect(staff.getByText("One moment, we look at it.").first()).toBeVisible();

    await reporter.goto(thread);
    await expect(reporter.getByText("One moment, we look at it.")).toBeVisible();
    await reporter.getByLabel(t.buyer.answer, { exact: true }).fill("Thank you.");
    await reporter.getByRole("button", { name: t.buyer.send, exact: true }).click();
    await expect(reporter.getByText("Thank you.")).toBeVisible();

    await staff.reload();
    const replace = staff.locator("details", { hasText: t.page.replace });
    await replace.getByLabel(t.page.reason).fill("It was redeemed before you looked.");
    await replace.getByRole("button", { name: t.page.replace }).dblclick();
    await expect(staff.locator("main").getByText("It was redeemed before you looked.").first()).toBeVisible();
    await expect(staff.locator("main").getByText(t.outcomes.replace).first()).toBeVisible();
    await expectClean(staff, `decided-${locale}`);

    await reporter.goto(thread);
    await expect(reporter.getByText("It was redeemed before you looked.")).toBeVisible();
    await buyer.goto(receipt);
    await expect(buyer.getByText(t.outcomes.replace, { exact: true })).toBeVisible();
    await buyer.getByRole("button", { name: shop.receipt.revealAll }).click();
    await expect(buyer.locator("code")).toHaveText("GOOD-CARD-0002");
    await expect(buyer.locator("del")).toHaveText("BAD-CARD-0001");
    await expectClean(buyer, `replaced-${locale}`);
    for (const page of [staff, buyer, reporter, stranger]) await page.context().close();
  });
}

test("an admin sees what was handed over, compensates it, and the buyer takes it further", async ({ browser }) => {
  const { disputes: t } = getMessages("en");
  const staff = await open(browser, {}, 1280);
  const merchant = await openMerchant();
  await signIn(staff, merchant, "merchant");
  await addProduct(staff, merchant.slug);
  await uploadAndPublish(staff, "ONLY-0001\nONLY-0002\n");
  const buyer = await open(browser, {}, 360);
  await order(buyer, { locale: "en", slug: merchant.slug, email: `${merchant.slug}-buyer@example.com` });
  await payAtCashier(buyer.context(), buyer);
  await expect(buyer).toHaveURL(/\/ord_[0-9a-f]+$/, { timeout: 30_000 });
  await buyer.getByRole("link", { name: t.buyer.reportAny }).click();
  await buyer.getByLabel(t.kinds.invalid).check();
  await buyer.getByLabel(t.buyer.text).fill("not accepted");
  await buyer.getByRole("button", { name: t.buyer.submit }).click();
  await expect(buyer).toHaveURL(/\/disputes\/dsp_/);

  await staff.goto("/en/merchant/disputes");
  await staff.getByRole("link", { name: new RegExp(t.kinds.invalid) }).click();
  await expect(staff).toHaveURL(/\/merchant\/disputes\/dsp_[0-9a-f]{32}$/);
  const address = new URL(staff.url()).pathname.replace("/merchant/", "/admin/");
  await staff.getByLabel(t.page.answer).fill("We cannot tell.");
  await staff.getByLabel(t.page.handOn).check();
  await staff.getByRole("button", { name: t.page.send, exact: true }).click();
  await expect(staff.getByText(t.states.escalated).first()).toBeVisible();
  expect((await staff.request.get(address)).status()).toBe(404);

  const admin = await open(browser, {}, 1280);
  await signIn(admin, ADMIN, "admin");
  await admin.goto("/en/admin/disputes");
  await expectClean(admin, "admin-list");
  await shootAll(admin, "disputes-admin");
  await admin.goto(address);
  await shootAll(admin, "dispute-admin");
  await admin.getByRole("button", { name: t.page.preview }).click();
  await expect(admin.getByText(t.errors.required)).toHaveCount(0);
  await admin.locator("#refund-reason").fill("It cannot be used.");
  await admin.getByRole("button", { name: t.page.preview }).click();
  await expect(admin.getByRole("button", { name: /^Refund ¥10\.00/ })).toBeVisible();
  await expectClean(admin, "admin-preview");
  const compensate = admin.locator("details", { hasText: t.page.compensate });
  await compensate.locator("summary").click();
  await compensate.getByLabel("Amount (CNY)").fill("3.00");
  await compensate.getByLabel(t.page.reason).fill("For your trouble.");
  await compensate.getByRole("button", { name: t.page.compensate }).click();
  await expect(admin.getByText("Compensated ¥3.00").first()).toBeVisible();
  await expectClean(admin, "admin-decided");

  await buyer.reload();
  await expect(buyer.getByText("For your trouble.")).toBeVisible();
  await buyer.getByLabel(t.buyer.reopenText).fill("That is not the price.");
  await buyer.getByRole("button", { name: t.buyer.reopen, exact: true }).click();
  await expect(buyer.getByText(t.buyer.withAdmin)).toBeVisible();
  await shootAll(buyer, "thread-reopened");
  for (const page of [staff, buyer, admin]) await page.context().close();
});
