import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { money } from "@/lib/kernel/money";
import { type HousePlan, type DemoHouse as Running, startDemoHouse } from "@/sandbox/gateways/demo-house";
import { type DemoHouse, houseFileOf, keepDemoHouse } from "@/server/demo-house";
import { transportWith } from "@/tests/support/gateways";

const folder = mkdtempSync(path.join(tmpdir(), "kapu-demo-house-"));
let house: DemoHouse;
let running: Running;

beforeAll(async () => {
  const both = await Promise.all([keepDemoHouse(folder), keepDemoHouse(folder)]);
  house = both[0];
  expect(both[1]).toEqual(house);
  const plan = JSON.parse(readFileSync(houseFileOf(folder), "utf8")) as HousePlan;
  running = await startDemoHouse(plan, "http://127.0.0.1:9");
});
afterAll(async () => {
  await running.stop();
  rmSync(folder, { recursive: true });
});

test("two processes that begin together have one plan, which later starts keep and nobody else can read", async () => {
  expect(await keepDemoHouse(folder)).toEqual(house);
  expect(statSync(houseFileOf(folder)).mode & 0o777).toBe(0o600);
});

test("each of its accounts is one that the shop can use, and opens a payment at its gateway", async () => {
  const shown = await Promise.all(
    house.accounts.map(async ({ kind, settings }) => {
      const account = gatewayOf(kind).openAccount(settings);
      if (!account.ok) throw new Error(`${kind}: ${account.error.join()}`);
      const input = {
        outTradeNo: "KDEMO000000000000000000000000001",
        amount: money(600n, "CNY"),
        orderNumber: "261121-ABCDE-FGHJK",
        notifyUrl: "http://127.0.0.1:9/api/pay/x/y",
        returnUrl: "http://127.0.0.1:9/zh/orders/1",
        expiresAt: Date.now() + 900_000,
        clientIp: "127.0.0.1",
      };
      const answer = await account.value.openPayment?.(input, transportWith({ timeoutMs: 5_000 }));
      return [kind, answer?.state === "opened" ? answer.opened.presentation.kind : answer];
    }),
  );
  expect(shown).toEqual([
    ["alipay", "qrcode"],
    ["stripe", "redirect"],
    ["epusdt", "address"],
    ["wechat", "qrcode"],
  ]);
});

test("its phone goes to a cashier of the house from a code of the house, and nowhere else from anything else", async () => {
  const scan = (code: string) =>
    fetch(`${house.phoneUrl}/scan?code=${encodeURIComponent(code)}`, { redirect: "manual" });
  const good = await scan("weixin://wxpay/bizpayurl?pr=0123456789");
  expect([good.status, good.headers.get("location")]).toEqual([
    303,
    expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/cashier\/0123456789$/),
  ]);
  for (const code of [
    "https://evil.example/",
    "http://127.0.0.1:1@evil.example/",
    "weixin://wxpay/bizpayurl?pr=../../x",
    "javascript:alert(1)",
    "",
  ])
    expect([code, (await scan(code)).status]).toEqual([code, 404]);
});
