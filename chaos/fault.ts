import type { Market } from "./buyer";
import type { ChaosDatabase } from "./database";
import type { Importer } from "./importer";
import type { Line } from "./line";
import type { MailServer } from "./mail-server";
import type { FaultPlan } from "./plan";
import type { RedisUnderTest } from "./redis";
import type { ShopProcess } from "./shop-process";

/** What faults strike at. */
export interface Victims {
  readonly shops: readonly [ShopProcess, ShopProcess];
  readonly lines: readonly [Line, Line];
  readonly database: ChaosDatabase;
  readonly redis: RedisUnderTest;
  readonly importer: Importer;
  readonly mail: MailServer;
  readonly market: Market;
}

export interface Fault {
  readonly name: string;
  /** The line of "Faults we inject" that it belongs to. */
  readonly listed: string;
  /** Whether it stops or floods a server that may be somebody else's. */
  readonly needsOwnServer?: true;
  /** Strikes, mends what it broke, and says whether it really happened. */
  readonly inject: (victims: Victims, plan: FaultPlan) => Promise<boolean>;
}

/** The process that the plan names, or the other one when that is down already. */
export function upOf({ shops }: Victims, { server }: FaultPlan): 0 | 1 | null {
  const other = server === 0 ? 1 : 0;
  return shops[server].isUp ? server : shops[other].isUp ? other : null;
}
