import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { importCards, openShopFront, sendCards } from "../support/back-office";
import { IMPORT_SAMPLES, readSample } from "../support/import-samples";
import { shootAll, shootHere } from "../support/shots";

test.describe.configure({ timeout: 120_000 });

/** What of a row is thrown away is said before it is. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  "pick-your-own.txt": "Not part of the card, and not kept: public preview, extra price, cost.",
  "accounts-gbk.csv": "Not part of the card, and not kept: 备注.",
  "cards.tsv": "Not part of the card, and not kept: 面值.",
};

test("every shape of file shows its cards before it is imported, and a wrong guess is put right", async ({ page }) => {
  test.setTimeout(240_000);
  await openShopFront(page);
  await page.goto("/en/merchant/upload");
  await shootAll(page, "upload");
  for (const { name, reading, cards, rejects = {} } of IMPORT_SAMPLES) {
    await sendCards(page, { name, buffer: readSample(name) });
    for (const key of ["encoding", "format", "separator"] as const)
      if (reading[key] && !(key === "encoding" && reading.format === "xlsx"))
        await expect(page.locator(`#reading-${key}`), `${name}: ${key}`).toHaveValue(reading[key]);
    const counted = { cards: cards.length, duplicates: cards.length - new Set(cards).size };
    await expect(page.getByText(/^The whole file: /), name).toHaveText(
      `The whole file: ${counted.cards} cards, ${counted.duplicates} of them duplicate, ${Object.keys(rejects).length} rejected.`,
    );
    await expect(page.getByText(/^Not part of the card, and not kept: /), name).toHaveCount(
      (reading.columns?.length ?? 0) > (reading.chosen?.length ?? 0) || name in LEFT_OUT ? 1 : 0,
    );
    if (LEFT_OUT[name]) await expect(page.getByText(LEFT_OUT[name]), name).toBeVisible();
    await expect(page.locator("code"), name).toHaveText(cards.map((card) => card.trim().replaceAll("\r\n", "\n")));
    await expect(page.getByText(/^Rejected: /), name).toHaveCount(Object.keys(rejects).length);
    if (name === "cards.xlsx") await shootAll(page, "preview");
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
  await shootAll(page, "imported");
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
  await openShopFront(page);
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

/** A file where the browser reads it as a merchant's does; bytes that are handed to it take seconds on their way. */
async function onDisk(name: string, text: string): Promise<string> {
  const file = test.info().outputPath(name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

test("an upload whose network goes down goes on by itself, and one that was left goes on with the same file, nothing lost or twice", async ({
  page,
  context,
}) => {
  await openShopFront(page);
  // More than one slice: whenever the network goes down during the first, the rest is not there.
  const lines = Array.from({ length: 9_500 }, (_, at) => `CUT-${at}-${"x".repeat(1_000)}`);
  const text = lines.join("\n");
  const [file, other] = await Promise.all([onDisk("cut.txt", text), onDisk("other/cut.txt", text.slice(1))]);
  const sendAndCut = async (on: Page) => {
    // The browser's own network, and no interception: what a test lets pass of a file loses its body.
    const cdp = await context.newCDPSession(on);
    const network = (offline: boolean, uploadThroughput: number) =>
      cdp.send("Network.emulateNetworkConditions", { offline, latency: 0, downloadThroughput: -1, uploadThroughput });
    await cdp.send("Network.enable");
    await network(false, 2_000_000);
    await on.goto("/en/merchant/upload");
    await on.locator("input[type=file]").setInputFiles(file);
    await on.getByRole("button", { name: "Upload and preview" }).click();
    const sent = on.getByRole("progressbar", { name: "Sent" });
    await expect.poll(() => sent.evaluate((bar: HTMLProgressElement) => bar.value)).toBeGreaterThan(500_000);
    await network(true, 0);
    await expect(on.getByText("The network is down")).toBeVisible();
    await shootHere(on, "sending");
    return () => network(false, -1);
  };
  const restore = await sendAndCut(page);
  await restore();
  await expect(page).toHaveURL(/\/merchant\/upload\/upl_[0-9a-f]{32}/, { timeout: 30_000 });
  await expect(page.locator("code").first()).toHaveText(lines[0]!);
  await page.getByRole("button", { name: "Discard it" }).click();
  await expect(page.getByText("Stopped", { exact: true })).toBeVisible();

  const left = await context.newPage();
  await sendAndCut(left);
  await left.close();
  await page.goto("/en/merchant/upload");
  await shootAll(page, "upload");
  await page.getByRole("link", { name: "Go on" }).click();
  await expect(page.getByText(/^[0-9.]+ [kM]?B of 9\.\d MB are here/)).toBeVisible();
  await page.locator("input[type=file]").setInputFiles(other);
  await expect(page.getByText("This is another file")).toBeVisible();
  await page.locator("input[type=file]").setInputFiles(file);
  await page.getByRole("button", { name: "Go on sending" }).click();
  await expect(page.locator("code").first()).toHaveText(lines[0]!, { timeout: 30_000 });
  await importCards(page);
  const figures = page.locator("main").getByText("9,500");
  await expect(figures.first()).toBeVisible();
  await sendCards(page, { name: "once-more.txt", buffer: Buffer.from(`${lines.slice(-2).join("\n")}\nCUT-NEW\n`) });
  await expect(page.getByText("The whole file: 3 cards, 2 of them duplicate, 0 rejected.")).toBeVisible();
});
