import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CreateInput, OpenInput, Pair, PaymentRef } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { isVmqSigned, vmqPrice, vmqSignature } from "@/lib/features/payments/gateways/vmq/codec";
import { money } from "@/lib/kernel/money";
import { readPaid } from "@/tests/support/gateways";
import { get, getUrl, pairsOf, post, vectors } from "./epay-fixtures";
import { NOW, networkOf } from "./epay-rsa-fixtures";

const KEY = vectors.vmq.key;
const SETTINGS = { baseUrl: "https://vmq.example", key: KEY };
const opened = gatewayOf("vmq").openAccount(SETTINGS);
if (!opened.ok) throw new Error(opened.error.join());
const account = opened.value;

const OUR_NO = "K0123456789ABCDEFGHJKMNPQRSTVWXY";
const NOTICE = { payId: OUR_NO, param: "kapu", type: "2", price: "12.5", reallyPrice: "12.51" };
function signed(changes: Partial<typeof NOTICE> = {}, key = KEY): Pair[] {
  const fields = { ...NOTICE, ...changes };
  return [...pairsOf(fields), ["sign", vmqSignature(Object.values(fields), key)]];
}
const refusal = (pairs: readonly Pair[]) => {
  const notice = readPaid(account, get(pairs));
  return notice.ok ? "accepted" : notice.error;
};

describe("the vectors of V免签", () => {
  const { create, notify: notice, close } = vectors.vmq;
  test("creation, notice and closing are signed as published", () => {
    expect(vmqSignature([create.payId, create.param, create.type, create.price], KEY)).toBe(create.sign);
    const values = [notice.payId, notice.param, notice.type, notice.price, notice.reallyPrice];
    expect(isVmqSigned(values, notice.sign, KEY)).toBe(true);
    expect(isVmqSigned(values, notice.sign.toUpperCase(), KEY)).toBe(false);
    expect(vmqSignature([close.orderId], KEY)).toBe(close.sign);
  });
  test("an amount is signed as both servers print it: the Java one prints a double, the PHP one what it got", () => {
    expect([1n, 10n, 100n, 1250n, 1005n, 999_999_999n].map((fen) => vmqPrice(money(fen, "CNY")))).toEqual([
      "0.01",
      "0.1",
      "1.0",
      "12.5",
      "10.05",
      "9999999.99",
    ]);
  });
});

describe("a notice", () => {
  test("says the price it was opened for, and what was really paid", () => {
    expect(readPaid(account, get(signed()))).toMatchObject({
      ok: true,
      value: {
        accountRef: "vmq.example",
        outTradeNo: OUR_NO,
        gatewayTradeNo: OUR_NO,
        amount: { amountMinor: 1250n },
        paid: { amountMinor: 1251n },
        method: "alipay",
      },
    });
  });
  test("numbers come as PHP and as Java print them", () => {
    for (const price of ["10", "10.0", "10.00"])
      expect(readPaid(account, get(signed({ price, reallyPrice: "10.01" })))).toMatchObject({
        ok: true,
        value: { amount: { amountMinor: 1000n } },
      });
  });
  test("attack 1: what was paid lies far from the price, so it is judged by what was paid", () => {
    const judged = (price: string, reallyPrice: string) => {
      const notice = readPaid(account, get(signed({ price, reallyPrice })));
      return notice.ok ? notice.value.amount.amountMinor : notice.error;
    };
    expect([judged("10.00", "9.50"), judged("10.00", "11.00")]).toEqual([1000n, 1000n]);
    expect([judged("10.00", "9.49"), judged("10.00", "11.01")]).toEqual([949n, 1101n]);
    expect([judged("1000.00", "999"), judged("1000.00", "998.99")]).toEqual([100_000n, 99_899n]);
    expect([judged("0.02", "0.01"), judged("0.03", "0.01")]).toEqual([2n, 1n]);
    expect(judged("0.01", "0")).toBe(0n);
  });
  test("attack 5: another key, none, or the text without any", () => {
    for (const key of ["", "another-key-another-key", KEY.toUpperCase()])
      expect(refusal(signed({}, key))).toBe("bad_signature");
  });
  test("attacks 7 and 8: amounts that are none", () => {
    for (const price of ["12.345", "0012.5", "12.5000"]) expect(refusal(signed({ price }))).toBe("bad_amount");
    for (const price of ["1e1", "NaN", "-12.5", "+1", "１２", "12.", ".5", "", " 12.5", "12,5", "0x1"])
      expect(refusal(signed({ price }))).toBe("malformed");
  });
  test("attack 11: nothing stands between the signed values, so borders can be moved, and none is believed that was", () => {
    const good = signed();
    const sign = good.at(-1)!;
    const moved: Partial<typeof NOTICE>[] = [
      { payId: OUR_NO.slice(0, -1), param: `${OUR_NO.slice(-1)}kapu` },
      { payId: `${OUR_NO}kapu`, param: "" },
      { param: "kapu2", type: "1", price: "2.5" },
      { param: "", type: "2" },
      { type: "21", price: "2.5" },
      { price: "12.51", reallyPrice: "2.51" },
      { price: "1", reallyPrice: "2.512.51" },
    ];
    for (const fields of moved) {
      const notice = readPaid(account, get([...pairsOf({ ...NOTICE, ...fields }), sign]));
      // The one border that the grammars leave open makes the two amounts too different to be one.
      if (notice.ok) expect(notice.value.amount.amountMinor).toBe(251n);
      else expect(["malformed", "bad_signature"]).toContain(notice.error);
    }
  });
  test("attack 11: the signature of a request, of a closing or of a question is no notice", () => {
    for (const values of [[OUR_NO, "kapu", "2", "12.5"], ["202605221430159876"], [String(NOW)]])
      expect(refusal([...pairsOf(NOTICE), ["sign", vmqSignature(values, KEY)]])).toBe("bad_signature");
  });
  test("attack 12: repeats, arrays, other verbs", () => {
    expect(refusal([...signed(), ["price", "1"]])).toBe("malformed");
    expect(refusal([...signed(), ["sign[]", "x"]])).toBe("malformed");
    const form = new URLSearchParams(signed().map(([name, value]) => [name, value])).toString();
    expect(readPaid(account, post(form))).toEqual({ ok: false, error: "malformed" });
  });
  test("attack 13: signatures in every wrong spelling", () => {
    const [, good] = signed().at(-1)!;
    for (const sign of [good.toUpperCase(), `${good} `, good.slice(1), "0", "0e1", ""])
      expect(refusal([...pairsOf(NOTICE), ["sign", sign]])).not.toBe("accepted");
  });
  test("no pairs, however made, make the reader throw or pay without the key", () => {
    const any = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(...Object.keys(NOTICE), ...Object.values(NOTICE), "sign"),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(any, any), { maxLength: 10 }), (pairs) => {
        expect(refusal(pairs)).not.toBe("accepted");
      }),
      { numRuns: 500 },
    );
  });
  test("the test notice is read, for a number that no attempt can have", () => {
    const { url } = account.testNotice!("https://shop.test/api/pay/vmq/vmq", 0);
    expect(readPaid(account, getUrl(url))).toMatchObject({ ok: true, value: { outTradeNo: "KAPU-TEST-NOTICE" } });
  });
});

