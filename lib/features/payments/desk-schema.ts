import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { type Currency, isCurrency, money, parseDecimal } from "@/lib/kernel/money";
import { REFUND_WAYS } from "./refund-rules";

const code = (message: string) => ({ message });
const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values).optional().catch(undefined);
const Day = z.iso.date().optional().catch(undefined);
const Cursor = z.uuid().optional().catch(undefined);

export const EVENT_VERDICTS = [
  "settled",
  "double",
  "underpaid",
  "overpaid",
  "wrong_currency",
  "unknown_order",
  "trade_reused",
  "refunded",
  "refund_matched",
  "disputed",
  "unjudged",
] as const;

/** The inbox's address; an unknown value of a filter reads as no filter: an old link still opens. */
export const InboxQuery = z.object({
  q: z.string().trim().max(100).catch("").default(""),
  verdict: oneOf(EVENT_VERDICTS),
  account: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/)
    .optional()
    .catch(undefined),
  state: oneOf(["open", "done"] as const),
  /** Days of the shop's time zone, both included. */
  from: Day,
  to: Day,
  /** The page behind this event, or before it; the newest without either. */
  after: Cursor,
  before: Cursor,
});
export type InboxQuery = z.output<typeof InboxQuery>;

/** An order's page in the back office: whether its time line shows money alone, and the number of a refund that was just asked for. */
export const OrderPageQuery = z.object({
  only: oneOf(["money"] as const),
  asked: z
    .string()
    .regex(/^[0-9A-F]{32}$/)
    .optional()
    .catch(undefined),
});
export type OrderPageQuery = z.output<typeof OrderPageQuery>;

const Reason = z.string().trim().min(1, code("required")).max(limits.refundReasonMax, code("too_long"));
const Way = z.enum(REFUND_WAYS);
const Optional = z
  .string()
  .trim()
  .transform((text) => (text === "" ? null : text))
  .nullable()
  .default(null);

/** The first step of a refund, as an address: which payment, how much, by which way. What cannot be read is asked for again. */
export const RefundQuery = z.object({
  payment: z.uuid().optional().catch(undefined),
  /** As it was typed, in the payment's currency. */
  amount: z.string().trim().max(20).catch("").default(""),
  way: Way.optional().catch(undefined),
  reason: z.string().trim().max(limits.refundReasonMax).catch("").default(""),
  reference: z.string().trim().max(limits.refundReferenceMax).catch("").default(""),
  /** Set by the first step's button, so that an empty form is not yet a mistake. */
  look: z.literal("1").optional().catch(undefined),
  /** When the look before this one was taken, and why its confirmation was refused. */
  since: z.iso.datetime().optional().catch(undefined),
  refused: z
    .string()
    .regex(/^[a-z_]{1,40}$/)
    .optional()
    .catch(undefined),
});
export type RefundQuery = z.output<typeof RefundQuery>;

/** The confirmation: everything that was shown, frozen in hidden fields. */
export const ConfirmRefundForm = z.object({
  orderId: z.uuid(),
  paymentId: z.uuid(),
  refundId: z.uuid(),
  amountMinor: z
    .string()
    .regex(/^[1-9]\d{0,17}$/)
    .transform(BigInt),
  method: Way,
  reason: Reason,
  reference: Optional,
  seen: z.string().min(1).max(40),
  seenAt: z.iso.datetime(),
  /** As it was typed, to fill the form again. */
  amount: z.string().max(20).default(""),
});
export type ConfirmRefundForm = z.output<typeof ConfirmRefundForm>;

export const RefundForm = z.object({ refundId: z.uuid() });
export const CancelRefundForm = z.object({ refundId: z.uuid(), reason: Reason });
export const DecideRefundForm = z.object({ refundId: z.uuid(), reason: Reason, outcome: z.enum(["gone", "stayed"]) });
export const GiveUpRefundForm = z.object({ orderId: z.uuid(), reason: Reason });

/** An amount as a person types it; null for an empty field. */
export function readAmount(text: string, currency: string): bigint | null | "malformed" {
  if (text === "") return null;
  const parsed = isCurrency(currency) ? parseDecimal(text, currency) : null;
  return parsed?.ok && parsed.value.amountMinor > 0n ? parsed.value.amountMinor : "malformed";
}

export const RefundPolicyForm = z
  .object({
    merchantId: z.uuid(),
    double: z.enum(["ask", "refund"]),
    noStock: z.enum(["owe", "refund"]),
    cap: z.string().trim().max(20),
    capCurrency: z.string(),
    seen: z.string().max(60),
  })
  .transform(({ cap, capCurrency, ...rest }, context) => {
    const minor = readAmount(cap, capCurrency);
    if (minor !== "malformed") return { ...rest, cap: minor === null ? null : money(minor, capCurrency as Currency) };
    context.addIssue({ code: "custom", path: ["cap"], message: "price_malformed" });
    return z.NEVER;
  });
