import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { signatureOf, withSignature } from "@/lib/features/payments/gateways/epay/codec";
import { EPAY_PROFILES, PROFILE_NAMES, type ProfileName } from "@/lib/features/payments/gateways/epay/profiles";
import { EPAY_FIELDS, readSettings } from "@/lib/features/payments/gateways/epay/settings";
import type { CreateInput, GatewayAccount } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { gateways } from "@/lib/i18n/messages/zh/gateways";
import { money } from "@/lib/kernel/money";
import { payment, readPaid, redirectOf } from "@/tests/support/gateways";
import { get, getUrl, KEY, pairsOf, post, SETTINGS, vectors } from "./epay-fixtures";
import { networkOf } from "./epay-rsa-fixtures";

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

const BASE: Record<ProfileName, Record<string, unknown>> = {
  rainbow: {},
  linuxdo: { baseUrl: "https://credit.example/epay", pid: "cid_abc", key: "csecret_csecret" },
  bepusdt: { pid: "1000", types: ["usdt.trc20", "tron.trx"] },
  gmwallet: { types: [] },
  lunafir: {},
  ezpay: { pid: "10001", types: ["usdt_trc20"] },
};
function open(profile: ProfileName, changes: Record<string, unknown> = {}): GatewayAccount {
  const opened = gatewayOf("epay").openAccount({ ...SETTINGS, ...BASE[profile], profile, ...changes });
  if (!opened.ok) throw new Error(opened.error.join());
  return opened.value;
}
const problemsOf = (settings: Record<string, unknown>) => {
  const opened = gatewayOf("epay").openAccount({ ...SETTINGS, ...settings });
  return opened.ok ? "opened" : opened.error;
};
const input: CreateInput = {
  outTradeNo: "K0123456789ABCDEFGHJKMNPQRSTVWXY",
  amount: money(1000n, "CNY"),
  orderNumber: "261121-ABCD-EFGH",
  notifyUrl: "https://shop.test/api/pay/epay/epay",
  returnUrl: "https://shop.test/zh/orders/ord_1/return",
};
const fieldsOf = (profile: ProfileName, changes: Partial<CreateInput> = {}) =>
  new URL(redirectOf(open(profile), { ...input, ...changes }));

test("a row of before, without profile and algorithm, is Rainbow's first version, byte for byte", () => {
  const before = readSettings(SETTINGS);
  expect(before).toMatchObject({ ok: true, value: { signing: { mode: "MD5" }, profile: EPAY_PROFILES.rainbow } });
  expect(redirectOf(open("rainbow"), input)).toBe(
    redirectOf(open("rainbow", { signMode: undefined, profile: undefined }), input),
  );
});

