import { createPublicKey } from "node:crypto";
import type { GatewayKind } from "@/lib/features/payments/gateways/port";
import { readPrivateKey } from "@/lib/features/payments/gateways/rsa";
import type { Currency } from "@/lib/kernel/money";
import { startAlipayFake } from "@/sandbox/gateways/alipay";
import { startEpayFake } from "@/sandbox/gateways/epay";
import { startEpusdtFake } from "@/sandbox/gateways/epusdt";
import type { EpusdtFlavour } from "@/sandbox/gateways/epusdt-desk";
import { startPaypalFake } from "@/sandbox/gateways/paypal";
import { startStripeFake } from "@/sandbox/gateways/stripe";
import { startTokenpayFake } from "@/sandbox/gateways/tokenpay";
import { startWechatFake } from "@/sandbox/gateways/wechat";
import vectors from "@/tests/fixtures/payment-vectors.json";
import { SETTINGS as ALIPAY, APP_ID, SELLER_ID } from "@/tests/unit/payments/alipay-fixtures";
import { certificates, SETTINGS as PAYPAL } from "@/tests/unit/payments/paypal-fixtures";
import { SETTINGS as STRIPE } from "@/tests/unit/payments/stripe-fixtures";
import { SETTINGS as WECHAT } from "@/tests/unit/payments/wechat-fixtures";

const { keys } = vectors;
export const EPAY = { pid: "1000", key: "anHonestKey0123456789abcdefABCDEF" };
const TOKEN = "a-token-of-32-letters-for-testing";
const platformPem = `-----BEGIN PRIVATE KEY-----\n${keys.platform.privatePkcs8DerBase64}\n-----END PRIVATE KEY-----`;

/** A gateway that runs on this machine, the account that the shop has there, and what a buyer can do there. */
export interface House {
  /** The account's id in the shop. */
  readonly id: string;
  readonly kind: GatewayKind;
  readonly currency: Currency;
  readonly settings: Record<string, unknown>;
  /** Pays what was asked; the shop is told before this resolves, unless the house is to be silent. */
  pay(outTradeNo: string, how?: "silent"): Promise<unknown>;
  /** Pays one cent and tells so, rightly signed. */
  payCent(outTradeNo: string): Promise<unknown>;
  /** Tells, rightly signed, of a payment that is on its way and not there; absent where it never tells of such. */
  readonly payAlmost?: (outTradeNo: string) => Promise<unknown>;
  /** Gives 3.00 back at its own desk and tells so; absent where it would not tell. */
  readonly giveBackAtDesk?: (outTradeNo: string) => Promise<unknown>;
  /** Minor units that left its till again; absent where it gives nothing back. */
  readonly givenBack?: (outTradeNo: string) => number;
  /** Where a refund takes its time: it is through, and the shop is told. */
  readonly settleRefund?: (outTradeNo: string, refundNo: string) => Promise<void>;
  /** Whether the shop can have its statement. */
  readonly hasStatement: boolean;
  /** What it was told that the payment is for. */
  readonly subject: (outTradeNo: string) => string | undefined;
  stop(): Promise<void>;
}

/** What the houses know of the shop: where it is, and what time it is. */
export interface Street {
  readonly shop: string;
  readonly now: () => number;
}

const sum = (numbers: readonly (number | bigint)[]): number =>
  numbers.reduce<number>((all, one) => all + Number(one), 0);
const notifyUrl = ({ shop }: Street, kind: string, id: string): string => `${shop}/api/pay/${kind}/${id}`;

async function epay(id: string, { now }: Street, isSecond: boolean): Promise<House> {
  const platformPrivate = readPrivateKey(keys.platform.privatePkcs8DerBase64);
  if (!platformPrivate.ok) throw new Error(platformPrivate.error);
  const rsa = { merchantPublic: createPublicKey(keys.merchant.publicSpkiPem), platformPrivate: platformPrivate.value };
  const fake = await startEpayFake({ ...EPAY, now, ...(isSecond && { rsa }) });
  const second = {
    signMode: "RSA",
    merchantPrivateKey: keys.merchant.privatePkcs8DerBase64,
    platformPublicKey: keys.platform.publicSpkiPem,
  };
  return {
    id,
    kind: "epay",
    currency: "CNY",
    hasStatement: true,
    stop: fake.stop,
    settings: { baseUrl: fake.url, ...EPAY, types: ["alipay"], ...(isSecond && second) },
    pay: (no, how) => fake.pay(no, { tellings: how === "silent" ? 0 : 1 }),
    payCent: (no) => fake.pay(no, { yuan: "0.01" }),
    givenBack: (no) => sum(fake.trade(no)?.refunds.map(({ fen }) => fen) ?? []),
    subject: (no) => fake.trade(no)?.name,
  };
}

async function alipay(id: string, { now }: Street): Promise<House> {
  const fake = await startAlipayFake({
    appId: APP_ID,
    sellerId: SELLER_ID,
    appPublicKey: keys.merchant.publicSpkiPem,
    alipayPrivateKey: platformPem,
    now,
  });
  return {
    id,
    kind: "alipay",
    currency: "CNY",
    hasStatement: true,
    stop: fake.stop,
    settings: { ...ALIPAY, endpoint: fake.endpoint },
    pay: (no, how) => fake.pay(no, { tell: how === "silent" ? "never" : "once" }),
    payCent: (no) => fake.pay(no, { yuan: "0.01" }),
    giveBackAtDesk: (no) => fake.refundAtDesk(no, "DESK00000001", "3.00"),
    givenBack: (no) => sum(fake.trade(no)?.refunds.map(({ fen }) => fen) ?? []),
    subject: (no) => fake.trade(no)?.subject,
  };
}

