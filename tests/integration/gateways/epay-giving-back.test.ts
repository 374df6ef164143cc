import { describe, expect, test } from "vitest";
import type { OpenInput, PaymentRef } from "@/lib/features/payments/gateways/port";
import { money } from "@/lib/kernel/money";
import { redirectOf } from "@/tests/support/gateways";
import { account, ask, buy, fake, inputOf, network, refundOf, start, startRsa, useEpayScene } from "./epay-scene";

useEpayScene();

describe("giving back by the first version, which has no number for a refund", () => {
  test.each([0, 1] as const)("code %i and a query that confirms it: succeeded", async (refundCode) => {
    await start({ refundCode });
    const input = await buy();
    expect(await account.refunds!.refund(refundOf(input), network)).toMatchObject({
      state: "succeeded",
      amount: { amountMinor: 1000n },
    });
    expect(await ask(input.outTradeNo)).toMatchObject({ state: "refunded" });
  });
  test("LINUX DO Credit: the whole payment reads as not paid afterwards", async () => {
    await start({ dialect: "linuxdo" });
    const input = await buy();
    expect(await account.refunds!.refund(refundOf(input), network)).toMatchObject({ state: "succeeded" });
    expect(fake.trade(input.outTradeNo)?.refunds).toHaveLength(1);
  });
  test("a claim that no query confirms is unknown", async () => {
    await start();
    const input = await buy();
    fake.misbehave("claims_refunds");
    expect(await account.refunds!.refund(refundOf(input), network)).toEqual({ state: "unknown", reason: "held" });
  });
  test("a lost answer, or a failure behind the server, is judged by the query", async () => {
    await start();
    const failed = await buy();
    fake.misbehave("fails_refunds_that_went");
    expect(await account.refunds!.refund(refundOf(failed), network)).toMatchObject({
      state: "succeeded",
      gatewayRefundNo: null,
    });
  });
  test("attack 28: asked twice, the money goes once", async () => {
    await start();
    const input = await buy();
    await account.refunds!.refund(refundOf(input), network);
    expect(await account.refunds!.refund(refundOf(input), network)).toEqual({ state: "unknown", reason: "held" });
    expect(fake.trade(input.outTradeNo)?.refunds).toHaveLength(1);
  });
  test("a second payment under the same number is not given back out of the first one's money", async () => {
    await start();
    const input = await buy();
    const second = { ...refundOf(input), gatewayTradeNo: "2026112100000000009" };
    expect(await account.refunds!.refund(second, network)).toEqual({ state: "failed", code: "other_trade" });
    expect(fake.trade(input.outTradeNo)?.refunds).toEqual([]);
  });
  test("a part is not asked for, nor what nobody paid, nor what was given back at the desk", async () => {
    await start();
    expect(account.refunds).toMatchObject({ isPartialPossible: false, isIdempotent: false });
    const input = await buy();
    expect(await account.refunds!.refund(refundOf(input, { amount: money(1n, "CNY") }), network)).toEqual({
      state: "failed",
      code: "partial_unsupported",
    });
    expect(await account.refunds!.queryRefund(refundOf(input), network)).toEqual({ state: "not_found" });
    fake.refundAtDesk(input.outTradeNo, "1.00");
    expect(await account.refunds!.refund(refundOf(input), network)).toEqual({ state: "unknown", reason: "held" });
    expect(await account.refunds!.queryRefund(refundOf(input), network)).toEqual({ state: "unknown", reason: "held" });
    const unpaid = inputOf();
    await fetch(redirectOf(account, unpaid));
    expect(await account.refunds!.refund(refundOf(unpaid), network)).toEqual({ state: "failed", code: "not_paid" });
  });
  test("servers without that door have no refunds", async () => {
    await start({ dialect: "lunafir" });
    expect([account.refunds, account.closePayment, account.openPayment]).toEqual([undefined, undefined, undefined]);
  });
});

describe("giving back and closing by the second version", () => {
  test("parts, each under its own number; the same number again is the same refund", async () => {
    await startRsa();
    const input = await buy();
    const part = refundOf(input, { amount: money(400n, "CNY") });
    const [first, again] = [await account.refunds!.refund(part, network), await account.refunds!.refund(part, network)];
    expect(first).toMatchObject({ state: "succeeded", amount: { amountMinor: 400n } });
    expect(again).toEqual(first);
    expect(await account.refunds!.refund(refundOf(input, { amount: money(600n, "CNY") }), network)).toMatchObject({
      state: "succeeded",
    });
    expect(fake.trade(input.outTradeNo)?.refunds.map(({ fen }) => fen)).toEqual([400n, 600n]);
    expect(await account.refunds!.refund(refundOf(input, { amount: money(1n, "CNY") }), network)).toMatchObject({
      state: "failed",
    });
  });
  test("the same number with another amount is not the refund that was asked for", async () => {
    await startRsa();
    const input = await buy();
    const part = refundOf(input, { amount: money(400n, "CNY") });
    await account.refunds!.refund(part, network);
    expect(await account.refunds!.refund({ ...part, amount: money(500n, "CNY") }, network)).toEqual({
      state: "unknown",
      reason: "bad_amount",
    });
  });
  test("only what the query confirms counts: claims, and failures that went", async () => {
    await startRsa();
    const refund = refundOf(await buy());
    fake.misbehave("claims_refunds");
    expect(await account.refunds!.refund(refund, network)).toEqual({ state: "unknown", reason: "held" });
    fake.misbehave("fails_refunds_that_went");
    expect(await account.refunds!.refund(refund, network)).toMatchObject({ state: "succeeded" });
    fake.misbehave("unsigned");
    expect(await account.refunds!.queryRefund(refund, network)).toEqual({ state: "unknown", reason: "bad_signature" });
    fake.misbehave("none");
    expect(await account.refunds!.queryRefund({ ...refund, refundNo: "R000001" }, network)).toEqual({
      state: "not_found",
    });
  });
  test("an answer that was lost is found again under the same number", async () => {
    await startRsa();
    const input = refundOf(await buy());
    fake.misbehave("lost_answer");
    expect((await account.refunds!.refund(input, network)).state).toBe("unknown");
    fake.misbehave("none");
    expect(await account.refunds!.queryRefund(input, network)).toMatchObject({ state: "succeeded" });
    expect(await account.refunds!.refund(input, network)).toMatchObject({ state: "succeeded" });
    expect(fake.trade(input.outTradeNo)?.refunds).toHaveLength(1);
  });
  test("most channels cannot close; one that can is believed; a paid one is settled", async () => {
    await startRsa();
    const [open, paid] = [inputOf(), await buy()];
    await account.openPayment!(open, network);
    const close = (input: OpenInput) =>
      account.closePayment!({ outTradeNo: input.outTradeNo, gatewayTradeNo: null } satisfies PaymentRef, network);
    expect([await close(open), await close(paid), await close(inputOf())]).toEqual([
      { state: "unsupported" },
      { state: "already_paid" },
      { state: "not_created" },
    ]);
    await fake.stop();
    await startRsa({ canClose: true });
    const other = inputOf();
    await account.openPayment!(other, network);
    expect(await close(other)).toEqual({ state: "closed" });
  });
});
