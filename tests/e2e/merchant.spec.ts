// Over 300 lines: the journeys of one merchant, each of which needs the shop that the ones beside it open.
import { expect, test } from "@playwright/test";
import sharp from "sharp";
import {
  addProduct,
  importCards,
  openMerchantByForm,
  openShopFront,
  sendCards,
  signIn,
  uploadAndPublish,
} from "../support/back-office";
import { behindTheShop, openMerchant } from "../support/behind-the-shop";
import { shoot, shootAll, shootHere } from "../support/shots";
import { expectSound } from "../support/sound-page";
import { buyButton, fillOrder, order, payAtCashier } from "../support/storefront";

test.describe.configure({ timeout: 120_000 });

test("a merchant uploads a file, publishes it, and the first buyer holds a card from it", async ({ page, context }) => {
  const merchant = await openMerchantByForm(page);
  await signIn(page, merchant, "merchant");
  await addProduct(page, merchant.slug);

  await uploadAndPublish(page, "SEA-0001\nSEA-0002\n\nSEA-0001\r\nSEA-0003\n");
  await expect(page.getByText("Imported").locator("..")).toContainText("3");
  await expect(page.getByRole("cell", { name: "Empty line" })).toBeVisible();
  await expect(page.locator("main")).not.toContainText("SEA-");

  // The same file again adds nothing, and the preview says so before anything is imported.
  await sendCards(page, { name: "again.txt", buffer: Buffer.from("SEA-0001\nSEA-0002\nSEA-0003\n") });
  await expect(page.getByText("The whole file: 3 cards, 3 of them duplicate, 0 rejected.")).toBeVisible();
  await importCards(page);
  await expect(page.getByText("Duplicate").locator("..")).toContainText("3");

  await order(page, { locale: "en", slug: merchant.slug, email: "first@example.com" });
  await payAtCashier(context, page);
  await expect(page.getByRole("heading", { name: "Your cards are here" })).toBeVisible();
  await page.getByRole("button", { name: "Show all" }).click();
  await expect(page.locator("code")).toHaveText([/^SEA-000[123]$/]);

  await page.goto("/en/merchant/orders?q=first@example.com");
  await page.getByRole("row").nth(1).getByRole("link").click();
  await expect(page.getByText("Delivered").first()).toBeVisible();
  await expect(page.getByText("Buyer viewed 1")).toBeVisible();
  await expect(page.locator("main")).not.toContainText("SEA-");
  for (const name of ["", "/batches", "/orders", "/products"]) {
    await page.goto(`/en/merchant${name}`);
    await shootAll(page, `merchant${name.replace("/", "-")}`);
  }
  await page.goto("/en/merchant/statement");
  await expect(page.getByText("Due now").locator("..")).toContainText("¥10.00");
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download as CSV" }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(/^statement-\d{4}-\d\d\.csv$/);
});

