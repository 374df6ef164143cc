import { unitPriceMinor } from "@/lib/features/catalog/pricing";
import type { SellableVariant } from "@/lib/features/catalog/sellable";
import { startOf } from "@/lib/features/inventory/start-hints";
import type { PlaceOrder, PlaceOrderRefusal } from "@/lib/features/orders/place-command";
import { chooseAccount, notifyUrlOf, type OpenAccount } from "@/lib/features/payments/accounts";
import type { CreateInput, Presentation } from "@/lib/features/payments/gateways/port";
import type { OfferedCard } from "@/lib/features/previews/store";
import { sealAnswers } from "@/lib/features/promises/answers";
import type { PromiseDraft } from "@/lib/features/promises/store";
import { judgeAnswers } from "@/lib/kernel/buyer-fields";
import { newId, newOrderNumber, newOutTradeNo, toPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { type Currency, isCurrency, money } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Secret } from "@/lib/kernel/secret";
import { orderToken, sha256 } from "@/lib/platform/crypto";
import type { Deps } from "@/lib/platform/deps";
import type { PlaceLine, PlaceRow } from "./place-statement";

/** An order ready for the statement: ids minted, priced with one version of its variants, the way to pay signed. */
export interface OrderDraft {
  readonly row: PlaceRow;
  readonly lines: readonly PlaceLine[];
  /** Of each line, the pools it may be taken from, in order. */
  readonly pools: readonly (readonly string[])[];
  /** Set where nothing is taken now, and what it is paid for is promised. */
  readonly promise: PromiseDraft | null;
  /** Set where the buyer chose this card, which is then the only one. */
  readonly chosen: OfferedCard | null;
  readonly presentation: Presentation;
  readonly token: Secret;
}

interface PricedLine {
  readonly variant: SellableVariant;
  readonly quantity: number;
  readonly unitPriceMinor: bigint;
  readonly poolIds: readonly string[];
}

/** What sells the order: a storefront in one language, or the API. A pool that is kept for another channel is passed by. */
const poolsFor = ({ pools }: SellableVariant, { channel, locale }: PlaceOrder): string[] => {
  const seller = channel === "api" ? "api" : `web_${locale}`;
  return pools.filter((pool) => pool.channel === null || pool.channel === seller).map(({ id }) => id);
};

type Refusal = Extract<
  PlaceOrderRefusal,
  "not_found" | "not_for_sale" | "quantity_out_of_range" | "form_incomplete" | "gateway_unavailable"
>;

/** One chosen card: the price of one piece and what it costs beyond. The least quantity of its variant is for cards that nobody chooses. */
function priceChosen(
  cmd: PlaceOrder,
  variants: readonly (SellableVariant | null)[],
  chosen: OfferedCard,
): Result<readonly PricedLine[], Refusal> {
  const [variant] = variants;
  if (!variant) return err("not_found");
  if (cmd.lines.length !== 1 || cmd.lines[0]?.quantity !== 1) return err("quantity_out_of_range");
  const isSold = variant.isSellable && variant.promise === null && isCurrency(variant.currency);
  if (!isSold || !poolsFor(variant, cmd).includes(chosen.poolId)) return err("not_for_sale");
  const each = unitPriceMinor(variant.priceMinor, variant.tiers, 1) + chosen.extraMinor;
  return ok([{ variant, quantity: 1, unitPriceMinor: each, poolIds: [chosen.poolId] }]);
}

function priceLines(
  cmd: PlaceOrder,
  variants: readonly (SellableVariant | null)[],
): Result<readonly PricedLine[], Refusal> {
  const priced: PricedLine[] = [];
  for (const [index, { quantity }] of cmd.lines.entries()) {
    const variant = variants[index];
    if (!variant) return err("not_found");
    if (!variant.isSellable) return err("not_for_sale");
    if (quantity < variant.quantityMin || quantity > variant.quantityMax) return err("quantity_out_of_range");
    const poolIds = poolsFor(variant, cmd);
    if (poolIds.length === 0) return err("not_for_sale");
    const each = unitPriceMinor(variant.priceMinor, variant.tiers, quantity);
    priced.push({ variant, quantity, unitPriceMinor: each, poolIds });
  }
  const [first] = priced;
  // One order, one shop, one currency, one way of holding stock; what is promised is ordered by itself.
  if (priced.length > 1 && priced.some(({ variant }) => variant.promise !== null)) return err("not_for_sale");
  const isMixed = priced.some(
    ({ variant }) =>
      variant.merchantId !== first?.variant.merchantId ||
      variant.currency !== first.variant.currency ||
      variant.stockPolicy !== first.variant.stockPolicy,
  );
  if (!first || isMixed || !isCurrency(first.variant.currency)) return err("not_for_sale");
  if (priced.reduce((sum, line) => sum + line.quantity, 0) > limits.orderQuantityMax)
    return err("quantity_out_of_range");
  return ok(priced);
}

export interface AttemptDraft {
  readonly orderId: string;
  readonly orderNumber: string;
  readonly locale: "zh" | "en";
  readonly account: OpenAccount | null;
  readonly amountMinor: bigint;
  readonly currency: Currency;
}

/** What a gateway is told of an attempt: the same for the same attempt, whenever it is told. */
export const createInputOf = (
  deps: Deps,
  account: OpenAccount,
  attempt: Omit<AttemptDraft, "account"> & { readonly outTradeNo: string },
): CreateInput => ({
  outTradeNo: attempt.outTradeNo,
  amount: money(attempt.amountMinor, attempt.currency),
  orderNumber: attempt.orderNumber,
  notifyUrl: notifyUrlOf(deps, account),
  returnUrl: `${deps.env.publicUrl}/${attempt.locale}/orders/${toPublicId("order", attempt.orderId)}/pay`,
});

