import { endOfRefunds } from "@/lib/flows/drive-refunds";
import { endOfFetches } from "@/lib/flows/fetch-statements";
import { endOfQueries } from "@/lib/flows/query-payments";
import { endOfReconciliation } from "@/lib/flows/reconcile";
import { endOfImports } from "@/lib/flows/run-imports";
import { limits } from "@/lib/kernel/limits";
import type { DatabaseUrls } from "@/lib/platform/database-urls";
import type { Deps } from "@/lib/platform/deps";
import { startQueue } from "./queue";
import { JOBS } from "./registry";
import { startTickers } from "./ticker";

/** Everything that happens without a request, running. */
export interface Worker {
  /** Begins nothing new and resolves when what is under way has ended, or after `limits.stopGraceMs`. */
  stop(): Promise<void>;
}

/** Starts every job and the queue. Several processes may do so at once, and any of them may be killed at any moment. */
export async function startWorker(deps: Deps, urls: Pick<DatabaseUrls, "app" | "audit" | "owner">): Promise<Worker> {
  const queue = await startQueue(deps, urls.app);
  const tickers = startTickers(JOBS, { deps, urls });
  return {
    async stop() {
      let timer: NodeJS.Timeout | undefined;
      const grace = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, limits.stopGraceMs);
      });
      const ended = Promise.all([queue.stop(), ...tickers.map((ticker) => ticker.stop())]).then(() =>
        Promise.all([
          endOfQueries(deps),
          endOfRefunds(deps),
          endOfFetches(deps),
          endOfImports(deps),
          endOfReconciliation(deps),
        ]),
      );
      await Promise.race([ended, grace]);
      clearTimeout(timer);
    },
  };
}
