import pg from "pg";
import { noticeStockArrival } from "@/lib/features/inventory/stock-arrival";
import { STOCK_CHANNEL } from "@/lib/features/inventory/store";
import { limits } from "@/lib/kernel/limits";
import type { Deps } from "@/lib/platform/deps";

export interface StockListener {
  stop(): Promise<void>;
}

/**
 * Hears from other processes that cards became available, and forgets at once what this one believed to be sold out. It
 * has a connection of its own and makes a new one when that is cut. Nothing depends on hearing: beliefs age out by
 * themselves within `limits.soldOutLatchMs`.
 */
export function listenForStock(deps: Deps, connectionString: string): StockListener {
  let isStopping = false;
  let client: pg.Client | null = null;
  let retry: NodeJS.Timeout | undefined;

  function again(failed: pg.Client): void {
    if (client !== failed) return;
    client = null;
    void failed.end().catch(() => {});
    if (!isStopping) retry = setTimeout(connect, limits.listenRetryMs);
  }

  function connect(): void {
    const fresh = new pg.Client({
      connectionString,
      connectionTimeoutMillis: limits.connectTimeoutMs,
      keepAlive: true,
      application_name: "kapu-listen",
    });
    client = fresh;
    fresh.on("notification", ({ payload }) => {
      if (payload) noticeStockArrival(deps, payload);
    });
    fresh.once("error", (error) => {
      if (!isStopping) deps.log.warn("stock.listener_lost", {}, error);
      again(fresh);
    });
    fresh.once("end", () => again(fresh));
    fresh
      .connect()
      .then(() => fresh.query(`LISTEN ${STOCK_CHANNEL}`))
      .catch(() => again(fresh));
  }

  connect();
  return {
    async stop() {
      isStopping = true;
      clearTimeout(retry);
      const last = client;
      client = null;
      await last?.end().catch(() => {});
    },
  };
}
