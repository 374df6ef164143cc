import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { DISPUTE_STATES, REPORT_KINDS } from "./rules";

const text = (max: number) => z.string().trim().max(max, { message: "too_long" });
const words = (max: number) => text(max).min(1, { message: "required" });
const whole = z.string().regex(/^\d{1,6}$/, { message: "not_a_number" });
const ticked = z
  .literal("on")
  .optional()
  .transform((value) => value === "on");

/** A report as the buyer's form sends it; "" for a position: the whole order. */
export const ReportForm = z.object({
  disputeId: z.uuid(),
  position: z
    .union([z.literal(""), whole])
    .transform((value) => (value === "" ? null : Number(value)))
    .pipe(z.number().min(1).max(limits.orderQuantityMax, { message: "out_of_range" }).nullable()),
  kind: z.enum(REPORT_KINDS, { message: "required" }),
  text: words(limits.disputeTextMax),
});
export type ReportForm = z.output<typeof ReportForm>;

/** What the buyer writes in a thread; empty words where pictures speak. */
export const BuyerAnswerForm = z.object({
  requestId: z.uuid(),
  text: text(limits.disputeTextMax).default(""),
  callAdmin: ticked,
});
export type BuyerAnswerForm = z.output<typeof BuyerAnswerForm>;

export const BuyerActForm = z.object({
  orderId: z.string().max(100),
  disputeId: z.uuid(),
  requestId: z.uuid(),
  text: text(limits.disputeTextMax).default(""),
});

export const StaffAnswerForm = z.object({
  disputeId: z.uuid(),
  requestId: z.uuid(),
  text: words(limits.disputeTextMax),
  callAdmin: ticked,
});

const decision = {
  disputeId: z.uuid(),
  decisionId: z.uuid(),
  /** How many messages its author had read. */
  seen: whole.transform(Number),
  reason: words(limits.disputeReasonMax),
};

export const JudgementForm = z.discriminatedUnion("outcome", [
  z.object({ ...decision, outcome: z.literal("replace"), seenReplacements: whole.transform(Number) }),
  z.object({ ...decision, outcome: z.literal("reject") }),
]);

/** A refund as it was previewed, or an amount into the buyer's balance. */
export const MoneyForm = z.discriminatedUnion("outcome", [
  z.object({
    ...decision,
    outcome: z.literal("refund"),
    paymentId: z.uuid(),
    amountMinor: z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(BigInt),
    method: z.enum(["source", "balance"]),
    standing: z.string().max(40),
  }),
  z.object({ ...decision, outcome: z.literal("compensate"), amount: words(20) }),
]);

export const DisputeListQuery = z.object({
  status: z.enum(DISPUTE_STATES).optional().catch(undefined),
  page: z.coerce.number().int().min(1).max(limits.listPagesMax).catch(1),
});
export type DisputeListQuery = z.output<typeof DisputeListQuery>;

/** The page of one dispute for an admin: what he wants to give back, before he confirms it. */
export const DisputePageQuery = z.object({
  payment: z.uuid().optional().catch(undefined),
  way: z.enum(["source", "balance"]).optional().catch(undefined),
  amount: z.string().trim().max(20).default("").catch(""),
  reason: z.string().trim().max(limits.disputeReasonMax).default("").catch(""),
  look: z.literal("1").optional().catch(undefined),
  refused: z
    .string()
    .regex(/^[a-z_]{1,40}$/)
    .optional()
    .catch(undefined),
});
export type DisputePageQuery = z.output<typeof DisputePageQuery>;

/** What the buyer's pages are told after a form of theirs: which card, what was refused, what was done. */
export const BuyerPageQuery = z.object({
  card: z.coerce.number().int().min(1).max(limits.orderQuantityMax).optional().catch(undefined),
  refused: z
    .string()
    .regex(/^[a-z_]{1,40}$/)
    .optional()
    .catch(undefined),
});