describe("where the buyer is sent", () => {
  test("each server under its own path, from the address as operators paste it", () => {
    expect(fieldsOf("linuxdo").href).toMatch(/^https:\/\/credit\.example\/epay\/pay\/submit\.php\?/);
    expect(fieldsOf("gmwallet").pathname).toBe("/payments/epay/v1/order/create-transaction/submit.php");
    for (const baseUrl of [
      "https://credit.example/epay/pay/submit.php",
      "https://credit.example/epay/pay/",
      "https://credit.example/epay",
    ])
      expect(redirectOf(open("linuxdo", { baseUrl }), input)).toBe(redirectOf(open("linuxdo"), input));
    const pasted = "https://pay.example/payments/epay/v1/order/create-transaction/submit.php";
    expect(redirectOf(open("gmwallet", { baseUrl: pasted }), input)).toBe(redirectOf(open("gmwallet"), input));
    expect(
      new URL(redirectOf(open("rainbow", { baseUrl: "https://pay.example/pay/submit.php" }), input)).pathname,
    ).toBe("/pay/submit.php");
  });
  test("LINUX DO Credit gets no field beside those that it signs, and its one type", () => {
    const { searchParams } = fieldsOf("linuxdo");
    expect([...searchParams.keys()].sort()).toEqual([
      "money",
      "name",
      "notify_url",
      "out_trade_no",
      "pid",
      "return_url",
      "sign",
      "sign_type",
      "type",
    ]);
    expect(searchParams.get("type")).toBe("epay");
  });
  test("LINUX DO Credit is spared addresses past a hundred letters; it then uses those of its own settings", () => {
    const long = `https://shop.test/${"x".repeat(90)}`;
    const { searchParams } = fieldsOf("linuxdo", { returnUrl: long });
    expect([searchParams.has("return_url"), searchParams.has("notify_url")]).toEqual([false, true]);
    expect(fieldsOf("rainbow", { returnUrl: long }).searchParams.get("return_url")).toBe(long);
  });
  test("a server without a page to choose on gets the first type, and the chosen one when there is one", () => {
    expect(fieldsOf("bepusdt").searchParams.get("type")).toBe("usdt.trc20");
    expect(fieldsOf("bepusdt", { method: "tron.trx" }).searchParams.get("type")).toBe("tron.trx");
    expect(fieldsOf("rainbow").searchParams.has("type")).toBe(false);
  });
  test("EzPay counts in yuan because it is told so, and signs values as an address holds them", () => {
    const { searchParams } = fieldsOf("ezpay");
    expect(searchParams.get("currency")).toBe("CNY");
    const text = [...searchParams].filter(([name]) => !name.startsWith("sign")).sort(([a], [b]) => (a < b ? -1 : 1));
    const escaped = text.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
    expect(escaped).toContain("name=Order%20261121-ABCD-EFGH");
    expect(searchParams.get("sign")).toBe(md5(escaped + KEY));
  });
  test("the published vector of EzPay's rule", () => {
    const [basic] = vectors.epayV1;
    const escaped = Object.entries(basic!.params as unknown as Record<string, string>)
      .filter(([name]) => name !== "sign_type")
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join("&");
    expect(md5(escaped + basic!.key)).toBe(vectors.epayV1Negative[1]!.sign);
    const account = open("ezpay", { pid: "1001", key: basic!.key });
    const notice = pairsOf({
      pid: "1001",
      trade_no: "E1",
      out_trade_no: "T1",
      type: "usdt_trc20",
      name: "VIP会员 +1",
      money: "1.00",
      trade_status: "TRADE_SUCCESS",
    });
    const text = [...notice]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join("&");
    expect(readPaid(account, get([...notice, ["sign", md5(text + basic!.key)]])).ok).toBe(true);
    expect(readPaid(account, get(withSignature(notice, basic!.key)))).toEqual({ ok: false, error: "bad_signature" });
  });
});

describe("what each server tells", () => {
  const notice = (index: number) => {
    const { params, sign, key } = vectors.epayV1[index]!;
    return { pairs: [...pairsOf(params as unknown as Record<string, string>), ["sign", sign] as const], key };
  };
  test("LINUX DO Credit: no sign_type at all", () => {
    const { pairs } = notice(7);
    const resigned = withSignature(
      pairs.filter(([name]) => name !== "sign"),
      "csecret_csecret",
    ).filter(([name]) => name !== "sign_type");
    expect(readPaid(open("linuxdo"), get(resigned))).toMatchObject({
      ok: true,
      value: { accountRef: "cid_abc", amount: { amountMinor: 1000n } },
    });
    expect(readPaid(open("linuxdo"), get(pairs))).toEqual({ ok: false, error: "bad_signature" });
  });
  test("BEpusdt: merchant 1000, a type with a dot, no sign_type", () => {
    const { pairs, key } = notice(9);
    expect(readPaid(open("bepusdt", { key }), get(pairs))).toMatchObject({
      ok: true,
      value: { amount: { amountMinor: 2888n }, method: "usdt.trc20" },
    });
  });
  test("LunaFirPay posts; a GET is not its notice, and the others' POST is not theirs", () => {
    const { body, contentType } = vectors.captured.lunafirNotifyPost;
    expect(readPaid(open("lunafir"), post(body, contentType))).toMatchObject({
      ok: true,
      value: { outTradeNo: "L1001" },
    });
    expect(readPaid(open("lunafir"), getUrl(`/n?${body}`))).toEqual({ ok: false, error: "malformed" });
    expect(readPaid(open("bepusdt"), post(body, contentType))).toEqual({ ok: false, error: "malformed" });
  });
  test("each server hears its word, and no other answer holds it", () => {
    for (const name of PROFILE_NAMES) {
      const { accepted, refused, deferred } = open(name);
      expect(accepted).toMatchObject({ status: 200, body: "success" });
      expect(`${refused.body}${deferred.body}`).not.toMatch(/success|ok|1/i);
    }
  });
  test("a test notice is read by the account it was made for, whatever its dialect", () => {
    for (const name of PROFILE_NAMES) {
      const test = open(name).testNotice!("https://shop.test/api/pay/epay/x", 0);
      const raw = test.method === "GET" ? getUrl(test.url) : post(test.body);
      expect([test.method, readPaid(open(name), raw).ok]).toEqual([EPAY_PROFILES[name].notifyVerbs[0], true]);
    }
  });
});