test("a bad card is replaced and its buyer sees which; the rest of its batch is put aside, and sold again when it is returned", async ({
  page,
  context,
}) => {
  const merchant = await openShopFront(page);
  await uploadAndPublish(page, "BAD-0001\nBAD-0002\nBAD-0003\nBAD-0004\n");
  const batch = page.url();
  await page.goto("/en/merchant/stock");
  await page.locator("summary", { hasText: merchant.slug.toUpperCase() }).click();
  await page.getByLabel("Warranty, in hours").fill("72");
  await page.getByRole("row").getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("72 hours")).toBeVisible();
  await shootAll(page, "stock");

  const buyer = await context.newPage();
  await order(buyer, { locale: "en", slug: merchant.slug, email: "bad@example.com" });
  await payAtCashier(context, buyer);
  await expect(buyer.getByRole("heading", { name: "Your cards are here" })).toBeVisible();
  await expect(buyer.getByText(/A card found bad before .* is replaced by the shop, 1 at most/)).toBeVisible();
  await buyer.getByRole("button", { name: "Show all" }).click();
  const old = (await buyer.locator("code").textContent()) ?? "";

  await page.goto("/en/merchant/orders?q=bad@example.com");
  await page.getByRole("row").nth(1).getByRole("link").click();
  await page.getByLabel("What is wrong").selectOption("used");
  await page.getByRole("button", { name: "Replace this card" }).dblclick();
  await expect(
    page.getByRole("region", { name: "Replace a card" }).getByText("Replaced", { exact: true }),
  ).toBeVisible();
  await expect(page.locator("main")).not.toContainText("BAD-");
  await expectSound(page);
  await page.getByRole("button", { name: "Replace this card" }).click();
  await expect(page.getByText("The warranty's replacements are used up")).toBeVisible();
  await shootAll(page, "order");
  await page.goto("/en/merchant/replacements");
  await expect(page.getByText("Used before")).toBeVisible();
  await shootAll(page, "replacements");

  await buyer.reload();
  await expect(buyer.getByText("This one was replaced")).toBeVisible();
  await buyer.getByRole("button", { name: "Show all" }).click();
  await expect(buyer.locator("del")).toHaveText(old);
  await expect(buyer.locator("code")).not.toHaveText(old);
  await expectSound(buyer);
  await shoot(buyer, "receipt-en-light");

  await page.goto(batch);
  await expect(page.getByText("50.0%")).toBeVisible();
  const aside = page.locator("form", { has: page.getByRole("button", { name: "Put the 2 unsold cards aside" }) });
  await aside.getByLabel("Reason").fill("the supplier says so");
  await aside.getByRole("button").dblclick();
  await expect(page.getByText("This batch is put aside")).toBeVisible();
  await expectSound(page);
  await shootAll(page, "batch");
  const late = await context.newPage();
  await late.goto(`/en/products/${merchant.slug}`);
  await expect(async () => {
    await late.reload();
    await expect(late.getByText("Sold out").first()).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  const back = page.locator("form", { has: page.getByRole("button", { name: "Return 2 cards to sale" }) });
  await back.getByLabel("Reason").fill("checked, they are good");
  await back.getByRole("button").click();
  await expect(page.getByRole("button", { name: "Put the 2 unsold cards aside" })).toBeVisible();
  await expect(page.getByRole("row", { name: /Return to sale/ })).toBeVisible();
});

test("a price changed by the merchant is the price that the next buyer pays", async ({ page }) => {
  const merchant = await openShopFront(page);
  await uploadAndPublish(page, "ONE-1\nONE-2\nONE-3\nONE-4\n");
  await page.goto("/en/merchant/products");
  await page.getByRole("link", { name: "Sea Breeze Card" }).click();
  await page.locator("summary", { hasText: merchant.slug.toUpperCase() }).click();
  const form = page.locator("form", { has: page.locator(`input[name=sku][value="${merchant.slug.toUpperCase()}"]`) });
  await form.locator("input[name=price]").fill("1e2");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByRole("alert")).toBeVisible();
  await expect(form.locator("input[name=price]")).toHaveAttribute("aria-invalid", "true");
  await form.locator("input[name=price]").fill("7.25");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByText("Saved.")).toBeVisible();
  await order(page, { locale: "en", slug: merchant.slug, email: "second@example.com" });
  await expect(page.getByText("¥7.25").first()).toBeVisible();
});