/** One way to pay an order, with a number of its own at the gateway; a locally signed address, so no call is made. */
export function draftAttempt(
  deps: Deps,
  { account, ...draft }: AttemptDraft,
): Result<{ outTradeNo: string; presentation: Presentation }, "gateway_unavailable"> {
  if (!account?.isActive) return err("gateway_unavailable");
  const outTradeNo = newOutTradeNo();
  const presentation = account.gateway.createPayment(createInputOf(deps, account, { ...draft, outTradeNo }));
  if (!presentation.ok) return err("gateway_unavailable");
  return ok({ outTradeNo, presentation: presentation.value });
}

/** What is promised with the order; null when it is taken from stock. Refused when the merchant's form is not filled in. */
function promiseOf(
  deps: Deps,
  { cmd, isFromStock = false }: Pick<DraftInput, "cmd" | "isFromStock">,
  { orderId, line }: { orderId: string; line: PricedLine },
): Result<PromiseDraft | null, "form_incomplete" | "quantity_out_of_range"> {
  const { promise, merchantId, id: variantId } = line.variant;
  if (!promise) return ok(null);
  // Past its day nothing more is promised for it.
  if (promise.kind === "presale" && (isFromStock || promise.dueAt.getTime() <= deps.clock.now())) return ok(null);
  const { kind } = promise;
  const base = { kind, merchantId, variantId, quantity: line.quantity, answers: null, keyId: null };
  if (promise.kind === "presale") {
    const { dueAt, cap, since } = promise;
    return ok({ ...base, dueAt, dueHours: null, cap, since });
  }
  // A person writes each piece into a field of one page.
  if (line.quantity > limits.manualQuantityMax) return err("quantity_out_of_range");
  const answers = judgeAnswers(promise.fields, cmd.answers ?? {});
  if (!answers.ok) return err("form_incomplete");
  const due = { dueAt: null, dueHours: promise.hours, cap: null, since: null };
  if (promise.fields.length === 0) return ok({ ...base, ...due });
  const { sealed, keyId } = sealAnswers(deps.keys, orderId, answers.value);
  return ok({ ...base, ...due, answers: sealed, keyId });
}

export interface DraftInput {
  /** The presale is full: what there is in stock is sold all the same. */
  readonly isFromStock?: boolean;
  readonly cmd: PlaceOrder;
  readonly variants: readonly (SellableVariant | null)[];
  readonly requestHash: Buffer;
  readonly lookupHash: string | null;
  readonly chosen?: OfferedCard | null;
}

/** Prices and numbers an order without touching the database; the statement checks that the prices still hold. */
export async function draftOrder(
  deps: Deps,
  { cmd, variants, requestHash, lookupHash, isFromStock, chosen = null }: DraftInput,
): Promise<Result<OrderDraft, Refusal>> {
  const priced = chosen ? priceChosen(cmd, variants, chosen) : priceLines(cmd, variants);
  if (!priced.ok) return priced;
  const first = priced.value[0]?.variant as SellableVariant;
  const id = newId();
  const number = newOrderNumber(deps.clock.now());
  const totalMinor = priced.value.reduce((sum, line) => sum + line.unitPriceMinor * BigInt(line.quantity), 0n);
  const currency = first.currency as Currency;
  const { merchantId } = first;
  const promise = promiseOf(deps, { cmd, isFromStock }, { orderId: id, line: priced.value[0] as PricedLine });
  if (!promise.ok) return promise;
  const account = await chooseAccount(deps, cmd.accountId, { merchantId, currency, amountMinor: totalMinor });
  if (!account) return err("gateway_unavailable");
  const attempt = draftAttempt(deps, {
    orderId: id,
    orderNumber: number,
    locale: cmd.locale,
    account,
    amountMinor: totalMinor,
    currency,
  });
  if (!attempt.ok) return attempt;
  const token = orderToken(deps.keys, id);
  const spread = limits.queryIntervalSecondsMax - limits.queryIntervalSecondsMin;
  const row: PlaceRow = {
    id,
    number,
    merchant_id: merchantId,
    scope: cmd.scope,
    request_key: cmd.requestKey,
    request_hash: requestHash.toString("hex"),
    token_hash: sha256(token.reveal()).toString("hex"),
    email: cmd.email,
    locale: cmd.locale,
    lookup_hash: lookupHash,
    device_id: cmd.deviceId ?? null,
    stock_policy: promise.value ? "promise" : chosen ? "pick" : first.stockPolicy,
    quantity: priced.value.reduce((sum, line) => sum + line.quantity, 0),
    total_minor: totalMinor.toString(),
    currency,
    reservation_seconds: deps.env.reservationSeconds,
    attempt_id: newId(),
    account_id: account.id,
    out_trade_no: attempt.value.outTradeNo,
    presentation: attempt.value.presentation,
    query_after_seconds: limits.queryIntervalSecondsMin + Math.floor(Math.random() * (spread + 1)),
  };
  const lines = priced.value.map((line, index) => toLine(deps, line, { orderId: id, number: index + 1 }));
  const pools = priced.value.map(({ poolIds }) => poolIds);
  return ok({ row, lines, pools, promise: promise.value, chosen, presentation: attempt.value.presentation, token });
}

function toLine(deps: Deps, line: PricedLine, { orderId, number }: { orderId: string; number: number }): PlaceLine {
  const { id: variantId, version } = line.variant;
  const poolId = line.poolIds[0] as string;
  return {
    order_id: orderId,
    line: number,
    variant_id: variantId,
    pool_id: poolId,
    quantity: line.quantity,
    unit_price_minor: line.unitPriceMinor.toString(),
    variant_version: version,
    start: startOf(deps, { variantId, poolId }).toString(),
  };
}
