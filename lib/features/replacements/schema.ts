import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { REPLACEMENT_REASONS, REPLACEMENT_STATES } from "./rules";

const whole = (max: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, { message: "not_a_number" })
    .transform(Number)
    .pipe(z.number().max(max, { message: "out_of_range" }));

export const ReplaceForm = z.object({
  replacementId: z.uuid(),
  orderId: z.uuid(),
  position: whole(limits.orderQuantityMax),
  reason: z.enum(REPLACEMENT_REASONS),
  note: z.string().trim().max(limits.moveReasonMax, { message: "too_long" }).default(""),
  /** How many replacements of the order its author saw: of two people who replace one card, one is told. */
  seen: whole(1_000_000),
  isGoodwill: z
    .literal("on")
    .optional()
    .transform((value) => value === "on"),
});

export const CancelReplacementForm = z.object({ replacementId: z.uuid() });

export const ReplacementListQuery = z.object({
  status: z.enum(REPLACEMENT_STATES).optional().catch(undefined),
  page: z.coerce.number().int().min(1).max(limits.listPagesMax).catch(1),
});
export type ReplacementListQuery = z.output<typeof ReplacementListQuery>;
