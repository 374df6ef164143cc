import type { DatabaseUrls } from "@/lib/platform/database-urls";
import { TECHNIQUES, type Technique } from "./contenders/all";
import { isSoldTwice } from "./contenders/contender";
import { type BenchShop, draftOrders, openDeps } from "./shop";

/** What a process that sells until it is killed is told, as JSON on its command line. */
export interface SellOrder {
  readonly technique: Technique;
  readonly urls: DatabaseUrls;
  readonly redisUrl: string;
  readonly shop: Omit<BenchShop, "deps" | "urls">;
  readonly connections: number;
  readonly inFlight: number;
  readonly orders: number;
}

/** What the process says of an order the moment its buyer would hear it, a line each: the first letter, then the order's id. */
export const HEARD = { accepted: "A", sold: "S", soldTwice: "T" } as const;

/**
 * Sells one product by one technique and says on its standard output what each buyer hears. Writing to a pipe waits until the
 * words are in it, so a kill takes back nothing that was said.
 */
export async function sell(order: SellOrder): Promise<void> {
  process.on("disconnect", () => process.exit(1));
  const shop: BenchShop = { ...order.shop, urls: order.urls, deps: openDeps(order.urls, "silent") };
  const contender = TECHNIQUES[order.technique]({ shop, connections: order.connections, redisUrl: order.redisUrl });
  const drafts = await draftOrders(shop, order.orders);
  const tell = (heard: keyof typeof HEARD, id: string): void => void process.stdout.write(`${HEARD[heard]} ${id}\n`);
  await contender.prepare?.(drafts);
  const buyer = async (): Promise<void> => {
    for (let draft = drafts.pop(); draft; draft = drafts.pop()) {
      const { id } = draft.row;
      try {
        if (await contender.place?.(draft, () => tell("accepted", id))) tell("sold", id);
      } catch (error) {
        if (!isSoldTwice(error)) throw error;
        tell("soldTwice", id);
      }
    }
  };
  await Promise.all(Array.from({ length: order.inFlight }, buyer));
  process.exit(0);
}
