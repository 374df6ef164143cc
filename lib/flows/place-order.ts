import { createHmac, timingSafeEqual } from "node:crypto";
import { findSellableVariant } from "@/lib/features/catalog/sellable";
import type { PlacedOrder, PlaceOrder, PlaceOrderRefusal } from "@/lib/features/orders/place-command";
import { findByRequest, type KnownOrder } from "@/lib/features/orders/replay";
import { findOffered, type OfferedCard } from "@/lib/features/previews/store";
import { err, ok, type Result } from "@/lib/kernel/result";
import { orderToken } from "@/lib/platform/crypto";
import type { Deps } from "@/lib/platform/deps";
import { hashPassword } from "@/lib/platform/password";
import { draftOrder, type OrderDraft } from "./hot/draft-order";
import { type PlaceOutcome, placeChosen, placeLimited, placePromised, placeThroughBatch } from "./hot/place-batch";
import type { BuyerCaps } from "./hot/place-limited";

/** A keyed hash of everything the request asks for, so that the same key with other words is seen. */
function hashOf({ keys }: Deps, cmd: PlaceOrder): Buffer {
  const body = [
    cmd.email,
    cmd.locale,
    cmd.accountId,
    cmd.lines.map((line) => [line.variantId, line.quantity]),
    cmd.password?.reveal() ?? null,
    ...(cmd.answers ? [Object.entries(cmd.answers).sort(([left], [right]) => (left < right ? -1 : 1))] : []),
    ...(cmd.chosen ? [{ chosen: cmd.chosen.previewId, extraMinor: cmd.chosen.extraMinor?.toString() ?? null }] : []),
  ];
  return createHmac("sha256", keys.requestHash).update(JSON.stringify(body)).digest();
}

/** The first answer again, or `idempotency_conflict` when the key was used for something else or too long ago. */
function answerKnown(deps: Deps, known: KnownOrder, requestHash: Buffer): Result<PlacedOrder, "idempotency_conflict"> {
  if (known.isTokenDue || !timingSafeEqual(known.requestHash, requestHash)) return err("idempotency_conflict");
  return ok({
    id: known.id,
    number: known.number,
    status: "pending",
    exception: "none",
    totalMinor: known.totalMinor,
    currency: known.currency,
    deadlineAt: known.deadlineAt,
    token: orderToken(deps.keys, known.id),
    payment: { id: known.attemptId, accountId: known.accountId, ...(known.presentation as { kind: string }) },
    isReplay: true,
  });
}

function answerPlaced({ row, presentation, token }: OrderDraft, deadlineAt: Date): PlacedOrder {
  return {
    id: row.id,
    number: row.number,
    status: "pending",
    exception: "none",
    totalMinor: BigInt(row.total_minor),
    currency: row.currency,
    deadlineAt,
    token,
    payment: { id: row.attempt_id, accountId: row.account_id, ...presentation },
    isReplay: false,
  };
}

type Attempt = Result<PlacedOrder, PlaceOrderRefusal | "key_taken">;

interface Asked {
  readonly cmd: PlaceOrder;
  readonly requestHash: Buffer;
  readonly isFresh: boolean;
  readonly isFromStock?: boolean;
}

/** From stock, through the batch; by itself where a buyer is limited, where it is promised, or where one card is chosen. */
function placeDraft(deps: Deps, draft: OrderDraft, caps: BuyerCaps): Promise<PlaceOutcome> {
  if (draft.chosen) return placeChosen(deps, draft, { caps, chosen: draft.chosen });
  if (draft.promise) return placePromised(deps, draft, caps);
  return caps.size > 0 ? placeLimited(deps, draft, caps) : placeThroughBatch(deps, draft);
}

/** The card that was chosen, as it is now; null: none was. Its price is the one that was read, or nothing is sold. */
async function findChosen(
  { db }: Deps,
  { chosen, lines }: PlaceOrder,
): Promise<Result<OfferedCard | null, "not_found" | "card_taken" | "price_changed">> {
  if (!chosen) return ok(null);
  const { previewId, extraMinor } = chosen;
  const card = await findOffered(db, { previewId, variantId: lines[0]?.variantId ?? "" });
  if (!card) return err("not_found");
  if (!card.isFree) return err("card_taken");
  return extraMinor === undefined || extraMinor === card.extraMinor ? ok(card) : err("price_changed");
}

async function attempt(deps: Deps, asked: Asked): Promise<Attempt | "stale"> {
  const { cmd, requestHash, isFresh, isFromStock } = asked;
  const chosen = await findChosen(deps, cmd);
  if (!chosen.ok) return chosen;
  const variants = await Promise.all(cmd.lines.map((line) => findSellableVariant(deps, line.variantId, { isFresh })));
  const lookupHash = cmd.password ? await hashPassword(cmd.password) : null;
  const draft = await draftOrder(deps, {
    cmd,
    variants,
    requestHash,
    lookupHash,
    isFromStock,
    chosen: chosen.value,
  });
  if (!draft.ok) return draft;
  const caps = new Map(variants.flatMap((v) => (v && v.buyerMax !== null ? [[v.id, v.buyerMax] as const] : [])));
  const outcome = await placeDraft(deps, draft.value, caps);
  switch (outcome.verdict) {
    case "placed":
      return ok(answerPlaced(draft.value, outcome.deadlineAt));
    case "conflict":
      return err("key_taken");
    case "stale":
      return "stale";
    case "presale_full":
      return attempt(deps, { ...asked, isFromStock: true });
    case "closed":
      return err("not_for_sale");
    case "capped":
      return err("rate_limited");
    default:
      return err(outcome.verdict);
  }
}

/**
 * One order, its cards, ledger and outbox rows commit together or not at all; the same key with the same words always gets
 * the same order. Whatever the refusal would be, the key is looked up before it is spoken: a client that lost the answer
 * to its order and asks again after the sell-out gets its order, not "sold out". A refusal leaves the key unused.
 */
export async function placeOrder(deps: Deps, cmd: PlaceOrder): Promise<Result<PlacedOrder, PlaceOrderRefusal>> {
  const requestHash = hashOf(deps, cmd);
  let outcome = await attempt(deps, { cmd, requestHash, isFresh: false });
  // Priced with a variant that has changed since: once more with what it is now.
  if (outcome === "stale") outcome = await attempt(deps, { cmd, requestHash, isFresh: true });
  if (outcome === "stale") outcome = err("busy");
  if (outcome.ok) {
    deps.log.info("order.placed", { orderId: outcome.value.id });
    return outcome;
  }
  const lookup = await findByRequest(deps, cmd);
  if (!lookup.ok) return lookup;
  if (lookup.value) return answerKnown(deps, lookup.value, requestHash);
  if (outcome.error === "key_taken") throw new Error("an order's key is taken by an order that is not there");
  return err(outcome.error);
}