test("a merchant keeps stock in two pools, and delivers by hand what a buyer asked for", async ({ page, context }) => {
  const merchant = await openShopFront(page);
  await uploadAndPublish(page, "POOL-1\nPOOL-2\nPOOL-3\nPOOL-4\n");
  await page.goto("/en/merchant/pools");
  await page.locator("summary", { hasText: "New pool" }).click();
  const fresh = page.locator("form", { has: page.getByRole("button", { name: "Create" }) });
  await fresh.locator("input[name=name]").fill("Overseas");
  await fresh.getByRole("button", { name: "Create" }).click();
  await expect(page.locator("summary", { hasText: "Overseas" })).toBeVisible();
  await page.locator("summary", { hasText: /^Transfer/ }).click();
  const transfer = page.locator("form", { has: page.locator("select[name=toPoolId]") });
  await transfer.locator("select[name=toPoolId]").selectOption({ label: "Overseas" });
  await transfer.locator("input[name=quantity]").fill("3");
  await transfer.locator("input[name=reason]").fill("stock for the overseas sale");
  await transfer.getByRole("button", { name: "Transfer" }).click();
  await expect(page.getByRole("cell", { name: "Main → Overseas" })).toBeVisible();
  await expect(page.getByText("Not sold from", { exact: true })).toBeVisible();
  await page.locator("summary", { hasText: "Order of pools" }).click();
  const ranking = page.locator("form", { has: page.locator("select[name=pool]") });
  await ranking.getByLabel("No. 2").selectOption({ label: "Overseas" });
  await ranking.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("No. 2 in order")).toBeVisible();
  await page.getByRole("button", { name: "Count now" }).click();
  await expect(page.getByRole("cell", { name: "None", exact: true })).toHaveCount(2);
  await expectSound(page);
  await shootAll(page, "pools");

  // No pool has four: the order takes what each has left.
  await order(page, { locale: "en", slug: merchant.slug, email: "two-pools@example.com", quantity: 4 });
  await payAtCashier(context, page);
  await expect(page.getByRole("heading", { name: "Your cards are here" })).toBeVisible();
  await page.getByRole("button", { name: "Show all" }).click();
  await expect(page.locator("code")).toHaveCount(4);

  await page.goto("/en/merchant/products");
  await page.getByRole("link", { name: "Sea Breeze Card" }).click();
  await page.locator("summary", { hasText: merchant.slug.toUpperCase() }).click();
  const form = page.locator("form", { has: page.locator(`input[name=sku][value="${merchant.slug.toUpperCase()}"]`) });
  await form.locator("summary", { hasText: "Delivery: by hand" }).click();
  await form.locator("select[name=kind]").selectOption("manual");
  await form.locator("input[name=quantityMax]").fill("5");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByText("Say within how many hours you deliver by hand.")).toBeVisible();
  await form.locator("input[name=manualHours]").fill("24");
  await form.locator("input[name=fieldZh]").first().fill("游戏账号");
  await form.locator("input[name=fieldEn]").first().fill("Game account");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByText("Saved.")).toBeVisible();
  await expectSound(page);
  await shootAll(page, "variant-by-hand");

  const buyer = { locale: "en", slug: merchant.slug, email: "by-hand@example.com" } as const;
  await expect(async () => {
    await fillOrder(page, buyer);
    await expect(page.getByText("delivered within 24 hours of the payment")).toBeVisible({ timeout: 500 });
    await expect(buyButton(page)).toBeEnabled({ timeout: 500 });
  }).toPass({ timeout: 20_000 });
  await expectSound(page);
  await shootAll(page, "buy-by-hand");
  await fillOrder(page, buyer);
  await page.getByLabel("Game account").fill("mia of the north");
  await buyButton(page).click();
  await expect(page).toHaveURL(/\/orders\/ord_[0-9a-f]{32}\/pay$/);
  await expect(page.getByText("This is not sold from stock")).toBeVisible();
  await shootAll(page, "pay-by-hand");
  const receipt = page.url().replace(/\/pay$/, "");
  await payAtCashier(context, page);
  await expect(page.getByRole("heading", { name: "Paid, to be delivered" })).toBeVisible({ timeout: 30_000 });
  await expectSound(page);
  await shootAll(page, "order-by-hand");

  await page.goto("/en/merchant/orders?q=by-hand@example.com");
  await page.getByRole("row").nth(1).getByRole("link").click();
  await expect(page.getByText("mia of the north")).toBeVisible();
  await expectSound(page);
  await shootAll(page, "deliver-by-hand");
  await page.getByLabel("Piece 1").fill("topped up mia");
  await page.getByRole("button", { name: "Deliver to the buyer" }).click();
  await expect(page.getByText("Delivered.", { exact: true })).toBeVisible();
  await page.goto(receipt);
  await page.getByRole("button", { name: "Show all" }).click();
  await expect(page.locator("code")).toHaveText(["topped up mia"]);
});

