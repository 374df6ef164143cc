import { expect, type Page, test } from "@playwright/test";
import { importCards, openShopFront, sendCards } from "../support/back-office";
import { shoot, shootAll, shootHere } from "../support/shots";
import { type Dress, expectSound } from "../support/sound-page";
import { buyButton, payAtCashier } from "../support/storefront";

test.describe.configure({ timeout: 180_000 });

const DRESSES: readonly Dress[] = [360, 1280].flatMap((width) =>
  (["light", "dark"] as const).map((colorScheme) => ({ width, colorScheme })),
);

const FILE = [
  "account,password,preview,extra price",
  "sea01@example.net,pw-a1,广东 30 级 · 尾号 8888,88",
  "sea02@example.net,pw-b2,上海 12 级 · 尾号 6666,30.00",
  "sea03@example.net,pw-c3,Level 45 with the founder's badge and a name of four letters,120.50",
  "sea04@example.net,pw-d4,北京 3 级,0",
  "sea05@example.net,pw-e5,,",
  "sea06@example.net,pw-f6,it is sea06@example.net----pw-f6,1",
  ...Array.from(
    { length: 30 },
    (_, n) => `more${n}@example.net,pw-more-${n},深圳 ${n + 1} 级 · 尾号 ${1000 + n},${n + 1}.00`,
  ),
].join("\n");

/** Fills in who buys, and presses the button. */
async function buy(page: Page, email: string): Promise<void> {
  await page.locator("#email").fill(email);
  await buyButton(page).click();
}

