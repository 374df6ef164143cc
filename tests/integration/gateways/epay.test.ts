import { describe, expect, test } from "vitest";
import { newOutTradeNo } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { redirectOf } from "@/tests/support/gateways";
import { account, ask, buy, door, fake, inputOf, network, start, startRsa, useEpayScene } from "./epay-scene";

useEpayScene();

describe("create → pay → notice → query, over HTTP, in each dialect and both versions", () => {
  const ways: [string, () => Promise<void>][] = [
    ["Rainbow v1", () => start()],
    ["Rainbow v2", () => startRsa()],
    ["LINUX DO Credit", () => start({ dialect: "linuxdo" })],
    ["LunaFirPay", () => start({ dialect: "lunafir" })],
  ];
  test.each(ways)("%s", async (_, open) => {
    await open();
    const input = await buy(1010n);
    expect(door.notices).toMatchObject([
      { ok: true, value: { outTradeNo: input.outTradeNo, amount: { amountMinor: 1010n } } },
    ]);
    expect(fake.sent.map(({ status, answer }) => [status, answer])).toEqual([[200, "success"]]);
    const answer = await ask(input.outTradeNo);
    const told = door.notices[0];
    expect(answer.state === "paid" && told?.ok && answer.payment.gatewayTradeNo).toBe(
      told?.ok && told.value.gatewayTradeNo,
    );
    expect(await ask(newOutTradeNo())).toEqual({ state: "not_found" });
    expect(await account.selfCheck({ notifyUrl: door.url, transport: network })).toEqual([]);
  });
  test("a notice that is not taken is told again, signed anew", async () => {
    await startRsa({ speed: 10_000 });
    door.answer = "deferred";
    await buy();
    await expect.poll(() => fake.sent.length, { timeout: 3_000 }).toBe(5);
    expect(door.notices.every((notice) => notice.ok)).toBe(true);
  });
  test("told twice within a second by two routes: the same payment both times", async () => {
    await start();
    const input = inputOf();
    await fetch(redirectOf(account, input));
    await fake.pay(input.outTradeNo, { tellings: 2 });
    expect(door.notices).toHaveLength(2);
    expect(door.notices[0]).toEqual(door.notices[1]);
  });
  test("the second version opened twice is the same payment; with another amount it is refused", async () => {
    await startRsa();
    const input = inputOf();
    const [first, again] = [await account.openPayment!(input, network), await account.openPayment!(input, network)];
    expect(first).toEqual(again);
    expect(await account.openPayment!({ ...input, amount: money(1n, "CNY") }, network)).toMatchObject({
      state: "refused",
    });
  });
  test("a buyer who is to choose brings the signed request himself", async () => {
    await startRsa();
    const input = { ...inputOf(), method: undefined };
    const way = await account.openPayment!(input, network);
    if (way.state !== "opened" || way.opened.presentation.kind !== "redirect") throw new Error("not opened");
    expect(await (await fetch(way.opened.presentation.url)).text()).toContain("¥10.00");
    expect(fake.trade(input.outTradeNo)?.fen).toBe(1000n);
  });
});

describe("attack 27: a server that misbehaves is unknown, never paid, never failed", () => {
  test.each(["html", "empty_500", "hang", "lost_answer", "other_order"] as const)("v1: %s", async (mischief) => {
    await start();
    const { outTradeNo } = await buy();
    fake.misbehave(mischief);
    expect((await ask(outTradeNo)).state).toBe("unknown");
  });
  test.each(["html", "empty_500", "hang", "unsigned", "edited", "stale", "other_order"] as const)(
    "v2: %s",
    async (mischief) => {
      await startRsa();
      const { outTradeNo } = await buy();
      fake.misbehave(mischief);
      expect((await ask(outTradeNo)).state).toBe("unknown");
      expect((await account.openPayment!(inputOf(), network)).state).toBe(
        mischief === "other_order" ? "opened" : "unknown",
      );
    },
  );
});
