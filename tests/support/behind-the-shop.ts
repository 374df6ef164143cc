import { randomBytes } from "node:crypto";
import type pg from "pg";
import { sealAccountSettings } from "@/lib/features/payments/accounts";
import type { GatewayKind } from "@/lib/features/payments/gateways/port";
import { createMerchant } from "@/lib/flows/create-merchant";
import { Secret } from "@/lib/kernel/secret";
import { deriveKeys, type Keys } from "@/lib/platform/crypto";
import { closeDeps, createDeps, type Deps } from "@/lib/platform/deps";
import { readEnv } from "@/lib/platform/env";
import { createLog } from "@/lib/platform/log";
import { keepSecret } from "@/lib/platform/secret-file";
import { startDatabase } from "@/lib/platform/start-database";
import { withClient } from "@/lib/platform/with-client";
import { kapu } from "./command-line";

const dataDir = (): string => process.env.KAPU_TEST_SHOP_DATA ?? "";

/** What runs beside the server that the browser journeys run against, on the same database, and does not disturb it. */
async function besideTheServer<T>(
  work: (shop: Pick<Parameters<typeof createDeps>[0], "env" | "urls" | "log">) => Promise<T>,
): Promise<T> {
  const env = readEnv({ KAPU_DATA_DIR: dataDir() }, keepSecret);
  if (!env.ok) throw new Error(env.error.join());
  const log = createLog("silent");
  const database = await startDatabase({ env: env.value, log });
  try {
    return await work({ env: env.value, urls: database.urls, log });
  } finally {
    await database.stop();
  }
}

/** The database and the keys of that shop. */
export const behindTheShop = <T>(work: (client: pg.Client, keys: Keys) => Promise<T>): Promise<T> =>
  besideTheServer(({ env, urls }) => withClient(urls.owner, (client) => work(client, deriveKeys(env.secret))));

/** A flow of that shop, run here. */
const withDeps = <T>(work: (deps: Deps) => Promise<T>): Promise<T> =>
  besideTheServer(async (shop) => {
    const deps = createDeps(shop);
    return work(deps).finally(() => closeDeps(deps));
  });

export interface Account {
  readonly email: string;
  readonly password: string;
}

/** The words for a merchant that no other test has. */
export function draftMerchant(): Account & { readonly slug: string } {
  const slug = `shop-${randomBytes(5).toString("hex")}`;
  return { slug, email: `${slug}@example.com`, password: `first password of ${slug}` };
}

/** A merchant of one test alone, as its admin's form would make it. */
export async function openMerchant(): Promise<Account & { readonly slug: string }> {
  const merchant = draftMerchant();
  await withDeps(async (deps) => {
    const { id: userId } = await deps.db.appUser.findFirstOrThrow({ where: { merchantId: null } });
    const password = new Secret(merchant.password);
    const made = await createMerchant(deps, { kind: "admin", userId }, { ...merchant, name: merchant.slug, password });
    if (!made.ok) throw new Error(made.error);
  });
  return merchant;
}

interface TestAccount {
  readonly id: string;
  readonly kind: GatewayKind;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly settings: object;
}

/** Opens an account as its settings page would, once; the shop knows of it a second later. */
export const openAccount = ({ id, kind, titleZh, titleEn, settings }: TestAccount): Promise<void> =>
  behindTheShop(async (client, keys) => {
    const sealed = sealAccountSettings({ keys }, id, settings);
    await client.query(
      `INSERT INTO gateway_account (id, gateway, title_zh, title_en, currency, settings, key_id) VALUES ($1, $2, $3, $4, 'CNY', $5, $6)
       ON CONFLICT (id) DO NOTHING`,
      [id, kind, titleZh, titleEn, sealed.settings, sealed.keyId],
    );
  });

/** Another admin, by the command that a shop's owner would use. */
export async function createAdmin({ email, password }: { email: string; password: string }): Promise<void> {
  const env = { KAPU_DATA_DIR: dataDir() };
  const { code, err } = await kapu(["create-admin", "--email", email, "--password-stdin"], {
    env,
    input: `${password}\n`,
  });
  if (code !== 0) throw new Error(err);
}
