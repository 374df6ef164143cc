import { setTimeout as sleep } from "node:timers/promises";
import type { OrderDraft } from "@/lib/flows/hot/draft-order";
import { benchOf } from "./claims";
import { type Create, TECHNIQUES, techniquesFor } from "./contenders/all";
import { type Contender, isSoldTwice } from "./contenders/contender";
import { percentile } from "./figures";
import type { Options } from "./options";
import type { BenchRedis } from "./redis";
import { type BenchShop, draftOrders, openVariant, restock } from "./shop";

/** Nobody waits longer for a button. */
const PATIENCE_MS = 30_000;

/** A sale of a few cards that everybody asks for in the same instant. */
export interface Flash {
  readonly contender: string;
  readonly cards: number;
  readonly buyers: number;
  readonly sold: number;
  readonly soldTwice: number;
  /** Cards still on sale when the last buyer was told that there are none. */
  readonly left: number;
  /** Buyers who got an error instead of an answer, most of them for want of a connection, or none within half a minute. */
  readonly errors: number;
  readonly lastToldMs: number;
  readonly refusedP99Ms: number | null;
}

type Told = "sold" | "refused" | "soldTwice" | "errors";

async function ask(contender: Contender, draft: OrderDraft, tooLate: Promise<"errors">): Promise<Told> {
  try {
    const placed = contender.place?.(draft).then((isSold) => (isSold ? ("sold" as const) : ("refused" as const)));
    return (await Promise.race([placed, tooLate])) ?? "errors";
  } catch (error) {
    return isSoldTwice(error) ? "soldTwice" : "errors";
  }
}

async function sell(
  { shop, redis }: { readonly shop: BenchShop; readonly redis: BenchRedis | null },
  create: Create,
  { cards, buyers }: { cards: number; buyers: number },
): Promise<Flash> {
  const sale = await openVariant(shop);
  await restock(sale, cards);
  const drafts = await draftOrders(sale, buyers);
  const contender = create(benchOf(sale, redis));
  const tally: Record<Told, number> = { sold: 0, refused: 0, soldTwice: 0, errors: 0 };
  const refusals: number[] = [];
  try {
    await contender.prepare?.(drafts);
    const startedAt = performance.now();
    const tooLate = sleep(PATIENCE_MS, "errors" as const, { ref: false });
    await Promise.all(
      drafts.map(async (draft) => {
        const told = await ask(contender, draft, tooLate);
        tally[told] += 1;
        if (told === "refused") refusals.push(performance.now() - startedAt);
      }),
    );
    const lastToldMs = performance.now() - startedAt;
    refusals.sort((a, b) => a - b);
    const left = await shop.deps.db.card.count({ where: { variantId: sale.variantId, status: "available" } });
    const { sold, soldTwice, errors } = tally;
    const refusedP99Ms = percentile(refusals, 0.99);
    return { contender: contender.name, cards, buyers, sold, soldTwice, left, errors, lastToldMs, refusedP99Ms };
  } finally {
    await contender.close();
  }
}

/** The flash sale, once by each technique, each with a product of its own. */
export async function benchFlash(
  place: { readonly shop: BenchShop; readonly redis: BenchRedis | null },
  options: Options,
  tell: (line: string) => void,
): Promise<Flash[]> {
  const size = options.isSmoke ? { cards: 10, buyers: 100 } : { cards: 100, buyers: 5_000 };
  const sales: Flash[] = [];
  for (const technique of techniquesFor({ redisUrl: place.redis?.url ?? "" })) {
    const sale = await sell(place, TECHNIQUES[technique], size);
    sales.push(sale);
    tell(`flash sale  ${sale.contender}: ${sale.sold} sold, the last told after ${Math.round(sale.lastToldMs)} ms`);
  }
  return sales;
}
