import { type Browser, expect, type Page, test } from "@playwright/test";
import { withSignature } from "@/lib/features/payments/gateways/epay/codec";
import { type EpayFake, startEpayFake } from "../../sandbox/gateways/epay";
import { ADMIN } from "../support/admin";
import { signIn } from "../support/back-office";
import { openPostbox, type Postbox, textOf } from "../support/postbox";
import { type SpawnedServer, spawnServer } from "../support/server";
import { shoot, shootAll } from "../support/shots";
import { expectSound } from "../support/sound-page";
import { order, orderNumber } from "../support/storefront";

const KEY = "refund-journey-key-0123456789";

test.describe("a shop whose gateway gives money back", () => {
  test.describe.configure({ mode: "serial", timeout: 180_000 });
  let gateway: EpayFake;
  let postbox: Postbox;
  let shop: SpawnedServer;
  test.beforeAll(async () => {
    gateway = await startEpayFake({ pid: "1000", key: KEY });
    postbox = await openPostbox();
    shop = await spawnServer({
      env: {
        KAPU_DEMO: "1",
        KAPU_ADMIN_EMAIL: ADMIN.email,
        KAPU_ADMIN_PASSWORD: ADMIN.password,
        KAPU_EPAY_URL: gateway.url,
        KAPU_EPAY_PID: "1000",
        KAPU_EPAY_KEY: KEY,
        KAPU_SMTP_URL: postbox.url,
        KAPU_MAIL_FROM: "Kapu <shop@example.com>",
      },
    });
  });
  test.afterAll(async () => {
    await shop.end("SIGTERM");
    await postbox.close();
    await gateway.stop();
  });

  const open = async (browser: Browser, colorScheme: "light" | "dark", width = 1280) =>
    (await browser.newContext({ baseURL: shop.url, colorScheme, viewport: { width, height: 900 } })).newPage();

  /** A buyer's order, paid at the gateway and delivered; the page stays on its receipt. */
  async function buy(browser: Browser, locale: "zh" | "en", email: string): Promise<{ page: Page; number: string }> {
    const page = await open(browser, "light", 390);
    await order(page, { locale, slug: "starriver", email });
    const href = (await page.locator("a[target=_blank]").getAttribute("href")) ?? "";
    await fetch(href);
    await gateway.pay(new URL(href).searchParams.get("out_trade_no") as string, { tellings: 1 });
    // The page goes there by itself when it hears of the payment.
    await expect(page).toHaveURL(/\/ord_[0-9a-f]+$/, { timeout: 30_000 });
    await expect(page.locator("h1")).toHaveText(locale === "zh" ? "卡密已发出" : "Your cards are here", {
      timeout: 20_000,
    });
    return { page, number: await orderNumber(page) };
  }

  const mailsTo = (email: string) => postbox.letters.filter((letter) => letter.includes(email)).map(textOf);

  test("an admin sees what a refund will change, confirms it, and the buyer's page and mail say so", async ({
    browser,
  }) => {
    const { page: buyer, number } = await buy(browser, "zh", "refunded@example.com");
    const admin = await open(browser, "light");
    await signIn(admin, ADMIN, "admin", "zh");
    await admin.goto(`/zh/admin/orders?q=${number}`);
    await admin.getByRole("link", { name: number }).click();
    await expect(admin.getByRole("heading", { name: "款项" })).toBeVisible();
    await expectSound(admin);
    await admin.getByRole("link", { name: "退款", exact: true }).last().click();
    await admin.getByRole("button", { name: "看看会改变什么" }).click();
    await expect(admin.getByText("这里要填。")).toBeVisible();
    await admin.getByLabel("原因").fill("买家买错了");
    await admin.getByRole("button", { name: "看看会改变什么" }).click();
    await expect(admin.getByText("1 张作废，不会再卖")).toBeVisible();
    await expect(admin.getByText("“已发卡” → “退款中”，钱退到后 → “已退款”")).toBeVisible();
    const refundNo = await admin.locator("input[name=refundId]").inputValue();
    await expectSound(admin);
    await expectSound(admin, [{ width: 360 }, { width: 1280 }]);
    await admin.getByRole("button", { name: /^确认退款/ }).dblclick();
    await expect(admin.getByText(`退款已经记下，单号 ${refundNo.replaceAll("-", "").toUpperCase()}`)).toBeVisible();
    await expect(async () => {
      await admin.reload();
      await expect(admin.getByText("已退出", { exact: true })).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 30_000 });
    await expectSound(admin);
    await expect(async () => {
      await buyer.reload();
      await expect(buyer.locator("h1")).toHaveText("已退款", { timeout: 1_000 });
    }).toPass({ timeout: 30_000 });
    await expect(() => {
      const [begun, done] = mailsTo("refunded@example.com").filter((text) => text.includes("退款单号"));
      expect(begun).toContain("正在原路退回");
      expect(done).toContain("已经原路退回");
    }).toPass({ timeout: 30_000 });
    await admin.goto(`/zh/admin/payments?q=${number}`);
    await admin.getByText("原文与判定").first().click();
    await expect(admin.getByText("[已略去]").first()).toBeVisible();
    await expectSound(admin);
  });

  test("of two tabs with the same preview, the second is told what changed and nothing goes twice", async ({
    browser,
  }) => {
    const { number } = await buy(browser, "en", "twice@example.com");
    const first = await open(browser, "dark");
    await signIn(first, ADMIN, "admin");
    await first.goto(`/en/admin/orders?q=${number}`);
    await first.getByRole("link", { name: number }).click();
    await first.getByRole("link", { name: "Refund", exact: true }).last().click();
    await first.getByLabel("Reason").fill("wrong card");
    await first.getByRole("button", { name: "Show what it changes" }).click();
    await expect(first.getByRole("button", { name: /^Refund ¥/ })).toBeVisible();
    const second = await first.context().newPage();
    await second.goto(first.url());
    await first.getByRole("button", { name: /^Refund ¥/ }).click();
    await expect(first.getByText("The refund is on record")).toBeVisible();
    await second.getByRole("button", { name: /^Refund ¥/ }).click();
    await expect(second.getByText("The order has changed since you looked. Nothing was refunded")).toBeVisible();
    await expect(second.getByRole("alert").first()).toContainText(ADMIN.email);
    await expectSound(second);
    await first.goto("/en/admin/refunds");
    await expect(first.getByRole("heading", { name: "Automatic refunds" })).toBeVisible();
    await expectSound(first);
  });

  test("a refund by hand asks for its number, and says in both places where it went", async ({ browser }) => {
    const { page: buyer, number } = await buy(browser, "en", "hand@example.com");
    const admin = await open(browser, "light");
    await signIn(admin, ADMIN, "admin");
    await admin.goto(`/en/admin/orders?q=${number}`);
    await admin.getByRole("link", { name: number }).click();
    await admin.getByRole("link", { name: "Refund", exact: true }).last().click();
    await admin.getByLabel("Reason").fill("asked for it on the phone");
    await admin.getByText("By hand (done elsewhere, recorded here)").click();
    await admin.getByRole("button", { name: "Show what it changes" }).click();
    await expect(admin.getByText("By hand needs a reference")).toBeVisible();
    await admin.getByLabel("Reference").fill("WIRE-2026-1121");
    await admin.getByRole("button", { name: "Show what it changes" }).click();
    await admin.getByRole("button", { name: /^Refund ¥/ }).click();
    await expect(admin.getByText("WIRE-2026-1121").first()).toBeVisible();
    await expect(() => {
      const texts = mailsTo("hand@example.com").join("\n");
      expect(texts).toContain("WIRE-2026-1121");
    }).toPass({ timeout: 30_000 });
    await buyer.reload();
    await expect(buyer.locator("h1")).toHaveText("Refunded");
  });

  test("a buyer who waits for what is sold out is noted, and hears no more of it by the link in the mail", async ({
    browser,
  }) => {
    const buyer = await open(browser, "light", 360);
    await buyer.goto("/zh/products/matinee");
    const form = buyer.locator("form", { has: buyer.getByRole("button", { name: "到货告诉我" }) });
    await form.getByLabel("邮箱").fill("waits@example.com");
    await form.getByRole("button").click();
    await expect(buyer.getByText("记下了。有货时会给这个邮箱发一封信。")).toBeVisible();
    await expectSound(buyer);
    await shoot(buyer, "restock");
    await buyer.goto(`/zh/restock/end#${"0".repeat(32)}.${"A".repeat(43)}`);
    await buyer.getByRole("button", { name: "不再提醒" }).click();
    await expect(buyer.getByText("链接不完整")).toBeVisible();
    await expectSound(buyer);
  });

  test("money for an unknown number: from the inbox by the keyboard to its order, of two tabs once, and the finding is closed", async ({
    browser,
  }) => {
    const buyer = await open(browser, "light", 390);
    await order(buyer, { locale: "zh", slug: "starriver", email: "stray@example.com" });
    const href = (await buyer.locator("a[target=_blank]").getAttribute("href")) ?? "";
    const asked = new URL(href).searchParams;
    const notice = withSignature(
      Object.entries({
        pid: "1000",
        trade_no: "STRAY-1",
        out_trade_no: "NOBODY-KNOWS-THIS",
        type: "alipay",
        name: "product",
        money: asked.get("money") ?? "",
        trade_status: "TRADE_SUCCESS",
      }),
      KEY,
    );
    await fetch(`${shop.url}/api/pay/epay/epay?${new URLSearchParams(notice.map(([name, value]) => [name, value]))}`);
    const page = buyer.url().replace(/\/pay$/, "");
    await buyer.goto(page);
    const number = await orderNumber(buyer);
    const admin = await open(browser, "light");
    await signIn(admin, ADMIN, "admin", "zh");
    await admin.goto("/zh/admin/findings?kind=unknown_order");
    await expect(admin.getByRole("link", { name: "没有这个订单" })).toBeVisible();
    await expectSound(admin);
    await shootAll(admin, "inbox");
    await admin.keyboard.press("?");
    await expect(admin.getByRole("dialog", { name: "快捷键" })).toBeVisible();
    await admin.keyboard.press("Escape");
    await admin.keyboard.press("j");
    await admin.keyboard.press("t");
    await expect(admin.getByText("处理了 1 条。")).toBeVisible();
    await admin.keyboard.press("j");
    await admin.keyboard.press("Enter");
    await expect(admin.getByText("渠道说收到一笔钱，但我们没有这个单号。")).toBeVisible();
    await shootAll(admin, "finding");
    await admin.getByRole("link", { name: "记到订单上" }).click();
    await expect(admin.getByText("金额相同、还没付款的订单")).toContainText(number);
    await admin.getByRole("combobox", { name: "订单号" }).fill(number);
    await admin.getByRole("button", { name: "看看会改什么" }).click();
    await expect(admin.getByText(`金额正好：订单 ${number} 付清`)).toBeVisible();
    await expectSound(admin);
    await expectSound(admin, [{ width: 360 }, { width: 1280 }]);
    await shootAll(admin, "remedy");
    const second = await admin.context().newPage();
    await second.goto(admin.url());
    for (const tab of [admin, second])
      await tab.locator("#remedy").getByLabel("理由", { exact: true }).fill("买家发来截图");
    await admin.getByRole("button", { name: "执行：记到订单上" }).dblclick();
    await expect(admin.getByText("已记账，订单付清").first()).toBeVisible();
    await expect(admin.getByText("已解决", { exact: true }).first()).toBeVisible();
    await second.getByRole("button", { name: "执行：记到订单上" }).click();
    await expect(second.getByRole("alert").first()).toContainText("没有");
    await expectSound(admin);
    await shootAll(admin, "finding-settled");
    await expect(async () => {
      await buyer.goto(page);
      await expect(buyer.locator("h1")).toHaveText("卡密已发出", { timeout: 1_000 });
    }).toPass({ timeout: 30_000 });
    await admin.goto("/zh/admin/findings?kind=unknown_order");
    await expect(admin.getByText("没有符合条件的差异")).toBeVisible();
    for (const name of ["runs", "automatic"]) {
      await admin.goto(`/zh/admin/findings/${name}`);
      await shootAll(admin, `findings-${name}`);
    }
  });
});