const input: CreateInput = {
  outTradeNo: OUR_NO,
  amount: money(1250n, "CNY"),
  orderNumber: "261121-ABCD-EFGH",
  notifyUrl: "https://shop.test/api/pay/vmq/vmq",
  returnUrl: "https://shop.test/zh/orders/ord_1/return",
};
const openInput: OpenInput = { ...input, expiresAt: NOW + 900_000 };
const ORDER = {
  payId: OUR_NO,
  orderId: "202605221430159876",
  payType: 2,
  price: 12.5,
  reallyPrice: 12.51,
  payUrl: "https://qr.example",
  isAuto: 1,
  state: 0,
  timeOut: 5,
  date: NOW,
};
const said = (data: unknown) => JSON.stringify({ code: 1, msg: "成功", data });
const unknown = (reason: string) => ({ state: "unknown", reason });

describe("opening", () => {
  const open = (reply: string) => account.openPayment!(openInput, networkOf(() => reply).transport);
  test("is a question of the buyer's coming, signed, with the shop's word for a border", async () => {
    expect(account.createPayment(input)).toEqual({ ok: true, value: { kind: "on_request" } });
    const { asked, transport } = networkOf(() => said(ORDER));
    expect(await account.openPayment!({ ...openInput, method: "alipay" }, transport)).toEqual({
      state: "opened",
      opened: {
        presentation: { kind: "redirect", url: "https://vmq.example/payPage/pay.html?orderId=202605221430159876" },
        gatewayTradeNo: "202605221430159876",
        closesAt: NOW + 300_000,
      },
    });
    const { path, fields } = asked[0]!;
    expect([path, fields.get("price"), fields.get("sign")]).toEqual([
      "/createOrder",
      "12.5",
      vmqSignature([OUR_NO, "kapu", "2", "12.5"], KEY),
    ]);
    expect(fields.has("key")).toBe(false);
  });
  test("refusals have names; another order's answer and an odd number open nothing", async () => {
    expect(await open('{"code":-1,"msg":"商户订单号已存在！"}')).toEqual({ state: "refused", code: "order_exists" });
    expect(await open('{"code":-1,"msg":"签名校验不通过"}')).toEqual({ state: "refused", code: "credentials_refused" });
    expect(await open(said({ ...ORDER, payId: "K1" }))).toEqual(unknown("other_order"));
    expect(await open(said({ ...ORDER, orderId: "1?x=//evil.example" }))).toEqual(unknown("unreadable"));
    for (const page of ["", "<html>", "[]", said(null), '{"code":2}']) expect((await open(page)).state).toBe("unknown");
  });
  test("amounts that the two servers would print differently, and ways it does not have, are refused", () => {
    expect(account.createPayment({ ...input, amount: money(1_000_000_000n, "CNY") })).toEqual({
      ok: false,
      error: "amount_out_of_range",
    });
    expect(account.createPayment({ ...input, method: "qqpay" })).toEqual({ ok: false, error: "method_unsupported" });
    expect(account.createPayment({ ...input, amount: money(1n, "USD") })).toEqual({
      ok: false,
      error: "currency_unsupported",
    });
  });
});

