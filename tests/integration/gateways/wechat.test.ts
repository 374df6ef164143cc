import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { limits } from "@/lib/kernel/limits";
import { money } from "@/lib/kernel/money";
import { CERTIFICATES } from "@/tests/unit/payments/alipay-fixtures";
import { SETTINGS } from "@/tests/unit/payments/wechat-fixtures";
import {
  ask,
  CERTIFICATE_SERIAL,
  close,
  impatient,
  open,
  paidOf,
  refundInput,
  today,
  transport,
  type World,
  world,
} from "./wechat-world";

describe("a code, from its making to its refund", () => {
  test("made, paid, told, asked, given back in two parts, and on the bill", async () => {
    const w = await world();
    expect(w.account.createPayment(w.input)).toEqual({ ok: true, value: { kind: "on_request" } });
    expect(await ask(w)).toEqual({ state: "not_found" });
    const opened = await open(w);
    expect(opened).toMatchObject({ state: "opened", opened: { presentation: { kind: "qrcode" } } });
    // The same bytes again: WeChat Pay refuses a repeat that differs in one letter.
    expect(await open(w)).toMatchObject({ state: "opened" });
    expect(await ask(w)).toEqual({ state: "pending" });

    await w.fake.pay(w.input.outTradeNo);
    expect(w.heard).toMatchObject([paidOf]);
    expect(w.fake.sent).toMatchObject([{ status: 204, answer: "" }]);
    expect(await ask(w)).toMatchObject({ state: "paid", payment: { amount: money(990n, "CNY"), method: "native" } });
    expect(await close(w)).toEqual({ state: "already_paid" });
    expect(await open(w)).toEqual({ state: "refused", code: "ORDERPAID" });

    const refunds = w.account.refunds!;
    const part = refundInput(w, "RF1", 300n);
    expect(await refunds.refund(part, transport)).toMatchObject({ state: "processing", amount: money(300n, "CNY") });
    expect(await refunds.refund(part, transport)).toMatchObject({ state: "processing" });
    await w.fake.settleRefund(w.input.outTradeNo, "RF1", "SUCCESS");
    expect(w.heard[1]).toMatchObject({
      kind: "refund",
      refund: { refundNo: "RF1", amount: money(300n, "CNY"), state: "succeeded" },
    });
    expect(await refunds.queryRefund(part, transport)).toMatchObject({ state: "succeeded" });
    expect(await refunds.refund(refundInput(w, "RF2", 690n), transport)).toMatchObject({ state: "processing" });
    expect(await refunds.queryRefund(refundInput(w, "RF9", 1n), transport)).toEqual({ state: "not_found" });
    expect(await ask(w)).toMatchObject({ state: "refunded" });

    const bill = await w.account.fetchBill?.(today(), transport);
    const text = bill?.ok ? gunzipSync(bill.value).toString("utf8") : "";
    expect(text).toContain(`\`${w.input.outTradeNo}`);
    expect(text).toContain("`RF1");
    expect(await w.account.fetchBill?.("2020-01-01", transport)).toEqual({ ok: false, error: "no_bill" });
  });

  test("platform certificates in place of the public key, and both at once", async () => {
    const certificates = { platformCertificates: CERTIFICATES.alipayCertificate };
    const alone = { ...SETTINGS, publicKeyId: "", publicKey: "", ...certificates };
    for (const settings of [alone, { ...SETTINGS, ...certificates }]) {
      const w = await world({ platformSerial: CERTIFICATE_SERIAL }, settings);
      expect(await open(w)).toMatchObject({ state: "opened" });
      await w.fake.pay(w.input.outTradeNo);
      expect(w.heard).toMatchObject([paidOf]);
      expect(await ask(w)).toMatchObject({ state: "paid" });
    }
    // The key alone does not know the certificate that signs the notice.
    const w = await world({ platformSerial: CERTIFICATE_SERIAL });
    await open(w);
    await w.fake.pay(w.input.outTradeNo);
    expect(w.heard).toEqual(["unknown_key"]);
  });

  test("a payment past its deadline cannot be paid, and is closed by us", async () => {
    let now = Date.now();
    const w = await world({ now: () => now });
    await open(w);
    now += 200_000;
    expect(await open(w, { expiresAt: w.input.expiresAt })).toMatchObject({ state: "opened" });
    now -= 200_000;
    expect(await close(w)).toEqual({ state: "closed" });
    expect(await close(w)).toEqual({ state: "closed" });
    expect(await ask(w)).toEqual({ state: "closed" });
    expect(await w.fake.pay(w.input.outTradeNo)).toBe(false);
    expect(await open(w)).toEqual({ state: "refused", code: "ORDER_CLOSED" });
  });

  test("closing what was never made", async () => expect(await close(await world())).toEqual({ state: "not_created" }));

  test("a number that was opened for another amount is refused", async () => {
    const w = await world();
    await open(w);
    expect(await open(w, { amount: money(991n, "CNY") })).toEqual({ state: "refused", code: "INVALID_REQUEST" });
  });
});

