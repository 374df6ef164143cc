import { startCount } from "@/lib/features/inventory/sold-out-latch";
import { advanceStart, placeKey, type StockPlace } from "@/lib/features/inventory/start-hints";
import { countAvailable } from "@/lib/features/inventory/store";
import type { OfferedCard } from "@/lib/features/previews/store";
import { newOrderNumber } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { createCoalescer } from "@/lib/platform/coalescer";
import { sqlStateOf } from "@/lib/platform/db";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { observeBatch } from "@/lib/platform/measures";
import { createLine } from "@/lib/platform/waiting-line";
import { aim, countPools, hasFallback, isGone, placesOf, splitLines } from "./aim-draft";
import type { OrderDraft } from "./draft-order";
import { type BuyerCaps, runChosen, runLimited } from "./place-limited";
import { type PlaceAnswer, type PlaceLine, runPlace } from "./place-statement";

export type PlaceOutcome =
  | { readonly verdict: "placed"; readonly deadlineAt: Date }
  | {
      readonly verdict:
        | "conflict"
        | "stale"
        | "closed"
        | "capped"
        | "insufficient_stock"
        | "busy"
        | "buyer_limit"
        | "presale_full"
        | "card_taken";
    };

const stockPlaceOf = (line: PlaceLine): StockPlace => ({ variantId: line.variant_id, poolId: line.pool_id });
const isClaimedNow = (draft: OrderDraft): boolean => draft.row.stock_policy !== "claim_on_payment";

async function runBatch(deps: Deps, drafts: readonly OrderDraft[]): Promise<PlaceAnswer[]> {
  const answers = await runPlace(
    deps.hot,
    drafts.map((draft) => draft.row),
    drafts.flatMap((draft) => draft.lines),
  );
  for (const [index, answer] of answers.entries()) {
    const lines = drafts[index]?.lines ?? [];
    // The highest pick of an order with several lines belongs to one of them only.
    if (answer.last_pick !== null && lines.length === 1)
      advanceStart(deps, stockPlaceOf(lines[0] as PlaceLine), answer.last_pick);
  }
  return answers;
}

/** An order by itself, searched from the first card; a number that chance gave twice is drawn again. */
async function runAlone(deps: Deps, draft: OrderDraft, lines = draft.lines): Promise<PlaceAnswer> {
  const fromZero = lines.map((line) => ({ ...line, start: "0" }));
  try {
    return (await runPlace(deps.hot, [draft.row], fromZero))[0] as PlaceAnswer;
  } catch (error) {
    if (sqlStateOf(error) !== "23505") throw error;
    const row = { ...draft.row, number: newOrderNumber(deps.clock.now()) };
    return (await runPlace(deps.hot, [row], fromZero))[0] as PlaceAnswer;
  }
}

const SOLD_OUT = { verdict: "insufficient_stock" } as const;
type Answer =
  | PlaceAnswer
  | typeof SOLD_OUT
  | { readonly verdict: "buyer_limit" | "presale_full" | "card_taken" | "stale" | "short" };

/** Whether the latch says that an order cannot be filled. What is claimed on payment does not ask for stock now. */
const isLatched = (deps: Deps, draft: OrderDraft): boolean => isClaimedNow(draft) && isGone(deps, draft);

const batchesOf = (deps: Deps) =>
  ofDeps(deps, "orders.place", () =>
    createCoalescer<OrderDraft, Answer>({
      name: "place",
      run: (drafts) => runBatch(deps, mergeEqualKeys(drafts)).then((answers) => spread(drafts, answers)),
      runAlone: (draft) => runAlone(deps, draft),
      // The crowd that was waiting when the last card went need not ask the database for it one batch after another.
      answerWaiting: (draft) => (isLatched(deps, draft) ? SOLD_OUT : null),
      weigh: (draft) => draft.row.quantity,
      onBatch: (batch) => observeBatch(deps.log, "place", batch),
      now: () => performance.now(),
    }),
  );

const keyOf = ({ row }: OrderDraft): string => `${row.scope}\n${row.request_key}`;

/** One draft per idempotency key: the first. The others hear `conflict` and read its order back. */
function mergeEqualKeys(drafts: readonly OrderDraft[]): OrderDraft[] {
  const first = new Map<string, OrderDraft>();
  for (const draft of drafts) if (!first.has(keyOf(draft))) first.set(keyOf(draft), draft);
  return [...first.values()];
}

function spread(drafts: readonly OrderDraft[], answers: readonly PlaceAnswer[]): PlaceAnswer[] {
  const ofKey = new Map<string, PlaceAnswer>();
  let next = 0;
  return drafts.map((draft) => {
    const known = ofKey.get(keyOf(draft));
    if (known) return known.verdict === "placed" ? { ...known, verdict: "conflict" } : known;
    const answer = answers[next++] as PlaceAnswer;
    ofKey.set(keyOf(draft), answer);
    return answer;
  });
}

function outcomeOf(answer: Answer): PlaceOutcome | null {
  if (answer.verdict === "placed") return { verdict: "placed", deadlineAt: answer.deadline_at as Date };
  return answer.verdict === "short" ? null : { verdict: answer.verdict };
}