describe("asking and closing", () => {
  const ref: PaymentRef = { outTradeNo: OUR_NO, gatewayTradeNo: ORDER.orderId };
  const ask = (reply: string, payment = ref) => account.queryPayment(payment, networkOf(() => reply).transport);
  test("goes by the server's number, which we have from the opening; without it nobody is asked", async () => {
    expect(await ask(said({ ...ORDER, state: 1 }))).toMatchObject({
      state: "paid",
      payment: { gatewayTradeNo: OUR_NO, amount: { amountMinor: 1250n }, paid: { amountMinor: 1251n } },
    });
    for (const gatewayTradeNo of [null, OUR_NO, "x"])
      expect(await ask("", { ...ref, gatewayTradeNo })).toEqual(unknown("not_askable"));
  });
  test("a notice that nobody took is a payment all the same", async () => {
    const notice = readPaid(account, get(signed()));
    const answer = await ask(said({ ...ORDER, state: 2 }));
    expect(answer.state === "paid" && notice.ok && [answer.payment.gatewayTradeNo, answer.payment.amount]).toEqual(
      notice.ok && [notice.value.gatewayTradeNo, notice.value.amount],
    );
  });
  test("waiting, expired, unknown there; and attack 27: garbage", async () => {
    expect(await ask(said(ORDER))).toEqual({ state: "pending" });
    expect(await ask(said({ ...ORDER, state: -1 }))).toEqual({ state: "closed" });
    expect(await ask('{"code":-1,"msg":"云端订单编号不存在"}')).toEqual({ state: "not_found" });
    expect(await ask(said({ ...ORDER, state: 1, payId: "K2" }))).toEqual(unknown("other_order"));
    expect(await ask(said({ ...ORDER, state: 1, reallyPrice: "1e1" }))).toEqual(unknown("bad_amount"));
    for (const data of [null, [], 1, "x", { ...ORDER, state: true }, { ...ORDER, state: 9 }, { ...ORDER, price: null }])
      expect(await ask(said(data))).toEqual(unknown("unreadable"));
  });
  test("closing is signed; after a no the payment itself is asked about", async () => {
    const close = (answers: Record<string, string>) => {
      const network = networkOf((path) => answers[path] ?? "");
      return account.closePayment!(ref, network.transport).then((answer) => ({ answer, asked: network.asked }));
    };
    const { answer, asked } = await close({ "/closeOrder": said(null) });
    expect([answer, asked[0]!.fields.get("sign")]).toEqual([{ state: "closed" }, vmqSignature([ORDER.orderId], KEY)]);
    const no = '{"code":-1,"msg":"订单状态不允许关闭"}';
    expect((await close({ "/closeOrder": no, "/getOrder": said({ ...ORDER, state: 1 }) })).answer).toEqual({
      state: "already_paid",
    });
    expect((await close({ "/closeOrder": no, "/getOrder": said({ ...ORDER, state: -1 }) })).answer).toEqual({
      state: "closed",
    });
    expect((await close({ "/closeOrder": no })).answer).toEqual(unknown("unreadable"));
  });
  test("the self check sees a wrong key, and a phone that is away", async () => {
    const check = (reply: string) =>
      account.selfCheck({ notifyUrl: "https://shop.test/n", transport: networkOf(() => reply).transport });
    expect(await check(said({ state: "1" }))).toEqual([]);
    expect(await check(said({ state: "0" }))).toEqual(["gateway_silent"]);
    expect(await check('{"code":-1,"msg":"签名校验不通过"}')).toEqual(["credentials_refused"]);
  });
});

test("settings: what is missing is named, and plain http is for this machine only", () => {
  const problems = (changes: object) => {
    const account = gatewayOf("vmq").openAccount({ ...SETTINGS, ...changes });
    return account.ok ? "opened" : account.error;
  };
  expect(problems({ baseUrl: "https://vmq.example/createOrder" })).toBe("opened");
  expect(problems({ baseUrl: "http://vmq.example", key: "" })).toEqual(["base_url_insecure", "key_too_short"]);
  expect(problems({ types: ["qqpay"] })).toEqual(["types_malformed"]);
  expect(JSON.stringify(account)).not.toContain(KEY);
});