describe("the phone's page", () => {
  test("leads to the cashier and back, and needs the buyer's address", async () => {
    const w = await world();
    const opened = await open(w, { device: "mobile" });
    if (opened?.state !== "opened" || opened.opened.presentation.kind !== "redirect") throw new Error("no redirect");
    const page = await fetch(opened.opened.presentation.url);
    const text = await page.text();
    expect(text).toContain("9.90");
    expect(text).toContain("http://127.0.0.1:9/zh/orders/1");
    await fetch(page.url, { method: "POST", body: new URLSearchParams({ how: "twice" }) });
    expect(w.heard).toMatchObject([paidOf, paidOf]);
    const other = await world();
    expect(await open(other, { device: "mobile", clientIp: undefined })).toMatchObject({
      opened: { presentation: { kind: "qrcode" } },
    });
    expect(await open(other, { method: "h5", clientIp: undefined })).toEqual({
      state: "refused",
      code: "method_unsupported",
    });
  });
});

describe("notices", () => {
  test("a shop that fails hears again, sealed anew, until it takes it", async () => {
    const w = await world({ speed: 1_000 });
    await open(w);
    w.fake.misbehave("stale");
    const paid = w.fake.pay(w.input.outTradeNo);
    await paid;
    expect(w.heard).toEqual(["stale"]);
    w.fake.misbehave("none");
    await expect.poll(() => w.heard).toMatchObject(["stale", paidOf]);
    expect(w.fake.sent.map(({ status }) => status)).toEqual([401, 204]);
  });
  test("probes are refused with a failure, and pay for nothing", async () => {
    const w = await world();
    await open(w);
    const probe = await w.fake.probe(w.input.outTradeNo);
    expect(w.heard).toEqual(["probe"]);
    expect(probe.status).toBe(401);
    expect(JSON.parse(probe.answer)).toMatchObject({ code: "FAIL" });
  });
  test("another amount arrives as what it is, another merchant is refused", async () => {
    const w = await world();
    await open(w);
    await w.fake.pay(w.input.outTradeNo, { fen: 1 });
    expect(w.heard).toMatchObject([{ kind: "paid", payment: { amount: money(1n, "CNY") } }]);
    const other = await world();
    await open(other);
    await other.fake.pay(other.input.outTradeNo, { mchid: "1900000002" });
    expect(other.heard).toEqual(["other_account"]);
  });
  test("a refund that reached nobody is not over", async () => {
    const w = await world();
    await open(w);
    await w.fake.pay(w.input.outTradeNo, { tell: "never" });
    await w.account.refunds?.refund(refundInput(w, "RF1", 990n), transport);
    await w.fake.settleRefund(w.input.outTradeNo, "RF1", "ABNORMAL");
    expect(w.heard).toMatchObject([{ kind: "refund", refund: { state: "processing" } }]);
    expect(await w.account.refunds?.queryRefund(refundInput(w, "RF1", 990n), transport)).toEqual({
      state: "unknown",
      reason: "held",
    });
    await w.fake.settleRefund(w.input.outTradeNo, "RF1", "CLOSED");
    expect(await w.account.refunds?.queryRefund(refundInput(w, "RF1", 990n), transport)).toEqual({
      state: "failed",
      code: "CLOSED",
    });
  });
});

