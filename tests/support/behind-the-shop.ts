import type pg from "pg";
import { sealAccountSettings } from "@/lib/features/payments/accounts";
import type { GatewayKind } from "@/lib/features/payments/gateways/port";
import { deriveKeys, type Keys } from "@/lib/platform/crypto";
import { readEnv } from "@/lib/platform/env";
import { createLog } from "@/lib/platform/log";
import { keepSecret } from "@/lib/platform/secret-file";
import { startDatabase } from "@/lib/platform/start-database";
import { withClient } from "@/lib/platform/with-client";
import { kapu } from "./command-line";

const dataDir = (): string => process.env.KAPU_TEST_SHOP_DATA ?? "";

/** The database and the keys of the shop that the browser journeys run against, beside its server, which is not disturbed. */
export async function behindTheShop<T>(work: (client: pg.Client, keys: Keys) => Promise<T>): Promise<T> {
  const env = readEnv({ KAPU_DATA_DIR: dataDir() }, keepSecret);
  if (!env.ok) throw new Error(env.error.join());
  const database = await startDatabase({ env: env.value, log: createLog("silent") });
  try {
    return await withClient(database.urls.owner, (client) => work(client, deriveKeys(env.value.secret)));
  } finally {
    await database.stop();
  }
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
