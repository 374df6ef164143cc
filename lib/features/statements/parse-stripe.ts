import { z } from "zod";
import type { Money } from "@/lib/kernel/money";
import { currencyOf, decimalOf, placesOf } from "./amounts";
import { rejected } from "./columns";
import { finish, listUnder, orient, type PageContext, type PageReader, Text } from "./page-row";
import type { StatementKind } from "./rules";

const Ref = z.union([Text.transform((id) => ({ id })), z.looseObject({ id: Text })]).nullish();
const Metadata = z.looseObject({ out_trade_no: Text.optional(), refund_no: Text.optional() }).nullish();
const Source = z.looseObject({
  id: Text,
  object: Text.optional(),
  amount: z.number().int().optional(),
  currency: Text.optional(),
  payment_intent: Ref,
  metadata: Metadata,
});
const Transaction = z.looseObject({
  id: Text.min(1),
  type: Text,
  reporting_category: Text.nullish(),
  amount: z.number().int(),
  fee: z.number().int(),
  currency: Text,
  created: z.number().int().positive().max(9_999_999_999),
  status: Text.nullish(),
  source: z.union([Source, Text.transform((id) => ({ id }))]).nullish(),
});

/** What a movement of Stripe's balance is about, by its reporting category or its type. */
export function kindOfStripe(category: string): StatementKind {
  if (/^(charge|payment)$/.test(category)) return "payment";
  if (/^(refund|payment_refund)$/.test(category)) return "refund";
  if (/^dispute/.test(category)) return "dispute";
  if (category === "payout") return "payout";
  return /^(fee|stripe_fee|application_fee|network_cost|tax)$/.test(category) ? "fee" : "adjustment";
}

/** Pages of Stripe's balance transactions, each with its source, as `GET /v1/balance_transactions` gives them. */
export const stripePages: PageReader = {
  rows: listUnder("data"),
  row(given, context) {
    const read = Transaction.safeParse(given);
    if (!read.success) return rejected(context.line, "amount", JSON.stringify(given));
    const { source, ...transaction } = read.data;
    const object = source && "object" in source ? (source as z.infer<typeof Source>) : null;
    const raw = { ...transaction, ...(source ? { source: source.id } : {}), ...plainOf(object?.metadata) };
    const faced = facedAmount(transaction, object, context);
    if (!faced.amount) return rejected(context.line, faced.problem, JSON.stringify(raw));
    const kind = kindOfStripe(transaction.reporting_category ?? transaction.type);
    const isRefund = kind === "refund";
    return finish(
      {
        ...orient(kind, faced.amount.amountMinor),
        currency: faced.amount.currency,
        gatewayTradeNo: object?.payment_intent?.id ?? "",
        part: transaction.id,
        outTradeNo: object?.metadata?.out_trade_no ?? null,
        refundNo: isRefund ? (object?.metadata?.refund_no ?? null) : null,
        gatewayRefundNo: isRefund ? (source?.id ?? null) : null,
        fee: faced.fee,
        occurredAt: transaction.created * 1000,
        status: transaction.status ?? "",
      },
      raw,
      context,
    );
  },
};

type Faced =
  | { readonly amount: Money; readonly fee: string | null }
  | { readonly amount: null; readonly problem: "amount" | "currency" };

/** An order is priced in what the buyer paid, which Stripe may have changed into the account's own currency, fee included. */
function facedAmount(
  { amount, fee, currency }: z.infer<typeof Transaction>,
  object: z.infer<typeof Source> | null,
  { fromUnits }: PageContext,
): Faced {
  const foreign = object?.currency !== undefined && object.currency !== currency ? object.currency : null;
  const units = foreign === null ? amount : Math.sign(amount) * Math.abs(object?.amount ?? 0);
  const faced = fromUnits(units, foreign ?? currency);
  if (!faced) return { amount: null, problem: currencyOf(foreign ?? currency) ? "amount" : "currency" };
  const cost = foreign === null ? fromUnits(fee, currency) : null;
  return { amount: faced, fee: cost && decimalOf(cost.amountMinor, placesOf(cost.currency)) };
}

/** What an object says plainly; the rest of a source is about the buyer, and nobody's here. */
function plainOf(metadata: Readonly<Record<string, unknown>> | null | undefined): {
  metadata?: Record<string, string>;
} {
  const plain = Object.entries(metadata ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return plain.length === 0 ? {} : { metadata: Object.fromEntries(plain.slice(0, 50)) };
}
