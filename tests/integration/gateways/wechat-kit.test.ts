import { describe, expect, test } from "vitest";
import { Aes, Formatter, Rsa, Wechatpay } from "wechatpay-axios-plugin";
import { checkSeal, openResource, requestText } from "@/lib/features/payments/gateways/wechat/codec";
import { config, NOW, notice, platformKey, SETTINGS, seal, vectors } from "@/tests/unit/payments/wechat-fixtures";
import { startFake } from "./wechat-world";

const { keys, wechat } = vectors;
const merchantPem = `-----BEGIN PRIVATE KEY-----\n${keys.merchant.privatePkcs8DerBase64}\n-----END PRIVATE KEY-----`;

/** An independent client of WeChat Pay, against our server and our arithmetic. */
describe("the client against our server", () => {
  test("it makes, asks, refunds and closes, each reply verified", async () => {
    const fake = await startFake();
    const client = new Wechatpay({
      mchid: SETTINGS.mchid,
      serial: SETTINGS.merchantSerial,
      privateKey: merchantPem,
      certs: { [wechat.publicKeyId]: keys.platform.publicSpkiPem },
      baseURL: `${fake.url}/`,
    });
    const order = {
      appid: SETTINGS.appid,
      mchid: SETTINGS.mchid,
      description: "Order 1",
      out_trade_no: "KIT00001",
      time_expire: new Date(Date.now() + 600_000).toISOString(),
      notify_url: "http://127.0.0.1:9/",
      amount: { total: 990, currency: "CNY" },
    };
    const made = await client.chain("v3/pay/transactions/native").post(order);
    expect(made.data).toMatchObject({ code_url: expect.stringMatching(/^weixin:\/\//) });
    const question = client.chain("v3/pay/transactions/out-trade-no/KIT00001");
    expect((await question.get({ params: { mchid: SETTINGS.mchid } })).data.trade_state).toBe("NOTPAY");
    await fake.pay("KIT00001", { tell: "never" });
    expect((await question.get({ params: { mchid: SETTINGS.mchid } })).data).toMatchObject({
      trade_state: "SUCCESS",
      amount: { total: 990 },
    });
    const refund = {
      out_trade_no: "KIT00001",
      out_refund_no: "R1",
      amount: { refund: 990, total: 990, currency: "CNY" },
    };
    expect((await client.chain("v3/refund/domestic/refunds").post(refund)).data).toMatchObject({
      status: "PROCESSING",
    });
    const second = { ...order, out_trade_no: "KIT00002" };
    await client.chain("v3/pay/transactions/native").post(second);
    const closed = await client
      .chain("v3/pay/transactions/out-trade-no/KIT00002/close")
      .post({ mchid: SETTINGS.mchid });
    expect(closed.status).toBe(204);
  });

  test("it refuses what our server did not sign", async () => {
    const fake = await startFake();
    const client = new Wechatpay({
      mchid: SETTINGS.mchid,
      serial: SETTINGS.merchantSerial,
      privateKey: merchantPem,
      certs: { [wechat.publicKeyId]: keys.platform.publicSpkiPem },
      baseURL: `${fake.url}/`,
    });
    fake.misbehave("edited");
    await expect(client.chain("v3/bill/tradebill").get({ params: { bill_date: "2026-11-20" } })).rejects.toThrow();
  });
});

describe("our arithmetic against the client's", () => {
  test("the text of a request", () => {
    const parts = { method: "POST", path: "/v3/x?y=1", body: '{"a":1}', unixSeconds: 1795168539, nonce: "n" } as const;
    expect(requestText(parts)).toBe(Formatter.request("POST", "/v3/x?y=1", "1795168539", "n", '{"a":1}'));
  });

  test("what it seals we open, what we seal it opens", () => {
    const ciphertext = Aes.AesGcm.encrypt("订单 1", wechat.apiV3Key, "nonce0000000", "transaction");
    expect(openResource({ ciphertext, nonce: "nonce0000000", associated_data: "transaction" }, config.apiV3Key)).toBe(
      "订单 1",
    );
    const sealed = seal("订单 2");
    expect(Aes.AesGcm.decrypt(sealed.ciphertext, wechat.apiV3Key, sealed.nonce, sealed.associated_data)).toBe("订单 2");
  });

  test("a notice that we hold for WeChat Pay's it holds for WeChat Pay's", () => {
    const raw = notice("{}");
    const header = (name: string) => raw.headers.find(([given]) => given === name)?.[1] ?? "";
    const [timestamp, nonce, signature, serial] = [
      header("wechatpay-timestamp"),
      header("wechatpay-nonce"),
      header("wechatpay-signature"),
      header("wechatpay-serial"),
    ];
    const ours = checkSeal({ timestamp, nonce, signature, serial }, raw.body, {
      verifiers: config.verifiers,
      now: NOW,
    });
    expect(ours.ok).toBe(true);
    const key = Rsa.from(keys.platform.publicSpkiPem, Rsa.KEY_TYPE_PUBLIC);
    expect(Rsa.verify(Formatter.response(timestamp, nonce, "{}"), signature, key)).toBe(true);
    expect(platformKey.type).toBe("private");
  });
});