describe("attack 27: what the gateway does instead of answering", () => {
  for (const [mischief, reason] of [
    ["html", "bad_signature"],
    ["empty", "bad_signature"],
    ["error_500", "http_status"],
    ["hang", "timed_out"],
    ["busy", "gateway_busy"],
    ["limited", "gateway_busy"],
    ["unsigned", "bad_signature"],
    ["edited", "bad_signature"],
    ["stale", "stale"],
  ] as const) {
    test(`${mischief}: nothing is concluded from it`, async () => {
      const w = await world();
      await open(w);
      w.fake.misbehave(mischief);
      const unknown = { state: "unknown", reason };
      expect(await ask(w, impatient)).toEqual(unknown);
      expect(await open(w, {}, impatient)).toEqual(unknown);
      expect(await w.account.refunds?.refund(refundInput(w, "RF1", 1n), impatient)).toMatchObject({ state: "unknown" });
      expect(await w.account.fetchBill?.(today(), impatient)).toMatchObject({ ok: false });
      expect(await close(w, impatient)).toEqual(unknown);
    });
  }
  test("another order's reply is not ours", async () => {
    const w = await world();
    await open(w);
    w.fake.misbehave("other_order");
    expect(await ask(w)).toEqual({ state: "unknown", reason: "other_order" });
  });
});

describe("attack 28: refunds asked twice, lost and refused", () => {
  test("an answer that was lost is found by asking again with the same number", async () => {
    const w = await world();
    await open(w);
    await w.fake.pay(w.input.outTradeNo);
    w.fake.misbehave("lost_answer");
    const lost = await w.account.refunds?.refund(refundInput(w, "RF1", 500n), impatient);
    expect(lost).toEqual({ state: "unknown", reason: "timed_out" });
    w.fake.misbehave("none");
    expect(await w.account.refunds?.refund(refundInput(w, "RF1", 500n), transport)).toMatchObject({
      state: "processing",
    });
    expect(w.fake.order(w.input.outTradeNo)?.refunds).toHaveLength(1);
  });
  test("more than is left, and a payment that never was, are refused and known to be", async () => {
    const w = await world();
    await open(w);
    expect(await w.account.refunds?.refund(refundInput(w, "RF1", 1n), transport)).toEqual({
      state: "failed",
      code: "RESOURCE_NOT_EXISTS",
    });
    await w.fake.pay(w.input.outTradeNo);
    await w.account.refunds?.refund(refundInput(w, "RF1", 900n), transport);
    expect(await w.account.refunds?.refund(refundInput(w, "RF2", 91n), transport)).toEqual({
      state: "failed",
      code: "NOT_ENOUGH",
    });
    // The number of a refund that is under way, with another amount: what that refund is, never failed.
    expect(await w.account.refunds?.refund(refundInput(w, "RF1", 1n), transport)).toMatchObject({
      state: "processing",
      amount: money(900n, "CNY"),
    });
  });
});

describe("the bill", () => {
  const paid = async (): Promise<World> => {
    const w = await world();
    await open(w);
    await w.fake.pay(w.input.outTradeNo);
    return w;
  };
  test("a file whose sum is not the announced one is corrupt", async () => {
    const w = await paid();
    w.fake.misbehave("bad_bill");
    expect(await w.account.fetchBill?.(today(), transport)).toEqual({ ok: false, error: "corrupt" });
  });
  test("an endless file is cut off, one that does not unpack is corrupt", async () => {
    const w = await paid();
    const withFile = (file: Uint8Array<ArrayBuffer>) =>
      w.account.fetchBill?.(today(), {
        ...transport,
        fetch: async (url, init) => (String(url).includes("billdownload") ? new Response(file) : fetch(url, init)),
      });
    expect(await withFile(new Uint8Array(limits.billBytesMax + 1))).toEqual({ ok: false, error: "reply_too_large" });
    expect(await withFile(Uint8Array.of(0x1f, 0x8b, 1, 2, 3))).toEqual({ ok: false, error: "corrupt" });
  });
});

describe("self check", () => {
  const check = ({ account, input }: World) => account.selfCheck({ notifyUrl: input.notifyUrl, transport });
  test("right settings, wrong certificate, wrong clock, silent gateway", async () => {
    expect(await check(await world())).toEqual([]);
    expect(await check(await world({ merchantSerial: "ABCDEF0123456789" }))).toEqual(["credentials_refused"]);
    const late = await world();
    late.fake.misbehave("stale");
    expect(await check(late)).toEqual(["clock_skewed"]);
    const silent = await world();
    silent.fake.misbehave("error_500");
    expect(await check(silent)).toEqual(["gateway_silent"]);
  });
});