type RunLines = (lines: readonly PlaceLine[]) => Promise<Answer>;

/**
 * An order that its batch could not fill: alone, from as many of its pools as it takes, then counted without locks, then a bounded wait for those who hold cards
 * in transactions that may roll back. One at a time per variant, so that the first recount answers the crowd behind it.
 */
async function placeAlone(
  deps: Deps,
  draft: OrderDraft,
  run: RunLines = (lines) => runAlone(deps, draft, lines),
): Promise<PlaceOutcome> {
  for (let tries = 0; tries < limits.loneRetries; tries++) {
    if (isGone(deps, draft)) return SOLD_OUT;
    const lines = await splitLines(deps, draft);
    if (!lines) return SOLD_OUT;
    const outcome = outcomeOf(await run(lines));
    if (outcome) return outcome;
    for (const [index, line] of draft.lines.entries()) {
      // Of several pools what there is was counted before, and is counted again before the next try.
      if (placesOf(draft, index).length > 1) continue;
      const latch = startCount(deps, stockPlaceOf(line));
      const available = await countAvailable(deps.db, stockPlaceOf(line), line.quantity);
      if (available >= line.quantity) continue;
      latch(available);
      return { verdict: "insufficient_stock" };
    }
    await new Promise((wake) => setTimeout(wake, limits.loneWaitMs * (0.5 + Math.random())));
  }
  // The cards are there, in somebody's hands. Sold out is said only of what a count did not find.
  return { verdict: "busy" };
}

/** Places a draft with whatever else is asked at the moment; every answer is final except that `conflict` is to be read back. */
export async function placeThroughBatch(deps: Deps, draft: OrderDraft): Promise<PlaceOutcome> {
  if (hasFallback(draft)) return placeFromPools(deps, draft);
  if (isLatched(deps, draft)) return SOLD_OUT;
  const answer = await batchesOf(deps).ask(draft);
  if (!answer.ok) return { verdict: "busy" };
  const outcome = outcomeOf(answer.value);
  if (outcome) return outcome;
  return inLine(deps, draft, () => placeAlone(deps, draft));
}

/**
 * The same with several pools: whole from the first that has enough, with the batch; only what no pool can fill by itself goes alone and
 * is taken from several. Whoever finds a pool short counts it for the crowd behind, which then asks the next pool at once.
 */
async function placeFromPools(deps: Deps, draft: OrderDraft): Promise<PlaceOutcome> {
  const tried = new Set<string>();
  while (tried.size < limits.poolsPerVariantMax) {
    if (isLatched(deps, draft)) return SOLD_OUT;
    const aimed = aim(deps, draft);
    const target = aimed?.lines.map((line) => line.pool_id).join() ?? "";
    if (!aimed || tried.has(target)) break;
    tried.add(target);
    const answer = await batchesOf(deps).ask(aimed);
    if (!answer.ok) return { verdict: "busy" };
    const outcome = outcomeOf(answer.value);
    if (outcome) return outcome;
    await inLine(deps, aimed, () => countPools(deps, aimed));
  }
  return inLine(deps, draft, () => placeAlone(deps, draft));
}

/**
 * Places an order with a variant that is limited per buyer: never in a batch, because the count before it and the order are
 * one transaction under a lock; in the same line as all that go alone, so that a crowd takes one connection and not all.
 */
export const placeLimited = (deps: Deps, draft: OrderDraft, caps: BuyerCaps): Promise<PlaceOutcome> =>
  inLine(deps, draft, () => placeAlone(deps, draft, (lines) => runLimited(deps, draft, { caps, lines })));

/** Places an order that takes no card: in the same line, with what it is promised; there is no stock to look for. */
export const placePromised = (deps: Deps, draft: OrderDraft, caps: BuyerCaps): Promise<PlaceOutcome> =>
  inLine(deps, draft, async () => {
    const answer = await runLimited(deps, draft, { caps, lines: draft.lines });
    return outcomeOf(answer) ?? { verdict: "busy" };
  });

/** Places an order for the one card that its buyer chose, in the same line. Whoever has it in a transaction that may roll back is waited for, for a bounded time. */
export const placeChosen = (
  deps: Deps,
  draft: OrderDraft,
  choice: { readonly caps: BuyerCaps; readonly chosen: OfferedCard },
): Promise<PlaceOutcome> =>
  inLine(deps, draft, async () => {
    for (let tries = 0; tries < limits.loneRetries; tries++) {
      const outcome = outcomeOf(await runChosen(deps, draft, choice));
      if (outcome) return outcome;
      await new Promise((wake) => setTimeout(wake, limits.loneWaitMs * (0.5 + Math.random())));
    }
    return { verdict: "busy" };
  });

const inLine = <T>(deps: Deps, { lines }: OrderDraft, task: () => Promise<T>): Promise<T> =>
  ofDeps(deps, "orders.place-alone", createLine).run(placeKey(stockPlaceOf(lines[0] as PlaceLine)), task);
