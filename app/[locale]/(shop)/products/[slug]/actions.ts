"use server";

import { redirect } from "next/navigation";
import type { z } from "zod";
import { deviceOf, holdOrder } from "@/lib/entry/held-orders";
import { orderPath } from "@/lib/entry/order-access";
import { unitPriceMinor } from "@/lib/features/catalog/pricing";
import { findSellableVariant } from "@/lib/features/catalog/sellable";
import { hintBand } from "@/lib/features/catalog/stock-figures";
import { OrderForm } from "@/lib/features/orders/schema";
import { findOffered, findOfferedAnywhere } from "@/lib/features/previews/store";
import { placeOrder } from "@/lib/flows/place-order";
import { formatMinor } from "@/lib/i18n/format";
import { type Locale, toLocale } from "@/lib/i18n/locale";
import { fromPublicId, randomHex } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { Secret } from "@/lib/kernel/secret";
import { type Deps, getDeps } from "@/lib/platform/deps";
import { ANSWER_PREFIX, BUY_FIELDS, type BuyField, type BuyState, type BuyValues } from "./buy-state";

const FIELD_CHARACTERS_MAX = 301;
const ANSWER_NAME = /^answer\.f\d{1,2}$/;
const REQUEST_KEY = /^web-[0-9a-f]{32}$/;
const mintKey = () => `web-${randomHex(32)}`;

const textOf = (data: FormData, name: string): string => {
  const value = data.get(name);
  return typeof value === "string" ? value.slice(0, FIELD_CHARACTERS_MAX) : "";
};

const valuesOf = (data: FormData): BuyValues => ({
  variantId: textOf(data, "variantId"),
  quantity: textOf(data, "quantity").trim(),
  email: textOf(data, "email"),
  password: textOf(data, "password"),
  gateway: textOf(data, "gateway"),
  card: textOf(data, "card"),
  cardExtra: textOf(data, "cardExtra"),
  answers: answersOf(data),
});

/** At most as many as a form may ask for; what is asked is judged with the order. */
const answersOf = (data: FormData): BuyValues["answers"] =>
  Object.fromEntries(
    [...data.keys()]
      .filter((name) => ANSWER_NAME.test(name))
      .slice(0, limits.buyerFieldsMax)
      .map((name) => [name.slice(ANSWER_PREFIX.length), textOf(data, name)]),
  );

/** Places one order per key, however often the form is sent, and lets this browser open it. */
export async function placeOrderAction(_before: BuyState, data: FormData): Promise<BuyState> {
  const values = valuesOf(data);
  const locale = toLocale(textOf(data, "locale"));
  const parsed = OrderForm.safeParse(values);
  if (!parsed.success) return { values, code: "invalid", fields: fieldsOf(parsed.error.issues) };
  const sentKey = textOf(data, "requestKey");
  // Without scripts the first send has no key: the page is the same for everyone, so it could not hold one.
  if (!REQUEST_KEY.test(sentKey)) return confirmation(values, parsed.data, locale);
  const deps = getDeps();
  const placed = await placeOrder(deps, {
    scope: "guest",
    requestKey: sentKey,
    email: parsed.data.email,
    locale,
    accountId: parsed.data.gateway,
    lines: [{ variantId: uuidOf(parsed.data.variantId), quantity: parsed.data.quantity }],
    deviceId: await deviceOf(deps),
    ...(parsed.data.card && { chosen: { previewId: parsed.data.card, extraMinor: parsed.data.cardExtra } }),
    ...(Object.keys(values.answers).length > 0 && { answers: values.answers }),
    ...(parsed.data.password === undefined ? {} : { password: new Secret(parsed.data.password) }),
  });
  if (!placed.ok) {
    const refused = refusal(await sayMore(deps, placed.error, parsed.data), values, sentKey);
    return placed.error === "price_changed" ? { ...refused, ...(await newExtra(deps, parsed.data.card)) } : refused;
  }
  await holdOrder(deps, placed.value.id, placed.value.token);
  const href = `${orderPath(locale, placed.value.id)}/pay`;
  if (textOf(data, "scripts") === "on") return { values, requestKey: sentKey, href };
  redirect(href);
}

function uuidOf(variantId: string): string {
  const id = fromPublicId("variant", variantId);
  return id.ok ? id.value : "";
}

/** Whether fewer may still be had: a hint for the sentence, at once or not at all. That this many cannot, the database has decided. */
async function sayMore(deps: Deps, code: string, asked: { variantId: string; quantity: number }): Promise<string> {
  if (code !== "insufficient_stock" || asked.quantity === 1) return code;
  const band = await hintBand(deps, uuidOf(asked.variantId));
  return band === "low" || band === "in_stock" ? "insufficient_stock_fewer" : code;
}

/** What a chosen card costs extra by now. */
async function newExtra(deps: Deps, previewId: string | undefined): Promise<Pick<BuyState, "extraMinor">> {
  const card = previewId ? await findOfferedAnywhere(deps.db, previewId) : null;
  return card ? { extraMinor: card.extraMinor.toString() } : {};
}

function fieldsOf(issues: readonly { readonly path: readonly PropertyKey[] }[]): NonNullable<BuyState["fields"]> {
  const named = issues
    .map(({ path }) => path[0])
    .filter((name) => (BUY_FIELDS as readonly PropertyKey[]).includes(name ?? ""));
  return Object.fromEntries(named.map((name) => [name as BuyField, true]));
}

/** A refused request keeps its key; one whose content changed under the key gets another, because it is another intention. */
function refusal(code: string, values: BuyValues, requestKey: string): BuyState {
  if (code === "quantity_out_of_range") return { values, requestKey, code: "invalid", fields: { quantity: true } };
  if (code === "idempotency_conflict") return { values, requestKey: mintKey(), code };
  // The flow's word for a buyer who holds too much open; a page's other rate limits mean haste.
  if (code === "rate_limited") return { values, requestKey, code: "order_limit" };
  return { values, requestKey, code };
}

async function confirmation(
  values: BuyValues,
  { variantId, quantity, card, cardExtra }: z.output<typeof OrderForm>,
  locale: Locale,
): Promise<BuyState> {
  const deps = getDeps();
  const variant = await findSellableVariant(deps, uuidOf(variantId));
  if (!variant?.isSellable) return { values, code: "not_for_sale" };
  const chosen = card ? await findOffered(deps.db, { previewId: card, variantId: variant.id }) : null;
  if (card && !chosen?.isFree) return { values, code: "card_taken" };
  if (chosen && chosen.extraMinor !== cardExtra)
    return { values, code: "price_changed", extraMinor: chosen.extraMinor.toString() };
  const isInRange =
    quantity >= variant.quantityMin && quantity <= Math.min(variant.quantityMax, limits.orderQuantityMax);
  if (!isInRange && !chosen) return { values, code: "invalid", fields: { quantity: true } };
  const each = unitPriceMinor(variant.priceMinor, variant.tiers, quantity) + (chosen?.extraMinor ?? 0n);
  const total = each * BigInt(quantity);
  return { values, requestKey: mintKey(), confirmTotal: formatMinor(total.toString(), variant.currency, locale) };
}
