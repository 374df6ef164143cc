import { createHash, createHmac, createSign, createVerify, generateKeyPairSync, randomBytes } from "node:crypto";
import type { GatewayAccount, GatewayKind, RawHttp } from "@/lib/features/payments/gateways/port";
import { gatewayOf } from "@/lib/features/payments/gateways/registry";
import { signedNotice } from "@/sandbox/gateways/alipay-signing";
import { rsaSign } from "@/sandbox/gateways/epay-signing";
import { sealedResource, sealHeaders } from "@/sandbox/gateways/wechat-signing";
import { type Fields, signedQuery } from "@/sandbox/signing";
import { createRandom, percentile, type Sample, shuffle } from "./figures";
import type { Options } from "./options";

/** What a signature costs by itself, and what a whole notice costs that carries one: read, checked and understood. */
interface Reading {
  readonly name: string;
  readonly what: string;
  /** How the notice is signed; null for what it is compared with. */
  readonly signedBy: "digest" | "RSA" | null;
  /** Made ready; what it returns reads one notice, and throws when it is not taken for a payment. */
  readonly prepare: () => () => void;
}

const OUT_TRADE_NO = "K7F3QZ9M2T4V6X8B1N5C0D";
/** The gateway's pair signs notices; of the merchant's, only the settings speak. */
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const merchant = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const PUBLIC_PEM = publicKey.export({ type: "spki", format: "pem" }).toString();
const PRIVATE_DER = merchant.privateKey.export({ type: "pkcs8", format: "der" }).toString("base64");

function open(kind: GatewayKind, settings: object): GatewayAccount {
  const account = gatewayOf(kind).openAccount(settings);
  if (!account.ok) throw new Error(`${kind}: ${account.error.join()}`);
  return account.value;
}

const get = (query: string): RawHttp => ({
  method: "GET",
  query: [...new URLSearchParams(query)],
  headers: [],
  body: new Uint8Array(),
});
const post = (body: string, headers: Readonly<Record<string, string>>): RawHttp => ({
  method: "POST",
  query: [],
  headers: Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const),
  body: Buffer.from(body),
});
const formPost = (fields: Fields): RawHttp =>
  post(new URLSearchParams(fields).toString(), { "content-type": "application/x-www-form-urlencoded; charset=utf-8" });

/** Reads the same notice again and again, at the moment when it was signed. */
function reader(account: GatewayAccount, raw: RawHttp, now: number): () => void {
  return () => {
    const read = account.readNotification(raw, now);
    if (!read.ok || read.value.kind !== "paid") throw new Error(`${account.kind} refused its own notice`);
  };
}

const EPAY_PAID = {
  pid: "1000",
  trade_no: "2026112122001400001",
  out_trade_no: OUT_TRADE_NO,
  type: "alipay",
  name: "product",
  money: "19.9",
  trade_status: "TRADE_SUCCESS",
};

function epayMd5(): () => void {
  const key = randomBytes(16).toString("hex");
  const account = open("epay", { baseUrl: "https://pay.example", pid: EPAY_PAID.pid, key, types: [] });
  return reader(account, get(signedQuery(EPAY_PAID, key)), Date.now());
}

function epayRsa(): () => void {
  const account = open("epay", {
    baseUrl: "https://pay.example",
    pid: EPAY_PAID.pid,
    signMode: "RSA",
    merchantPrivateKey: PRIVATE_DER,
    platformPublicKey: PUBLIC_PEM,
    types: [],
  });
  const now = Date.now();
  const fields = { ...EPAY_PAID, timestamp: `${Math.floor(now / 1_000)}` };
  const signed = { ...fields, sign: rsaSign(fields, privateKey), sign_type: "RSA" };
  return reader(account, get(new URLSearchParams(signed).toString()), now);
}

function alipay(): () => void {
  const [appId, sellerId] = ["2021000000000001", "2088101106499364"];
  const account = open("alipay", {
    appId,
    sellerId,
    mode: "public_key",
    privateKey: PRIVATE_DER,
    alipayPublicKey: PUBLIC_PEM,
    products: ["qr"],
  });
  const fields = {
    app_id: appId,
    auth_app_id: appId,
    buyer_id: "2088102122524333",
    buyer_pay_amount: "19.90",
    charset: "utf-8",
    fund_bill_list: '[{"amount":"19.90","fundChannel":"ALIPAYACCOUNT"}]',
    gmt_create: "2026-11-21 10:00:00",
    gmt_payment: "2026-11-21 10:00:07",
    invoice_amount: "19.90",
    notify_id: "2026112100222100008124333",
    notify_time: "2026-11-21 10:00:08",
    notify_type: "trade_status_sync",
    out_trade_no: OUT_TRADE_NO,
    point_amount: "0.00",
    receipt_amount: "19.90",
    seller_email: "shop@test.cn",
    seller_id: sellerId,
    subject: "K7F3QZ9M",
    total_amount: "19.90",
    trade_no: "2026112122001424331",
    trade_status: "TRADE_SUCCESS",
    version: "1.0",
  };
  return reader(account, formPost(signedNotice(fields, privateKey, "kept")), Date.now());
}

