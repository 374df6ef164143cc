import { z } from "zod";
import type { Money } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Pair, VerifiedPayment } from "../port";
import { fromStripe } from "./amounts";
import { INTENT_ID, OUT_TRADE_NO } from "./codec";
import { accountRefOf, type StripeConfig } from "./settings";

const Id = z.string().min(1).max(255);
const Word = z.string().max(64);
/** Where Stripe names another object: by its id, or by the object itself where that was asked for. */
export const Ref = z
  .union([Id.transform((id) => ({ id })), z.looseObject({ id: Id })])
  .nullish()
  .transform((object) => object ?? null);
const Metadata = z
  .looseObject({ out_trade_no: z.string().max(500).optional(), refund_no: z.string().max(500).optional() })
  .nullish()
  .transform((metadata) => metadata ?? {});

/** The last charge of an intent, as far as a payment needs it. */
const Charge = z.looseObject({
  id: Id,
  amount_refunded: z.int().nonnegative(),
  payment_method_details: z.looseObject({ type: Word }).nullish(),
});

export const Intent = z.looseObject({
  id: Id,
  object: z.literal("payment_intent"),
  status: Word,
  amount_received: z.int().nonnegative(),
  currency: Word,
  livemode: z.boolean(),
  metadata: Metadata,
  latest_charge: z.union([Charge, Id]).nullish(),
});
export type Intent = z.infer<typeof Intent>;

export const Session = z.looseObject({
  id: Id,
  object: z.literal("checkout.session"),
  status: Word.nullable(),
  payment_status: Word,
  livemode: z.boolean().nullish(),
  client_reference_id: z.string().max(200).nullish(),
  amount_total: z.int().nullish(),
  currency: Word.nullish(),
  url: z.string().max(2_048).nullish(),
  expires_at: z.int().nullish(),
  metadata: Metadata,
  payment_intent: Ref,
});
export type Session = z.infer<typeof Session>;

export const Refund = z.looseObject({
  id: Id,
  object: z.literal("refund"),
  amount: z.int().nonnegative(),
  currency: Word,
  status: Word.nullish(),
  failure_reason: Word.nullish(),
  payment_intent: Ref,
  metadata: Metadata,
});
export type Refund = z.infer<typeof Refund>;

/** One of Stripe's lists, newest first. */
export const listOf = <T extends z.ZodType>(row: T) =>
  z.looseObject({ object: z.enum(["list", "search_result"]), data: z.array(row).max(100), has_more: z.boolean() });

/** Whether the session is a payment that this shop began; other programs may share the account. */
export function numberOf(session: Pick<Session, "client_reference_id" | "metadata">): string | null {
  const outTradeNo = session.client_reference_id ?? "";
  if (!OUT_TRADE_NO.test(outTradeNo)) return null;
  return (session.metadata.out_trade_no ?? outTradeNo) === outTradeNo ? outTradeNo : null;
}

/** The amount, or null where it is none that the shop can count. */
export const amountOf = (units: number | null | undefined, currency: string | null | undefined): Money | null =>
  units == null || currency == null ? null : fromStripe(units, currency);

/**
 * The payment that a paid session tells of. Its number is the payment intent's, in notices and answers alike: sessions
 * come and go, and refunds and disputes name the intent.
 */
export function paymentOfSession(
  session: Session,
  outTradeNo: string,
  { config, evidence = [] }: { readonly config: Pick<StripeConfig, "isLive">; readonly evidence?: readonly Pair[] },
): Result<VerifiedPayment, "malformed" | "bad_amount"> {
  const intent = session.payment_intent;
  if (!intent || !INTENT_ID.test(intent.id)) return err("malformed");
  const amount = amountOf(session.amount_total, session.currency);
  if (!amount || amount.amountMinor <= 0n) return err("bad_amount");
  return ok({
    accountRef: accountRefOf(config),
    outTradeNo,
    gatewayTradeNo: intent.id,
    amount,
    method: methodOf(intent),
    evidence: [
      ...evidence,
      ["session", session.id],
      ["client_reference_id", outTradeNo],
      ["payment_intent", intent.id],
      ["payment_status", session.payment_status],
      ["amount_total", String(session.amount_total)],
      ["currency", session.currency ?? ""],
    ],
  });
}

/** The same payment, told by its intent. */
export function paymentOfIntent(
  intent: Intent,
  outTradeNo: string,
  config: Pick<StripeConfig, "isLive">,
): Result<VerifiedPayment, "malformed" | "bad_amount"> {
  if (!INTENT_ID.test(intent.id)) return err("malformed");
  const amount = amountOf(intent.amount_received, intent.currency);
  if (!amount || amount.amountMinor <= 0n) return err("bad_amount");
  return ok({
    accountRef: accountRefOf(config),
    outTradeNo,
    gatewayTradeNo: intent.id,
    amount,
    method: methodOf(intent),
    evidence: [
      ["payment_intent", intent.id],
      ["out_trade_no", outTradeNo],
      ["status", intent.status],
      ["amount_received", String(intent.amount_received)],
      ["currency", intent.currency],
    ],
  });
}

const WithCharge = z.looseObject({ latest_charge: Charge });

/** The charge where it was asked for, or null where Stripe only named it. */
export function chargeOf(intent: unknown): z.infer<typeof Charge> | null {
  const read = WithCharge.safeParse(intent);
  return read.success ? read.data.latest_charge : null;
}

const methodOf = (intent: unknown): string | null => {
  const type = chargeOf(intent)?.payment_method_details?.type ?? "";
  return /^[a-z0-9_]{1,32}$/.test(type) ? type : null;
};