describe("how each server is asked", () => {
  const ORDER = { code: 1, trade_no: "P1", out_trade_no: "T1001", money: "10.00", status: 1 };
  const ask = (profile: ProfileName, reply: unknown) => {
    const { asked, transport } = networkOf(() => (reply instanceof Response ? reply : JSON.stringify(reply)));
    return open(profile)
      .queryPayment(payment("T1001"), transport)
      .then((answer) => ({ answer, asked }));
  };
  test("LunaFirPay wants the question signed, and never sees the key", async () => {
    const { asked } = await ask("lunafir", ORDER);
    const fields = asked[0]!.fields;
    expect(fields.has("key")).toBe(false);
    expect(fields.get("sign")).toBe(
      signatureOf(
        [
          ["pid", "1000"],
          ["out_trade_no", "T1001"],
        ],
        KEY,
      ),
    );
  });
  test("LINUX DO Credit says by HTTP status that there is no such order; other errors say nothing", async () => {
    expect((await ask("linuxdo", new Response("{}", { status: 404 }))).answer).toEqual({ state: "not_found" });
    expect((await ask("linuxdo", new Response("{}", { status: 400 }))).answer).toEqual({
      state: "unknown",
      reason: "http_status",
    });
    expect((await ask("rainbow", new Response("{}", { status: 404 }))).answer).toEqual({
      state: "unknown",
      reason: "http_status",
    });
  });
  test("attack 27: a trade number past 2^53 that came as a number is unknown: its digits are lost", async () => {
    const reply = new Response(
      '{"code":1,"trade_no":12345678901234567890,"out_trade_no":"T1001","money":"10.00","status":1}',
    );
    expect((await ask("linuxdo", reply)).answer).toEqual({ state: "unknown", reason: "unreadable" });
  });
  test("servers without a question are not asked, and that is no silence", async () => {
    for (const name of ["bepusdt", "gmwallet"] as const) {
      const { answer, asked } = await ask(name, ORDER);
      expect([answer, asked]).toEqual([{ state: "unknown", reason: "not_askable" }, []]);
      expect(
        await open(name).selfCheck({ notifyUrl: "https://shop.test/n", transport: networkOf(() => "").transport }),
      ).toEqual(["key_published"]);
    }
  });
  test("EzPay says by a word what the others say by a number; nobody else's word counts", async () => {
    const { status: _, ...said } = { ...ORDER, trade_status: "TRADE_SUCCESS" };
    expect((await ask("ezpay", said)).answer).toMatchObject({ state: "paid" });
    expect((await ask("ezpay", { ...said, trade_status: "WAIT_BUYER_PAY" })).answer).toEqual({ state: "pending" });
    expect((await ask("rainbow", said)).answer).toEqual({ state: "unknown", reason: "unreadable" });
  });
});

describe("settings", () => {
  test("what a dialect cannot do without is named", () => {
    expect(problemsOf({ profile: "bepusdt", pid: "1001", types: [] })).toEqual(["pid_malformed", "types_missing"]);
    expect(problemsOf({ profile: "paypal" })).toEqual(["profile_malformed"]);
    expect(problemsOf({ profile: "lunafir", types: [] })).toBe("opened");
  });
  test("what a form sends of fields that it hides is not read", () => {
    expect(problemsOf({ signMode: "MD5", merchantPrivateKey: "", platformPublicKey: "" })).toBe("opened");
  });
  test("every field and every choice has its words", () => {
    const { fields, choices } = gateways.epay;
    expect(Object.keys(fields).sort()).toEqual(EPAY_FIELDS.map(({ name }) => name).sort());
    expect(Object.keys(choices.profile).sort()).toEqual([...PROFILE_NAMES].sort());
  });
});