test("a merchant finds a card by its text, shows who they are before it opens, and withdraws what is left", async ({
  page,
}) => {
  const merchant = await openShopFront(page);
  await uploadAndPublish(page, "VAULT-1\nVAULT-2\nVAULT-3\n");
  await page.goto("/en/merchant/vault");
  await expect(page.getByRole("row")).toHaveCount(4);
  await expect(page.locator("main")).not.toContainText("VAULT-");
  await page.getByText("Find an exact card").click();
  await page.getByLabel("Text of the card").fill("VAULT-9");
  await page.getByRole("button", { name: "Find" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "There is no such card" })).toBeVisible();
  await page.getByLabel("Text of the card").fill("VAULT-2");
  await page.getByRole("button", { name: "Find" }).click();
  await expect(page).toHaveURL(/\?found=crd_[0-9a-f]{32}$/);
  await page.getByRole("row").nth(1).getByRole("link").first().click();

  // Ten minutes later.
  await behindTheShop((client) =>
    client.query(
      `UPDATE session SET proved_at = clock_timestamp() - interval '11 minutes'
        WHERE user_id = (SELECT id FROM app_user WHERE email = $1)`,
      [merchant.email],
    ),
  );
  await page.getByRole("button", { name: "Show the text" }).click();
  await page.getByRole("link", { name: "Do that now" }).click();
  await page.getByLabel("Password").fill(merchant.password);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page).toHaveURL(/\/merchant\/vault\/crd_[0-9a-f]{32}$/);
  await page.getByRole("button", { name: "Show the text" }).click();
  await expect(page.locator("code")).toHaveText("VAULT-2");
  await page.reload();
  await expect(page.locator("main")).not.toContainText("VAULT-2");
  await expect(page.getByRole("cell", { name: "Opened in the vault" })).toBeVisible();

  await page.goto("/en/merchant/vault");
  await page.getByText("With many cards").click();
  const taking = page.locator("form", { has: page.getByRole("button", { name: "Download" }) });
  await taking.getByLabel("All that match the filters").check();
  await taking.getByLabel("Reason").fill("moving house");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    taking.getByRole("button", { name: "Download" }).click(),
  ]);
  const stream = await download.createReadStream();
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString("utf8")).toBe("VAULT-1\nVAULT-2\nVAULT-3\n");
  const ending = page.locator("form", { has: page.getByRole("button", { name: "Do it" }) });
  await page.getByRole("row").nth(1).getByRole("checkbox").check();
  await ending.getByLabel("Reason").fill("leaked");
  await ending.getByLabel("What to do").selectOption("withdraw");
  await ending.getByRole("button", { name: "Do it" }).click();
  await expect(ending.getByText("Done, and the list is up to date.")).toBeVisible();
  await expect(page.getByRole("row", { name: "Withdrawn" })).toHaveCount(1);
});