test("a merchant makes previews public, and each buyer gets the very card that he chose, with scripts and without", async ({
  page,
  browser,
}) => {
  const merchant = await openShopFront(page);
  await sendCards(page, { name: "accounts.csv", buffer: Buffer.from(FILE) });
  await expect(page.getByText("Public: 广东 30 级 · 尾号 8888, ¥88.00 extra")).toBeVisible();
  await expect(page.getByText(/^Rejected: The preview shows the card itself/)).toHaveCount(1);
  await expectSound(page, DRESSES);
  await shootAll(page, "import-previews");
  await importCards(page);
  await page.getByRole("button", { name: /^Publish/ }).click();
  await expect(page.getByRole("button", { name: /^Publish/ })).toHaveCount(0);

  const product = `/zh/products/${merchant.slug}`;
  const open = async (javaScriptEnabled = true) =>
    (await browser.newContext({ javaScriptEnabled, locale: "zh-CN", viewport: { width: 360, height: 780 } })).newPage();
  const buyer = await open();
  await buyer.goto(product);
  await shootAll(buyer, "choose-product");
  await buyer.getByRole("link", { name: "自己挑一张" }).click();
  await expect(buyer.getByRole("heading", { level: 1, name: "自选卡密" })).toBeVisible();
  await expect(buyer.getByRole("list", { name: "可以挑的卡" }).getByRole("listitem")).toHaveCount(24);
  await expectSound(buyer, DRESSES);
  await shootAll(buyer, "choose-list");
  await buyer.getByRole("link", { name: "下一页" }).click();
  await expect(buyer.getByRole("list", { name: "可以挑的卡" }).getByRole("listitem")).toHaveCount(10);
  await expect(buyer.getByText("尾号 8888")).toBeVisible();
  await buyer.getByRole("searchbox").fill("没有这样的");
  await buyer.getByRole("button", { name: "找" }).click();
  await expect(buyer.getByText("没有找到“没有这样的”")).toBeVisible();
  await shootAll(buyer, "choose-none");
  await buyer.getByRole("searchbox").fill("8888");
  await buyer.getByRole("button", { name: "找" }).click();
  await buyer.getByRole("link", { name: /尾号 8888/ }).click();
  await expect(buyer.getByRole("region", { name: "你选的卡" })).toContainText("广东 30 级 · 尾号 8888");
  await expect(buyer.locator("[data-buy-bar] output")).toHaveText("¥98.00");
  await expect(buyer.locator("#quantity")).toHaveCount(0);
  await expectSound(buyer, DRESSES);
  await shootAll(buyer, "choose-chosen");

  // Two who look at the same card at the same time: one with scripts, one without.
  const [slow, rival] = [await open(), await open(false)];
  for (const one of [slow, rival]) await one.goto(buyer.url());
  await expect(slow.locator("input[name=scripts]")).toHaveValue("on");
  await expect(buyer.locator("input[name=scripts]")).toHaveValue("on");
  await buy(buyer, "chooser@example.com");
  await expect(buyer).toHaveURL(/\/orders\/ord_[0-9a-f]{32}\/pay$/);
  await expect(buyer.getByText("¥98.00").first()).toBeVisible();
  await expect(buyer.getByText("广东 30 级 · 尾号 8888")).toBeVisible();
  await buy(rival, "rival@example.com");
  await buy(slow, "slow@example.com");
  for (const one of [slow, rival]) await expect(one.getByText("这一张刚被别人拿走", { exact: false })).toBeVisible();
  await shoot(slow, "choose-taken-360");
  await shoot(rival, "choose-taken-plain-360");
  await expectSound(slow, DRESSES);
  // What was for one card is not for just any card: nothing is bought by pressing again.
  for (const one of [slow, rival]) await expect(buyButton(one)).toHaveCount(0);
  await shootHere(slow, "choose-taken-zh");
  await shootAll(slow, "choose-gone");
  await slow.getByRole("link", { name: "看看还有哪些" }).click();
  await expect(slow.getByRole("heading", { level: 1, name: "自选卡密" })).toBeVisible();
  await rival.getByRole("link", { name: "看看还有哪些" }).click();
  await rival.locator("input[name=q]").fill("6666");
  await rival.getByRole("button", { name: "找" }).click();
  await rival.getByRole("link", { name: /尾号 6666/ }).click();
  await buy(rival, "rival@example.com");
  await expect(rival.getByText("合计 ¥40.00", { exact: false })).toBeVisible();
  await buyButton(rival).click();
  await expect(rival).toHaveURL(/\/orders\/ord_[0-9a-f]{32}\/pay$/);

  await payAtCashier(buyer.context(), buyer);
  await expect(buyer.getByRole("heading", { name: "卡密已发出" })).toBeVisible();
  await shootAll(buyer, "choose-receipt");
  await buyer.getByRole("button", { name: "显示全部" }).click();
  await expect(buyer.locator("code")).toHaveText(["sea01@example.net----pw-a1"]);

  // Who does not choose is given what nobody chooses, and then there is none left for him.
  await buyer.goto(product);
  await expect(buyer.locator("input[name=scripts]")).toHaveValue("on");
  await buy(buyer, "anyone@example.com");
  await expect(buyer).toHaveURL(/\/orders\/ord_[0-9a-f]{32}\/pay$/);
  await expect(async () => {
    await rival.goto(product);
    await expect(buyButton(rival)).toBeDisabled({ timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  await expect(rival.getByRole("link", { name: "自己挑一张" })).toBeVisible();

  // Who searches without end is told so, and sees the list that nobody searched all the same.
  const list = `/en/products/${merchant.slug}/cards`;
  const search = async () => (await buyer.request.get(`${list}?q=nothing`)).status();
  await expect(async () => {
    expect(await Promise.all(Array.from({ length: 20 }, search))).toContain(429);
  }).toPass({ intervals: [0], timeout: 60_000 });
  await buyer.goto(`${list}?q=01`);
  await expect(buyer.getByRole("alert").filter({ hasText: "Too many searches from your network" })).toBeVisible();
  await expectSound(buyer, DRESSES);
  await shootAll(buyer, "choose-too-often");
  await buyer.goto(list);
  await expect(buyer.getByRole("list", { name: "Cards to choose from" })).toBeVisible();
  for (const one of [buyer, slow, rival]) await one.context().close();
});

test("the price of a card changes while a buyer looks at it: he is told, and pays what he then reads", async ({
  page,
  browser,
}) => {
  const merchant = await openShopFront(page);
  await sendCards(page, { name: "codes.csv", buffer: Buffer.from("code,preview,extra\nSEA-0001,ends in 01,5\n") });
  await importCards(page);
  await page.getByRole("button", { name: /^Publish/ }).click();
  await expect(page.getByRole("button", { name: /^Publish/ })).toHaveCount(0);
  const buyer = await (await browser.newContext({ locale: "en-US" })).newPage();
  await buyer.goto(`/en/products/${merchant.slug}/cards`);
  await buyer.getByRole("link", { name: /ends in 01/ }).click();
  await expect(buyer.locator("input[name=scripts]")).toHaveValue("on");

  await page.goto("/en/merchant/vault");
  await expect(page.getByRole("cell", { name: "ends in 01" })).toContainText("+¥5.00");
  await shootAll(page, "vault-list");
  await page.locator("a[href*='/vault/crd_']").first().click();
  await expect(page.getByLabel("Public preview")).toHaveValue("ends in 01");
  await expectSound(page, DRESSES);
  await shootAll(page, "vault-preview");
  await page.getByLabel("Public preview").fill("is SEA-0001");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("would give it away", { exact: false })).toBeVisible();
  await page.getByLabel("Public preview").fill("ends in 01");
  await page.getByLabel("Extra price (CNY)").fill("7.50");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();

  await buy(buyer, "steady@example.com");
  await expect(buyer.getByText("The extra price of this card has just changed", { exact: false })).toBeVisible();
  await expect(buyer.locator("[data-buy-bar] output")).toHaveText("¥17.50");
  await buyButton(buyer).click();
  await expect(buyer).toHaveURL(/\/orders\/ord_[0-9a-f]{32}\/pay$/);
  await expect(buyer.getByText("¥17.50").first()).toBeVisible();
  await buyer.context().close();
});
