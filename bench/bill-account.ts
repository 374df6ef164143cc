import { generateKeyPairSync } from "node:crypto";
import { saveAccount } from "@/lib/features/payments/accounts";
import { newId } from "@/lib/kernel/id";
import type { Deps } from "@/lib/platform/deps";
import { MCHID } from "@/sandbox/gateways/large-bill";

/** A WeChat Pay account of the bench's own, with keys that sign nothing: its bills are only read. */
export async function saveBillAccount(deps: Pick<Deps, "db" | "keys">): Promise<string> {
  const pair = () =>
    generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
  const id = `bill-${newId().slice(-12)}`;
  const settings = {
    mchid: MCHID,
    appid: "wxd678efh567hg6787",
    merchantSerial: "5157F09EFDC096DE15EBE81A47057A7200000000",
    privateKey: pair().privateKey,
    apiV3Key: "0123456789abcdef0123456789abcdef",
    publicKeyId: "PUB_KEY_ID_0000000000000024101100397200000006",
    publicKey: pair().publicKey,
    products: ["native"],
  };
  const account = {
    id,
    kind: "wechat",
    currency: "CNY",
    titleZh: "微信支付",
    titleEn: "WeChat Pay",
    settings,
  } as const;
  const saved = await saveAccount(deps, deps.db, account);
  if (!saved.ok) throw new Error(saved.error.join());
  return id;
}