test("what belongs to another shop is not there, whoever knows its address", async ({ page }) => {
  const owner = await openMerchant();
  await signIn(page, owner, "merchant");
  await addProduct(page, owner.slug);
  const product = new URL(page.url()).pathname;
  await uploadAndPublish(page, "MINE-1\n");
  const batch = new URL(page.url()).pathname;
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await expect(page).toHaveURL(/\/sign-in$/);

  const stranger = await openMerchant();
  await signIn(page, stranger, "merchant");
  for (const path of [product, batch, "/en/admin", "/en/admin/people"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
  }
});

test("what a merchant writes and uploads is what buyers see, and none of it runs", async ({ page }) => {
  const merchant = await openShopFront(page);
  const editor = page.url();
  const form = page.locator("form", { has: page.locator("input[name=slug]") });
  await form.locator("textarea[name=descriptionEn]").fill("**Bold** <script>window.hacked = 1</script>");
  await form.getByRole("button", { name: "Preview" }).nth(2).click();
  await expect(form.getByRole("region", { name: "As buyers will see it" }).locator("strong")).toHaveText("Bold");

  const file = form.locator("input[type=file]");
  const evil = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`);
  await file.setInputFiles({ name: "evil.png", mimeType: "image/png", buffer: evil });
  await expect(form.getByRole("alert")).toContainText("not a JPEG, PNG or WebP");
  const green = { create: { width: 800, height: 600, channels: 3, background: "green" } } as const;
  await file.setInputFiles({ name: "a.png", mimeType: "image/png", buffer: await sharp(green).png().toBuffer() });
  await expect(form.getByText("Uploaded and chosen.")).toBeVisible();
  await form.locator("input[name=pictureAltEn]").fill("A green card");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByText("Saved.")).toBeVisible();
  await shootAll(page, "product");

  await page.goto(`/en/products/${merchant.slug}`);
  await expect(page.locator(".prose strong")).toHaveText("Bold");
  await expect(page.locator(".prose")).toContainText("<script>window.hacked = 1</script>");
  expect(await page.evaluate(() => "hacked" in window)).toBe(false);
  const picture = page.getByAltText("A green card");
  expect(await picture.evaluate((img: HTMLImageElement) => img.decode().then(() => img.naturalWidth))).toBeGreaterThan(
    0,
  );

  // Put off, it is shown and not sold; and a copy of it is a draft of its own.
  await page.goto(editor);
  await page.locator("summary", { hasText: merchant.slug.toUpperCase() }).click();
  const variant = page.locator("form", {
    has: page.locator(`input[name=sku][value="${merchant.slug.toUpperCase()}"]`),
  });
  await variant.locator("input[name=saleFrom]").fill("2099-01-01T20:00");
  await variant.getByRole("button", { name: "Save" }).click();
  await expect(variant.getByText("Saved.")).toBeVisible();
  await expect(async () => {
    await page.goto(`/en/products/${merchant.slug}`);
    await expect(page.getByRole("list", { name: "Rules of sale" })).toContainText("on sale from", { timeout: 1_000 });
  }).toPass({ timeout: 15_000 });
  await expect(page.getByRole("button", { name: "Not yet on sale" })).toBeDisabled();
  await page.goto(editor);
  await page.getByRole("button", { name: "Duplicate" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Sea Breeze Card (copy)" })).toBeVisible();
});

test("a merchant changes many prices at once, takes a list of orders home, and gives a program a key", async ({
  page,
}) => {
  const merchant = await openShopFront(page);
  await uploadAndPublish(page, "MANY-1\nMANY-2\n");
  await page.goto("/en/merchant/products/bulk");
  await page.getByRole("checkbox").check();
  await page.locator("input[name=price]").fill("+10%");
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.locator("ins")).toHaveText("¥11.00");
  await shootHere(page, "bulk");
  await page.getByRole("button", { name: "Change 1 variant" }).click();
  await expect(page.getByText("1 variant changed.")).toBeVisible();
  await order(page, { locale: "en", slug: merchant.slug, email: "many@example.com" });
  await expect(page.getByText("¥11.00").first()).toBeVisible();

  await page.goto("/en/merchant/orders?q=many@example.com");
  await page.getByRole("button", { name: "Export CSV" }).click();
  await expect(page).toHaveURL(/\/merchant\/exports$/);
  const link = page.getByRole("link", { name: "Download" });
  await expect(link).toBeVisible({ timeout: 30_000 });
  const csv = await (await page.request.get((await link.getAttribute("href")) as string)).text();
  expect(csv).toContain('"many@example.com"');
  expect(csv).not.toContain("MANY-");

  await page.goto("/en/merchant/developers");
  const keys = page.locator("form", { has: page.getByRole("button", { name: "Create the key" }) });
  await keys.locator("input[name=name]").fill("bot");
  await keys.getByRole("checkbox", { name: /orders:read/ }).check();
  await keys.getByRole("button", { name: "Create the key" }).click();
  const key = await keys.locator("code").textContent();
  const answer = await page.request.get("/api/v1/merchant/orders", { headers: { authorization: `Bearer ${key}` } });
  expect((await answer.json()).items).toMatchObject([{ email: "many@example.com" }]);
  await page.reload();
  await expect(page.locator("main")).not.toContainText(key as string);
  await expect(page.getByRole("cell", { name: /^bot/ })).toBeVisible();
  await shootAll(page, "developers");
});
