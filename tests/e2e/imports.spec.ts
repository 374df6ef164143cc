import { expect, test } from "@playwright/test";
import { addProduct, importCards, openMerchant, sendCards, signIn } from "../support/back-office";
import { IMPORT_SAMPLES, readSample } from "../support/import-samples";

test.describe.configure({ timeout: 120_000 });

test("every shape of file shows its cards before it is imported, and a wrong guess is put right", async ({ page }) => {
  test.setTimeout(240_000);
  const merchant = await openMerchant(page);
  await signIn(page, merchant, "merchant");
  await addProduct(page, merchant.slug);
  for (const { name, cards, rejects = {} } of IMPORT_SAMPLES) {
    await sendCards(page, { name, buffer: readSample(name) });
    await expect(page.locator("code"), name).toHaveText(cards.map((card) => card.trim().replaceAll("\r\n", "\n")));
    await expect(page.getByText(/^Rejected: /), name).toHaveCount(Object.keys(rejects).length);
    if (name === "cards.xlsx") break;
    await page.getByRole("button", { name: "Discard it" }).click();
    await expect(page.getByText("Stopped", { exact: true })).toBeVisible();
  }
  await importCards(page);
  await expect(page.getByRole("cell", { name: /more than 15 digits/ })).toBeVisible();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download the rejected lines" }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^rejected-bat_[0-9a-f]{32}\.csv$/);

  await sendCards(page, { name: "plain.txt", buffer: Buffer.from("a1,b1,c1\na2,b2,c2\n") });
  await expect(page.locator("code")).toHaveText(["a1,b1,c1", "a2,b2,c2"]);
  await page.getByLabel("Format").selectOption("table");
  await page.getByRole("button", { name: "Look again" }).click();
  await expect(page.locator("code")).toHaveText(["a1----b1----c1", "a2----b2----c2"]);
  await page.getByLabel("Column 3").uncheck();
  await page.getByLabel("The first row names the columns").selectOption("yes");
  await page.getByRole("button", { name: "Look again" }).click();
  await expect(page.locator("code")).toHaveText(["a2----b2"]);
  await page.locator("input[name=cost]").fill("1e2");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.locator("input[name=cost]")).toHaveAttribute("aria-invalid", "true");
  await page.locator("input[name=cost]").fill("2.10");
  await importCards(page);
  await expect(page.getByText("¥2.10")).toBeVisible();
  await page.getByLabel("I want this batch back").check();
  await page.getByRole("button", { name: "Take the batch back" }).click();
  await expect(page.getByText("This batch was taken back and is not on sale.")).toBeVisible();
});

test("cards are taken only from a signed-in page of this shop: not from another site, not without a session", async ({
  page,
  context,
}) => {
  const merchant = await openMerchant(page);
  await signIn(page, merchant, "merchant");
  await addProduct(page, merchant.slug);
  await page.goto("/en/merchant/upload");
  const variant = await page.locator("#variant").inputValue();
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const send = (headers: Record<string, string>, to = variant) =>
    context.request.post("/api/merchant/uploads", {
      headers: { ...headers, "upload-length": "7", "upload-metadata": `filename ${base64("x")},variant ${base64(to)}` },
    });
  const forged = await send({ origin: "https://evil.example" });
  expect([forged.status(), await forged.json()]).toEqual([403, { ok: false, code: "forbidden" }]);
  const own = { origin: new URL(page.url()).origin };
  const opened = await send(own);
  expect(opened.status()).toBe(201);
  const address = opened.headers().location ?? "";
  const patch = (headers: Record<string, string>) =>
    context.request.patch(address, { data: Buffer.from("EVIL-1\n"), headers: { ...headers, "upload-offset": "0" } });
  expect((await patch({ origin: "https://evil.example" })).status()).toBe(403);
  // The demo shop's, which anybody can read the id of.
  const { items } = await (await context.request.get("/api/v1/products")).json();
  const foreign = items[0].variants[0].id.slice(-32).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  const elsewhere = await send(own, foreign);
  expect([elsewhere.status(), await elsewhere.json()]).toEqual([404, { ok: false, code: "not_found" }]);
  await context.clearCookies();
  expect((await send(own)).status()).toBe(401);
  expect((await patch(own)).status()).toBe(401);
});
