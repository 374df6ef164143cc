import { AlipaySdk } from "alipay-sdk";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { requestText, signedRequest } from "@/lib/features/payments/gateways/alipay/codec";
import { readAlipaySettings } from "@/lib/features/payments/gateways/alipay/settings";
import { signRsa } from "@/lib/features/payments/gateways/rsa";
import { startAlipayFake } from "@/sandbox/gateways/alipay";
import {
  APP_ID,
  CERTIFICATE_SETTINGS,
  CERTIFICATES,
  config,
  merchantKey,
  SELLER_ID,
  signed,
  vectors,
} from "@/tests/unit/payments/alipay-fixtures";

/** Alipay's own kit for Node, against our server and our arithmetic. It reads the time zone of its process. */
const zone = process.env.TZ;
process.env.TZ = "Asia/Shanghai";
afterAll(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const { merchant, platform } = vectors.keys;
const pem = (der: string) => `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----`;

async function world(certificates = false) {
  const read = readAlipaySettings(CERTIFICATE_SETTINGS);
  if (!read.ok || !read.value.serials) throw new Error("the certificates are ours");
  const fake = await startAlipayFake({
    appId: APP_ID,
    sellerId: SELLER_ID,
    appPublicKey: merchant.publicSpkiPem,
    alipayPrivateKey: pem(platform.privatePkcs8DerBase64),
    ...(certificates ? { serials: read.value.serials } : {}),
  });
  stops.push(() => fake.stop());
  const keys = certificates
    ? {
        appCertContent: CERTIFICATES.appCertificate,
        alipayPublicCertContent: CERTIFICATES.alipayCertificate,
        alipayRootCertContent: CERTIFICATES.rootCertificate,
      }
    : { alipayPublicKey: platform.publicSpkiPem };
  const kit = new AlipaySdk({
    appId: APP_ID,
    privateKey: merchant.privatePkcs8DerBase64,
    keyType: "PKCS8",
    gateway: fake.endpoint,
    ...keys,
  });
  return { fake, kit };
}

const content = () => ({
  out_trade_no: "KIT1",
  total_amount: "9.90",
  subject: "Order 1",
  product_code: "FACE_TO_FACE_PAYMENT",
  time_expire: new Date(Date.now() + 8 * 3_600_000 + 600_000).toISOString().slice(0, 19).replace("T", " "),
});

describe("the kit against our server", () => {
  for (const certificates of [false, true]) {
    test(`it makes, asks, refunds and closes, each reply verified, ${certificates ? "by certificates" : "by keys"}`, async () => {
      const { fake, kit } = await world(certificates);
      const exec = (method: string, bizContent: object) => kit.exec(method, { bizContent }, { validateSign: true });
      expect(await exec("alipay.trade.precreate", content())).toMatchObject({ code: "10000", outTradeNo: "KIT1" });
      expect(await exec("alipay.trade.query", { out_trade_no: "KIT1" })).toMatchObject({
        code: "40004",
        subCode: "ACQ.TRADE_NOT_EXIST",
      });
      await fake.pay("KIT1", { tell: "never" });
      expect(await exec("alipay.trade.query", { out_trade_no: "KIT1" })).toMatchObject({
        tradeStatus: "TRADE_SUCCESS",
        totalAmount: "9.90",
      });
      const refund = { out_trade_no: "KIT1", refund_amount: "9.90", out_request_no: "R1" };
      expect(await exec("alipay.trade.refund", refund)).toMatchObject({ fundChange: "Y", refundFee: "9.90" });
      expect(await exec("alipay.trade.fastpay.refund.query", refund)).toMatchObject({ refundStatus: "REFUND_SUCCESS" });
    });
  }

  test("its signed page leads to our cashier", async () => {
    const { kit } = await world();
    const url = kit.pageExecute("alipay.trade.page.pay", "GET", {
      bizContent: { ...content(), product_code: "FAST_INSTANT_TRADE_PAY" },
      returnUrl: "http://127.0.0.1:9/",
    });
    expect((await fetch(url)).status).toBe(200);
  });
});

describe("our arithmetic against the kit's", () => {
  test("a request of ours has its parameters and its signature, letter by letter", async () => {
    const { kit } = await world();
    const url = new URL(
      kit.pageExecute("alipay.trade.page.pay", "GET", { bizContent: content(), notifyUrl: "https://shop.test/n" }),
    );
    const theirs = Object.fromEntries(url.searchParams);
    const now = Date.parse(`${theirs.timestamp?.replace(" ", "T")}+08:00`);
    const ours = signedRequest(
      {
        method: "alipay.trade.page.pay",
        content: JSON.parse(theirs.biz_content ?? ""),
        notifyUrl: "https://shop.test/n",
        now,
      },
      config,
    );
    const { sign, alipay_sdk: _kit, ...rest } = theirs;
    const { sign: _sign, format: _format, ...ourRest } = Object.fromEntries(ours);
    expect(ourRest).toEqual(rest);
    expect(signRsa(requestText(Object.entries(theirs)), merchantKey)).toBe(sign);
  });

  test("the serial numbers of the certificates", async () => {
    const { kit } = await world(true);
    const read = readAlipaySettings(CERTIFICATE_SETTINGS);
    expect(read.ok && read.value.serials).toEqual({
      app: kit.config.appCertSn,
      alipay: kit.config.alipayCertSn,
      root: kit.config.alipayRootCertSn,
    });
  });

  test("notices that ours signs are its notices, blanks kept", async () => {
    const { kit } = await world();
    for (const notice of [signed(), signed({ body: "", subject: "100% 正品 a=b&c" })]) {
      expect(kit.checkNotifySignV2(Object.fromEntries(notice))).toBe(true);
    }
    const forged = Object.fromEntries(signed());
    expect(kit.checkNotifySignV2({ ...forged, total_amount: "0.01" })).toBe(false);
  });
});