function wechat(): () => void {
  const [mchid, appid, serial] = ["1900000109", "wxd678efh567hg6787", "PUB_KEY_ID_0119000001092026112100000000000000"];
  const apiV3Key = randomBytes(16).toString("hex");
  const account = open("wechat", {
    mchid,
    appid,
    merchantSerial: "5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
    privateKey: PRIVATE_DER,
    apiV3Key,
    publicKeyId: serial,
    publicKey: PUBLIC_PEM,
    products: ["native"],
  });
  const now = Date.now();
  const paid = {
    mchid,
    appid,
    out_trade_no: OUT_TRADE_NO,
    transaction_id: "4200001234202611211234567890",
    trade_type: "NATIVE",
    trade_state: "SUCCESS",
    trade_state_desc: "支付成功",
    bank_type: "OTHERS",
    success_time: "2026-11-21T10:00:07+08:00",
    payer: { openid: "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o" },
    amount: { total: 1_990, payer_total: 1_990, currency: "CNY", payer_currency: "CNY" },
  };
  const body = JSON.stringify({
    id: "EV-2026112110000700001",
    create_time: "2026-11-21T10:00:08+08:00",
    resource_type: "encrypt-resource",
    event_type: "TRANSACTION.SUCCESS",
    summary: "支付成功",
    resource: sealedResource(paid, apiV3Key, "transaction"),
  });
  const headers = sealHeaders(body, { key: privateKey, serial, now: () => now });
  return reader(account, post(body, { "content-type": "application/json", ...headers }), now);
}

/** A kind whose key is shared with the gateway can sign its own notice. */
function ofTestNotice(account: GatewayAccount): () => void {
  const now = Date.now();
  const notice = account.testNotice?.("https://shop.example/notify", now);
  if (!notice) throw new Error(`${account.kind} signs no test notice`);
  const raw = { ...notice, query: [...new URL(notice.url).searchParams], body: Buffer.from(notice.body) };
  return reader(account, raw, now);
}

const stripe = (): (() => void) =>
  ofTestNotice(
    open("stripe", {
      secretKey: `sk_live_${randomBytes(16).toString("hex")}`,
      webhookSecrets: [`whsec_${randomBytes(16).toString("hex")}`],
    }),
  );

const TEXT = randomBytes(225).toString("hex");

const READINGS: readonly Reading[] = [
  {
    name: "MD5 alone",
    what: "the digest of 450 bytes, and nothing else",
    signedBy: null,
    prepare: () => () => void createHash("md5").update(TEXT).digest("hex"),
  },
  {
    name: "HMAC alone",
    what: "HMAC-SHA256 of 450 bytes, and nothing else",
    signedBy: null,
    prepare: () => () => void createHmac("sha256", "key").update(TEXT).digest("hex"),
  },
  {
    name: "RSA alone",
    what: "one signature of 2,048 bits verified, and nothing else",
    signedBy: null,
    prepare: () => {
      const signature = createSign("RSA-SHA256").update(TEXT).sign(privateKey);
      return () => void createVerify("RSA-SHA256").update(TEXT).verify(publicKey, signature);
    },
  },
  { name: "EPay, MD5", what: "a notice of EPay's first version", signedBy: "digest", prepare: epayMd5 },
  { name: "Stripe, HMAC", what: "a webhook of Stripe's", signedBy: "digest", prepare: stripe },
  { name: "EPay, RSA", what: "a notice of EPay's second version", signedBy: "RSA", prepare: epayRsa },
  { name: "Alipay, RSA", what: "a notice of Alipay's, twenty-two fields", signedBy: "RSA", prepare: alipay },
  {
    name: "WeChat Pay, RSA and AES",
    what: "a notice of WeChat Pay's, verified, then opened with AES-GCM",
    signedBy: "RSA",
    prepare: wechat,
  },
];

export const NOTICES_LEGEND = READINGS.map(({ name, what }) => ({ name, what }));

/** How a contender's notice is signed; null for what notices are compared with. */
export const signatureOf = (contender: string): Reading["signedBy"] =>
  READINGS.find(({ name }) => name === contender)?.signedBy ?? null;

const AT_ONCE = 50;

/** By processor time, so that it is the same on a machine that has other things to do. */
function measure(read: () => void, seconds: number): Pick<Sample, "done" | "perSecond" | "p50Ms" | "p99Ms"> {
  for (let warm = 0; warm < 500; warm++) read();
  const costs: number[] = [];
  const endsAt = performance.now() + seconds * 1_000;
  const begun = process.cpuUsage();
  while (performance.now() < endsAt) {
    const before = process.cpuUsage();
    for (let one = 0; one < AT_ONCE; one++) read();
    const { user, system } = process.cpuUsage(before);
    costs.push((user + system) / AT_ONCE / 1_000);
  }
  const { user, system } = process.cpuUsage(begun);
  const done = costs.length * AT_ONCE;
  costs.sort((a, b) => a - b);
  const [p50Ms, p99Ms] = [percentile(costs, 0.5), percentile(costs, 0.99)];
  return { done, perSecond: done / ((user + system) / 1e6), p50Ms, p99Ms };
}

/** What it costs one core to read a notice: from bytes to a verified payment, nothing written. */
export function benchNotices({ rounds, seconds, seed }: Options, tell: (line: string) => void): Sample[] {
  const random = createRandom(seed);
  const samples: Sample[] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const { name, prepare } of shuffle(READINGS, random)) {
      const sample = measure(prepare(), seconds);
      samples.push({ bench: "notices", contender: name, inFlight: 1, round, failed: 0, soldTwice: 0, ...sample });
      tell(`round ${round}  ${name}: ${(1e6 / sample.perSecond).toFixed(1)} µs`);
    }
  }
  return samples;
}