async function wechat(id: string, { now }: Street): Promise<House> {
  const fake = await startWechatFake({
    mchid: WECHAT.mchid,
    appid: WECHAT.appid,
    merchantSerial: WECHAT.merchantSerial,
    merchantPublicKey: keys.merchant.publicSpkiPem,
    platformPrivateKey: platformPem,
    apiV3Key: vectors.wechat.apiV3Key,
    publicKeyId: vectors.wechat.publicKeyId,
    now,
  });
  return {
    id,
    kind: "wechat",
    currency: "CNY",
    hasStatement: true,
    stop: fake.stop,
    settings: { ...WECHAT, endpoint: fake.url },
    pay: (no, how) => fake.pay(no, { tell: how === "silent" ? "never" : "once" }),
    payCent: (no) => fake.pay(no, { fen: 1 }),
    givenBack: (no) => sum(fake.order(no)?.refunds.map(({ fen }) => fen) ?? []),
    settleRefund: (no, refundNo) => fake.settleRefund(no, refundNo, "SUCCESS"),
    subject: (no) => fake.order(no)?.description,
  };
}

async function stripe(id: string, street: Street): Promise<House> {
  const fake = await startStripeFake({
    secretKey: STRIPE.secretKey,
    webhookSecrets: STRIPE.webhookSecrets,
    now: street.now,
    notifyUrl: notifyUrl(street, "stripe", id),
  });
  return {
    id,
    kind: "stripe",
    currency: "USD",
    hasStatement: true,
    stop: fake.stop,
    settings: { ...STRIPE, endpoint: fake.url },
    pay: (no, how) => fake.pay(no, { tell: how === "silent" ? "never" : "once" }),
    payCent: (no) => fake.pay(no, { amount: 1 }),
    payAlmost: (no) => fake.pay(no, { method: "sepa_debit" }),
    giveBackAtDesk: (no) => fake.refundAtDesk(no, 300),
    givenBack: (no) =>
      sum(fake.sessions(no).flatMap(({ intent }) => intent?.refunds.map(({ amount }) => amount) ?? [])),
    subject: (no) => fake.sessions(no)[0]?.name,
  };
}

async function paypal(id: string, street: Street): Promise<House> {
  const fake = await startPaypalFake({
    ...PAYPAL,
    signingKey: certificates.leafKey,
    certificates: certificates.leaf + certificates.issuer,
    now: street.now,
    notifyUrl: notifyUrl(street, "paypal", id),
  });
  const refunds = (no: string) => fake.orders(no).flatMap(({ capture }) => capture?.refunds ?? []);
  return {
    id,
    kind: "paypal",
    currency: "USD",
    hasStatement: true,
    stop: fake.stop,
    settings: { ...PAYPAL, endpoint: fake.url, testRootCertificate: certificates.root },
    async pay(no, how) {
      fake.tells(how !== "silent");
      await fake.approve(no);
      fake.tells(true);
    },
    async payCent(no) {
      fake.takesInstead({ currency_code: "USD", value: "0.01" });
      await fake.approve(no);
      fake.takesInstead(null);
    },
    async payAlmost(no) {
      fake.capturesAre("PENDING");
      await fake.approve(no);
      fake.capturesAre("COMPLETED");
    },
    giveBackAtDesk: (no) => fake.refundAtDesk(no, "3.00"),
    givenBack: (no) => sum(refunds(no).map(({ amount }) => Math.round(Number(amount.value) * 100))),
    subject: (no) => fake.orders(no)[0]?.description,
  };
}

async function epusdt(id: string, flavour: EpusdtFlavour): Promise<House> {
  const fake = await startEpusdtFake({ flavour, token: TOKEN });
  return {
    id,
    kind: "epusdt",
    currency: "CNY",
    hasStatement: false,
    stop: fake.stop,
    settings: { flavour, baseUrl: fake.url, token: TOKEN, ...(flavour === "gmpay" && { pid: "1000" }) },
    pay: (no, how) => fake.pay(no, how),
    payCent(no) {
      Object.assign(fake.trade(no) ?? {}, { amount: 0.01 });
      return fake.pay(no);
    },
    ...(flavour === "bepusdt" && {
      async payAlmost(no: string) {
        await fake.tellWaiting(no);
        await fake.expire(no);
      },
    }),
    subject: () => undefined,
  };
}

async function tokenpay(id: string): Promise<House> {
  const fake = await startTokenpayFake({ token: TOKEN });
  return {
    id,
    kind: "tokenpay",
    currency: "CNY",
    hasStatement: false,
    stop: fake.stop,
    settings: { baseUrl: fake.url, token: TOKEN },
    pay: (no, how) => fake.pay(no, how),
    payCent(no) {
      Object.assign(fake.order(no) ?? {}, { price: "0.01" });
      return fake.pay(no);
    },
    subject: () => undefined,
  };
}

/** Opens one house of every protocol: each with its own traps, and none with a line of the shop's code. */
export const openHouses = (street: Street): Promise<readonly House[]> =>
  Promise.all([
    epay("epay-v1", street, false),
    epay("epay-v2", street, true),
    alipay("alipay", street),
    wechat("wechat", street),
    stripe("stripe", street),
    paypal("paypal", street),
    epusdt("epusdt", "classic"),
    epusdt("bepusdt", "bepusdt"),
    epusdt("gmwallet", "gmpay"),
    tokenpay("tokenpay"),
  ]);

/** Their ids, for tables that are made before anything is opened. */
export const HOUSES = [
  "epay-v1",
  "epay-v2",
  "alipay",
  "wechat",
  "stripe",
  "paypal",
  "epusdt",
  "bepusdt",
  "gmwallet",
  "tokenpay",
] as const;
