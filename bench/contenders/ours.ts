import { advanceStart, startOf } from "@/lib/features/inventory/start-hints";
import type { OrderDraft } from "@/lib/flows/hot/draft-order";
import { placeThroughBatch } from "@/lib/flows/hot/place-batch";
import { runPlace } from "@/lib/flows/hot/place-statement";
import { createHotDb, type Db } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { type Bench, type Contender, drive, placeOf } from "./contender";

/** As a request has it: with the hint of the moment at which it is asked, not of the moment at which it was drafted. */
export function hinted(deps: Deps, draft: OrderDraft): OrderDraft {
  const start = startOf(deps, placeOf(draft)).toString();
  return { ...draft, lines: draft.lines.map((line) => ({ ...line, start })) };
}

/** What the shop does: the batched statement behind the coalescer, over the shop's own hot pool. */
export function batched({ shop }: Pick<Bench, "shop">): Contender {
  const place = async (draft: OrderDraft): Promise<boolean> => {
    const { verdict } = await placeThroughBatch(shop.deps, hinted(shop.deps, draft));
    if (verdict === "placed" || verdict === "insufficient_stock") return verdict === "placed";
    throw new Error(`neither sold nor sold out: ${verdict}`);
  };
  return {
    name: "ours",
    what: "the batched statement through the coalescer (2 batches at once)",
    perSecondMax: 15_000,
    run: (load, drafts) => drive(load, drafts, place),
    place,
    close: async () => {},
  };
}

/** One order in a statement of its own, from the hint, and from the first card when the hint found nothing. */
async function placeSingle(deps: Deps, hot: Db, draft: OrderDraft): Promise<boolean> {
  const { row, lines } = hinted(deps, draft);
  const fromZero = lines.map((line) => ({ ...line, start: "0" }));
  for (const tried of lines[0]?.start === "0" ? [fromZero] : [lines, fromZero]) {
    const [answer] = await runPlace(hot, [row], tried);
    if (answer?.last_pick) advanceStart(deps, placeOf(draft), answer.last_pick);
    if (answer?.verdict === "placed") return true;
  }
  return false;
}

/** The same SQL with one order in each statement: what the batching is worth. */
export function single({ shop, connections }: Bench): Contender {
  const hot = createHotDb(shop.urls.app, () => {}, connections);
  const place = (draft: OrderDraft): Promise<boolean> => placeSingle(shop.deps, hot, draft);
  return {
    name: "single statement",
    what: `the same SQL and start hint, one order per $queryRaw (${connections} connections)`,
    perSecondMax: 4_000,
    run: (load, drafts) => drive(load, drafts, place),
    place,
    close: () => hot.$disconnect(),
  };
}
