import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalText } from "@/lib/features/payments/gateways/epay/codec";
import { readSignedReply } from "@/lib/features/payments/gateways/epay/signed-reply";
import type { OpenInput } from "@/lib/features/payments/gateways/port";
import { isSignedByRsa, readPublicKey } from "@/lib/features/payments/gateways/rsa";
import { money } from "@/lib/kernel/money";
import { payment } from "@/tests/support/gateways";
import { vectors } from "./epay-fixtures";
import { NOW, networkOf, rsaAccount, rsaConfig, signedReply, strangers } from "./epay-rsa-fixtures";

const ORDER = {
  trade_no: "2026112017510896173",
  out_trade_no: "T1001",
  type: "alipay",
  pid: 1001,
  addtime: "2026-11-20 17:50:02",
  money: "10.00",
  status: 1,
};
const ask = (reply: string | Response) => rsaAccount.queryPayment(payment("T1001"), networkOf(() => reply).transport);
const unknown = (reason: string) => ({ state: "unknown", reason });

describe("a question, and what counts as an answer", () => {
  test("the request is posted, signed with our key, with the time, and without any key in it", async () => {
    const { asked, transport } = networkOf(() => signedReply(ORDER));
    await rsaAccount.queryPayment(payment("T1001"), transport);
    const [{ path, fields }] = asked as [(typeof asked)[number]];
    expect(path).toBe("/api/pay/query");
    expect(fields.get("timestamp")).toBe("1721206072");
    const key = readPublicKey(vectors.keys.merchant.publicSpkiPem);
    expect(key.ok && isSignedByRsa(canonicalText([...fields]), fields.get("sign")!, key.value)).toBe(true);
    expect([...fields.keys()].sort()).toEqual(["out_trade_no", "pid", "sign", "sign_type", "timestamp"]);
  });
  test("a signed reply says paid, pending, refunded", async () => {
    expect(await ask(signedReply(ORDER))).toMatchObject({
      state: "paid",
      payment: { accountRef: "1001", outTradeNo: "T1001", amount: { amountMinor: 1000n } },
    });
    expect(await ask(signedReply({ ...ORDER, status: 0 }))).toEqual({ state: "pending" });
    expect(await ask(signedReply({ ...ORDER, status: 2 }))).toMatchObject({ state: "refunded" });
  });
  test("an unsigned reply, one signed by a stranger and one whose letters were changed are not the platform's", async () => {
    expect(await ask(JSON.stringify({ code: 0, ...ORDER, timestamp: String(NOW / 1000) }))).toEqual(
      unknown("bad_signature"),
    );
    expect(await ask(signedReply({ ...ORDER, status: 0 }).replace('"status":0', '"status":1'))).toEqual(
      unknown("bad_signature"),
    );
    const forged = readSignedReply(
      signedReply(ORDER),
      { ...rsaConfig, signing: { mode: "RSA", privateKey: strangers.privateKey, platformKey: strangers.publicKey } },
      NOW,
    );
    expect(forged).toEqual(unknown("bad_signature"));
  });
  test("attack 20: an old reply is shown again", async () => {
    expect(await ask(signedReply(ORDER, NOW - 301_000))).toEqual(unknown("stale"));
    expect(await ask(signedReply(ORDER, NOW + 301_000))).toEqual(unknown("stale"));
  });
  test("attack 2: a reply about another merchant's order, or another order of ours", async () => {
    expect(await ask(signedReply({ ...ORDER, pid: 1002 }))).toEqual(unknown("other_account"));
    expect(await ask(signedReply({ ...ORDER, out_trade_no: "T1002" }))).toEqual(unknown("other_order"));
  });
  test("attack 27: errors, pages and silence are never paid", async () => {
    expect(await ask('{"code":-1,"msg":"订单号不存在"}')).toEqual({ state: "not_found" });
    expect(await ask('{"code":-1,"msg":"商户不存在"}')).toEqual(unknown("credentials_refused"));
    expect(await ask('{"code":-3,"msg":"签名校验失败"}')).toEqual(unknown("credentials_refused"));
    expect(await ask('{"code":-1,"msg":"时间戳(timestamp)字段不正确"}')).toEqual(unknown("stale"));
    for (const page of ["", "<html>", "[]", "null", "1", '{"code":true}', '{"code":0'])
      expect((await ask(page)).state).toBe("unknown");
    expect(await ask(new Response("", { status: 500 }))).toEqual(unknown("http_status"));
  });
  test("a member that is named twice is nobody's reply", async () => {
    expect(await ask(signedReply(ORDER).replace("{", '{"status":1,'))).toEqual(unknown("unreadable"));
  });
  test("digits past 2^53 are read as they stand", async () => {
    const reply = signedReply({ ...ORDER, trade_no: "12345678901234567890" });
    expect(await ask(reply)).toMatchObject({ payment: { gatewayTradeNo: "12345678901234567890" } });
  });
  test("no text makes the reader throw, or say anything unsigned", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.dictionary(fc.string(), fc.jsonValue()).map((o) => JSON.stringify(o)),
        ),
        (text) => {
          expect(readSignedReply(text, rsaConfig, NOW).state).not.toBe("said");
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe("the way to pay", () => {
  const input: OpenInput = {
    outTradeNo: "K0123456789ABCDEFGHJKMNPQRSTVWXY",
    amount: money(1000n, "CNY"),
    orderNumber: "261121-ABCD-EFGH",
    notifyUrl: "https://shop.test/api/pay/epay/epay",
    returnUrl: "https://shop.test/zh/orders/ord_1/return",
    expiresAt: NOW + 900_000,
  };
  const chosen = { ...input, method: "alipay", clientIp: "203.0.113.7" };
  const open = (reply: string, changes: Partial<OpenInput> = chosen) =>
    rsaAccount.openPayment!({ ...input, ...changes }, networkOf(() => reply).transport);

  test("building it stays a function of frozen fields: it is made on request", () => {
    expect(rsaAccount.createPayment(input)).toEqual({ ok: true, value: { kind: "on_request" } });
    expect(rsaAccount.createPayment({ ...input, amount: money(0n, "CNY") })).toEqual({
      ok: false,
      error: "amount_out_of_range",
    });
  });
  test("with a chosen type the server is asked for its own page", async () => {
    const { asked, transport } = networkOf(() =>
      signedReply({ trade_no: "P1", pay_type: "jump", pay_info: "https://pay.example/pay/submit/P1/" }),
    );
    expect(await rsaAccount.openPayment!({ ...chosen, device: "mobile" }, transport)).toEqual({
      state: "opened",
      opened: {
        presentation: { kind: "redirect", url: "https://pay.example/pay/submit/P1/" },
        gatewayTradeNo: "P1",
        closesAt: null,
      },
    });
    const { path, fields } = asked[0]!;
    expect(path).toBe("/api/pay/create");
    expect(Object.fromEntries(fields)).toMatchObject({
      pid: "1001",
      type: "alipay",
      money: "10.00",
      method: "jump",
      device: "mobile",
      clientip: "203.0.113.7",
    });
  });
  test("a code to scan is shown as one", async () => {
    expect(
      await open(signedReply({ trade_no: "P1", pay_type: "qrcode", pay_info: "https://qr.alipay.com/bax1" })),
    ).toMatchObject({
      opened: { presentation: { kind: "qrcode", text: "https://qr.alipay.com/bax1" } },
    });
  });
  test("attack 21: scripts, plain http and pages of the server's own are not shown", async () => {
    const bad: [string, string][] = [
      ["jump", "javascript:alert(1)"],
      ["jump", "http://pay.example/x"],
      ["jump", "https://u:p@pay.example/"],
      ["jump", "//pay.example"],
      ["jump", ""],
      ["qrcode", ""],
      ["qrcode", "a b"],
    ];
    for (const [type, way] of bad)
      expect((await open(signedReply({ trade_no: "P1", pay_type: type, pay_info: way }))).state).not.toBe("opened");
    expect(await open(signedReply({ trade_no: "P1", pay_type: "html", pay_info: "<script>" }))).toEqual({
      state: "refused",
      code: "presentation_unsupported",
    });
  });
  test("an answer that nobody signed opens nothing", async () => {
    expect(
      await open(JSON.stringify({ code: 0, trade_no: "P1", pay_type: "jump", pay_info: "https://evil.example/" })),
    ).toEqual(unknown("bad_signature"));
    expect(await open('{"code":-3,"msg":"签名校验失败"}')).toEqual({ state: "refused", code: "credentials_refused" });
  });
  test("where the buyer is to choose he brings a signed request along, good for five minutes", async () => {
    const { asked, transport } = networkOf(() => "");
    const answer = await rsaAccount.openPayment!(input, transport);
    expect(asked).toEqual([]);
    if (answer.state !== "opened" || answer.opened.presentation.kind !== "redirect") throw new Error("not opened");
    const url = new URL(answer.opened.presentation.url);
    expect([url.pathname, url.searchParams.get("timestamp"), answer.opened.staleAt]).toEqual([
      "/api/pay/submit",
      "1721206072",
      NOW + 300_000,
    ]);
    const key = readPublicKey(vectors.keys.merchant.publicSpkiPem);
    expect(
      key.ok && isSignedByRsa(canonicalText([...url.searchParams]), url.searchParams.get("sign")!, key.value),
    ).toBe(true);
  });
});

describe("closing, and the self check", () => {
  const close = (answers: Record<string, string>) =>
    rsaAccount.closePayment!(payment("T1001"), networkOf((path) => answers[path] ?? "").transport);
  test("closed only by a signed yes; a no is followed by a question", async () => {
    expect(await close({ "/api/pay/close": signedReply({ msg: "订单关闭成功" }) })).toEqual({ state: "closed" });
    const no = '{"code":-1,"msg":"当前支付通道不支持关闭"}';
    expect(await close({ "/api/pay/close": no, "/api/pay/query": signedReply({ ...ORDER, status: 0 }) })).toEqual({
      state: "unsupported",
    });
    expect(await close({ "/api/pay/close": no, "/api/pay/query": signedReply(ORDER) })).toEqual({
      state: "already_paid",
    });
    expect(await close({ "/api/pay/close": no, "/api/pay/query": '{"code":-1,"msg":"订单号不存在"}' })).toEqual({
      state: "not_created",
    });
    expect(await close({ "/api/pay/close": no })).toEqual(unknown("unreadable"));
    expect(await close({ "/api/pay/close": '{"code":0}' })).toEqual(unknown("bad_signature"));
  });
  test("keys are proven by a signed answer; a wrong clock and a wrong key are told apart", async () => {
    const check = (reply: string) =>
      rsaAccount.selfCheck({ notifyUrl: "https://shop.test/n", transport: networkOf(() => reply).transport });
    expect(await check(signedReply({ pid: 1001, status: 1 }))).toEqual([]);
    expect(await check(signedReply({ pid: 1001 }, NOW - 900_000))).toEqual(["clock_skewed"]);
    expect(await check('{"code":-3,"msg":"签名校验失败"}')).toEqual(["credentials_refused"]);
    expect(await check('{"code":0,"pid":1001}')).toEqual(["credentials_refused"]);
    expect(await check(signedReply({ pid: 1002 }))).toEqual(["credentials_refused"]);
    expect(await check("<html>")).toEqual(["gateway_silent"]);
  });
  test("attack 2: a refund that the platform signed for another merchant is not ours", async () => {
    const refund = { out_refund_no: "R000001", out_trade_no: "T1001", money: "10.00", status: 1, refund_no: "X1" };
    const amount = money(1000n, "CNY");
    const input = { outTradeNo: "T1001", gatewayTradeNo: null, refundNo: "R000001", amount, total: amount };
    const query = (uid: number) =>
      rsaAccount.refunds!.queryRefund(input, networkOf(() => signedReply({ ...refund, uid })).transport);
    expect(await query(1001)).toMatchObject({ state: "succeeded", gatewayRefundNo: "X1" });
    expect(await query(1002)).toEqual(unknown("other_account"));
  });
  test("nobody but the platform can sign a notice, so there is no test notice", () => {
    expect(rsaAccount.testNotice).toBeUndefined();
  });
});
