import { generateKeyPair, randomBytes } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import type { AccountDraft } from "@/lib/features/payments/accounts";
import { assert } from "@/lib/kernel/assert";
import { findFreePort } from "@/lib/platform/embedded-postgres";

/** The demo's gateways beside EPay's sandbox, as the shop sees them. */
export interface DemoHouse {
  readonly accounts: readonly AccountDraft[];
  readonly phoneUrl: string;
}

const port = z.int().min(1).max(65_535);
/** What both sides know; `sandbox/gateways/demo-house.ts` reads the same file. Every key in it is good for this demo only. */
const Plan = z.object({
  ports: z.object({ alipay: port, wechat: port, stripe: port, usdt: port, phone: port }),
  shopPrivateKey: z.string(),
  shopPublicKey: z.string(),
  gatewayPrivateKey: z.string(),
  gatewayPublicKey: z.string(),
  alipay: z.object({ appId: z.string(), sellerId: z.string() }),
  wechat: z.object({
    mchid: z.string(),
    appid: z.string(),
    merchantSerial: z.string(),
    apiV3Key: z.string(),
    publicKeyId: z.string(),
  }),
  stripe: z.object({ secretKey: z.string(), webhookSecret: z.string(), notifyPath: z.string() }),
  usdt: z.object({ token: z.string() }),
});
type Plan = z.infer<typeof Plan>;

export const houseFileOf = (folder: string): string => path.join(folder, "house.json");

/**
 * The demo's gateways, the same at each start and in each process: their ports stand in addresses that buyers hold, and their keys
 * sign what is on its way. Made once, at the first start.
 */
export async function keepDemoHouse(folder: string): Promise<DemoHouse> {
  const file = houseFileOf(folder);
  const plan = readPlan(file) ?? (await makePlan(file));
  return { accounts: accountsOf(plan), phoneUrl: originOf(plan.ports.phone) };
}

/** Whole or not at all; of two processes that begin together the first one's plan is both's. */
async function makePlan(file: string): Promise<Plan> {
  const draft = `${file}.${randomBytes(4).toString("hex")}`;
  writeFileSync(draft, JSON.stringify(await newPlan()), { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    if (!readPlan(file)) renameSync(draft, file); // One of an older version: what it held is worth nothing elsewhere.
  }
  rmSync(draft, { force: true });
  const plan = readPlan(file);
  assert(plan, "the plan was written a moment ago");
  return plan;
}

const originOf = (at: number): string => `http://127.0.0.1:${at}`;

function readPlan(file: string): Plan | null {
  try {
    return Plan.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return null;
  }
}

async function newPlan(): Promise<Plan> {
  const [shop, gateway] = await Promise.all([newKeys(), newKeys()]);
  const ports = { alipay: 0, wechat: 0, stripe: 0, usdt: 0, phone: 0 };
  for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await findFreePort();
  const hex = (bytes: number) => randomBytes(bytes).toString("hex");
  return {
    ports,
    shopPrivateKey: shop.privateKey,
    shopPublicKey: shop.publicKey,
    gatewayPrivateKey: gateway.privateKey,
    gatewayPublicKey: gateway.publicKey,
    alipay: { appId: "2021000000000001", sellerId: "2088000000000001" },
    wechat: {
      mchid: "1900000001",
      appid: "wx0000000000demo",
      merchantSerial: hex(16).toUpperCase(),
      apiV3Key: hex(16),
      publicKeyId: `PUB_KEY_ID_${hex(16)}`,
    },
    stripe: {
      secretKey: `sk_test_${hex(16)}`,
      webhookSecret: `whsec_${hex(16)}`,
      notifyPath: "/api/pay/stripe/sandbox-stripe",
    },
    usdt: { token: hex(16) },
  };
}

const newKeys = () =>
  promisify(generateKeyPair)("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });

/** Their ids come behind "epay", which stays the first way to pay. */
function accountsOf(plan: Plan): AccountDraft[] {
  const { ports, shopPrivateKey: privateKey, gatewayPublicKey } = plan;
  const { apiV3Key, publicKeyId, ...merchant } = plan.wechat;
  const { secretKey, webhookSecret } = plan.stripe;
  return [
    {
      id: "sandbox-alipay",
      kind: "alipay",
      currency: "CNY",
      titleZh: "支付宝扫码（演示）",
      titleEn: "Alipay code (demo)",
      settings: {
        ...plan.alipay,
        privateKey,
        alipayPublicKey: gatewayPublicKey,
        products: ["qr", "wap"],
        endpoint: `${originOf(ports.alipay)}/gateway.do`,
      },
    },
    {
      id: "sandbox-stripe",
      kind: "stripe",
      currency: "CNY",
      titleZh: "银行卡 · Stripe（演示）",
      titleEn: "Card · Stripe (demo)",
      settings: { secretKey, webhookSecrets: [webhookSecret], endpoint: originOf(ports.stripe) },
    },
    {
      id: "sandbox-usdt",
      kind: "epusdt",
      currency: "CNY",
      titleZh: "USDT · TRC20（演示）",
      titleEn: "USDT · TRC20 (demo)",
      settings: {
        flavour: "bepusdt",
        baseUrl: originOf(ports.usdt),
        token: plan.usdt.token,
        tradeTypes: ["usdt.trc20"],
      },
    },
    {
      id: "sandbox-wechat",
      kind: "wechat",
      currency: "CNY",
      titleZh: "微信扫码（演示）",
      titleEn: "WeChat code (demo)",
      settings: {
        ...merchant,
        privateKey,
        apiV3Key,
        publicKeyId,
        publicKey: gatewayPublicKey,
        products: ["native", "h5"],
        endpoint: originOf(ports.wechat),
      },
    },
  ];
}
