import { randomBytes } from "node:crypto";
import path from "node:path";
import { Secret } from "@/lib/kernel/secret";
import { findFreePort } from "@/lib/platform/embedded-postgres";
import { openShop } from "@/tests/support/shop";
import type { Bought } from "./buyer";
import { type ChaosDatabase, openChaosDatabase } from "./database";
import type { Victims } from "./fault";
import { Gateway } from "./gateway";
import { History } from "./history";
import { Importer } from "./importer";
import { Line } from "./line";
import { MailServer } from "./mail-server";
import { type Plan, SHELVES } from "./plan";
import { RedisUnderTest } from "./redis";
import { ShopClient } from "./shop-client";
import { ShopProcess } from "./shop-process";

export interface WorldOptions {
  readonly plan: Plan;
  /** Where the history and the logs go; it exists. */
  readonly folder: string;
  readonly home: string;
  readonly databaseUrl: string | undefined;
  readonly allowRemoteHost: boolean;
  /** The bundled server and the command line that are tried. */
  readonly programs: { readonly server: string; readonly kapu: string };
}

/** How long an unpaid order holds its cards: short, so that lapsed ones are plenty. */
const RESERVATION_SECONDS = 5;

/** Two processes of a shop with everything they depend on, and everything that strikes at them. */
export interface World extends Victims {
  readonly variantIds: readonly string[];
  readonly folder: string;
  /** None of these may be in a log or in Redis. */
  readonly canaries: readonly string[];
  close(): Promise<void>;
}

const throughLine = (url: string, line: Line): string => {
  const bent = new URL(url);
  bent.hostname = "127.0.0.1";
  bent.port = `${line.port}`;
  return bent.href;
};

/** The shelves, and nothing on them yet. */
async function build(database: ChaosDatabase, secret: string): Promise<{ id: string; publicId: string }[]> {
  const shop = await openShop(database.urls, { KAPU_SECRET: secret });
  try {
    // A second payment and a late one without stock go back by themselves, so that refunds are struck, too.
    await shop.rows("UPDATE merchant SET double_policy = 'refund', no_stock_policy = 'refund'");
    const ids: string[] = [];
    for (const { priceMinor, stockPolicy } of SHELVES)
      ids.push((await shop.stock({ cards: 0, priceMinor, stockPolicy, quantityMax: 10 })).variantId);
    return ids.map((id) => ({ id, publicId: `var_${id.replaceAll("-", "")}` }));
  } finally {
    await shop.close();
  }
}

/** Opens in order, and closes in reverse whatever was opened when something fails. */
export async function openWorld(options: WorldOptions): Promise<World> {
  const closers: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (let closer = closers.pop(); closer; closer = closers.pop()) await closer();
  };
  try {
    return await open(options, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(
  { plan, folder, home, databaseUrl, allowRemoteHost, programs }: WorldOptions,
  closers: (() => Promise<void> | void)[],
  close: () => Promise<void>,
): Promise<World> {
  const keep = <T>(opened: T, closer: (opened: T) => Promise<void> | void): T => {
    closers.push(() => closer(opened));
    return opened;
  };
  const secret = randomBytes(32).toString("hex");
  const merchant = { pid: "1000", key: randomBytes(16).toString("hex") };
  const database = await openChaosDatabase({ databaseUrl, allowRemoteHost, home, secret: new Secret(secret) });
  keep(database, ({ stop }) => stop());
  const variants = await build(database, secret);
  const redis = keep(await RedisUnderTest.open(), (one) => one.stop());
  const mail = keep(await MailServer.open(), (one) => one.close());
  const history = keep(new History(path.join(folder, "history.jsonl")), (one) => one.close());
  const gateway = keep(await Gateway.open(merchant, history), (one) => one.close());
  const target = new URL(database.url);
  const to = { host: target.hostname, port: Number(target.port || 5432), isPostgres: true };
  const lines = [await Line.open(to), await Line.open(to)] as const;
  for (const line of lines) keep(line, (one) => one.close());
  const env = {
    KAPU_SECRET: secret,
    KAPU_DEMO: "0",
    KAPU_RESERVATION_SECONDS: `${RESERVATION_SECONDS}`,
    KAPU_EPAY_URL: gateway.url,
    KAPU_EPAY_PID: merchant.pid,
    KAPU_EPAY_KEY: merchant.key,
    KAPU_SMTP_URL: mail.url,
    KAPU_MAIL_FROM: "shop@example.com",
  };
  const shops = [await launch(0), await launch(1)] as const;
  async function launch(n: 0 | 1): Promise<ShopProcess> {
    const own = {
      DATABASE_URL: throughLine(database.url, lines[n]),
      REDIS_URL: redis.url,
      KAPU_DATA_DIR: path.join(folder, `data-${n}`),
    };
    const logFile = path.join(folder, `server-${n}.log`);
    const port = await findFreePort();
    return keep(new ShopProcess({ program: programs.server, port, env: { ...env, ...own }, logFile }), (one) =>
      one.stop(),
    );
  }
  const variantIds = variants.map(({ publicId }) => publicId);
  const importer = new Importer({
    program: programs.kapu,
    env: { ...env, DATABASE_URL: database.url, KAPU_DATA_DIR: path.join(folder, "data-cli") },
    folder,
    variantIds,
    history,
  });
  for (const [variant, cards] of plan.stock.entries()) await importer.restock(variant, cards);
  const shop = new ShopClient([shops[0].url, shops[1].url]);
  const bought: Bought[] = [];
  const reservationMs = RESERVATION_SECONDS * 1_000;
  const market = { shop, gateway, history, variantIds, reservationMs, bought, usedTrades: [] };
  const canaries = [secret, merchant.key, target.password].filter((text) => text.length >= 16);
  return {
    shops,
    lines,
    database,
    redis,
    importer,
    mail,
    market,
    variantIds: variants.map(({ id }) => id),
    folder,
    canaries,
    close,
  };
}
