import { startOf } from "@/lib/features/inventory/start-hints";
import type { OrderDraft } from "@/lib/flows/hot/draft-order";
import { placeThroughBatch } from "@/lib/flows/hot/place-batch";
import { runPlace } from "@/lib/flows/hot/place-statement";
import { createHotDb } from "@/lib/platform/db";
import type { BenchShop } from "../shop";
import { type Contender, drive } from "./contender";

/** As a request has it: with the hint of the moment at which it is asked, not of the moment at which it was drafted. */
function hinted({ deps, variantId, poolId }: BenchShop, draft: OrderDraft): OrderDraft {
  const start = startOf(deps, { variantId, poolId }).toString();
  return { ...draft, lines: draft.lines.map((line) => ({ ...line, start })) };
}

/** What the shop does: the batched statement behind the coalescer, over the shop's own hot pool. */
export const batched = (shop: BenchShop): Contender => ({
  name: "ours",
  what: "the batched statement through the coalescer (4 connections)",
  perSecondMax: 15_000,
  run(load, drafts) {
    return drive(load, drafts, this.place as (draft: OrderDraft) => Promise<boolean>);
  },
  async place(draft) {
    const outcome = await placeThroughBatch(shop.deps, hinted(shop, draft));
    if (outcome.verdict === "placed" || outcome.verdict === "insufficient_stock") return outcome.verdict === "placed";
    throw new Error(`neither sold nor sold out: ${outcome.verdict}`);
  },
  close: async () => {},
});

/** The same SQL with one order in each statement: what the batching is worth. */
export function single(shop: BenchShop, connections: number): Contender {
  const hot = createHotDb(shop.urls.app, () => {}, connections);
  return {
    name: "single statement",
    what: `the same SQL, one order per $queryRaw (${connections} connections)`,
    perSecondMax: 4_000,
    run: (load, drafts) =>
      drive(load, drafts, async (draft) => {
        const { row, lines } = hinted(shop, draft);
        const [answer] = await runPlace(hot, [row], lines);
        return answer?.verdict === "placed";
      }),
    close: () => hot.$disconnect(),
  };
}
