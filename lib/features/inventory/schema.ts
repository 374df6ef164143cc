import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { Secret } from "@/lib/kernel/secret";
import { CARD_MOVES } from "./rules";

const Reason = z.string().trim().min(1, { message: "required" }).max(limits.moveReasonMax, { message: "too_long" });

const Move = { moveId: z.uuid(), batchId: z.uuid(), kind: z.enum(CARD_MOVES), reason: Reason };

/** The rest of a batch, as a form asks for it. */
export const BatchMoveForm = z.object(Move);

/** Single cards of a batch, named by their texts, a line each. */
export const CardMoveForm = z.object({
  ...Move,
  cards: z.string().min(1, { message: "required" }).max(limits.requestBodyBytesMax, { message: "too_long" }),
});

/** One text that many buyers are given, so many times at most. It is a secret from the first moment. */
export const ShareForm = z.object({
  variantId: z.uuid({ message: "required" }),
  secret: z
    .string()
    .max(limits.importLineBytesMax, { message: "too_long" })
    .transform((text) => text.replaceAll("\r\n", "\n"))
    .refine((text) => text.trim() !== "" && !text.includes("\0"), { message: "required" })
    .transform((text) => new Secret(text)),
  uses: z
    .string()
    .trim()
    .regex(/^\d{1,6}$/, { message: "not_a_number" })
    .transform(Number)
    .pipe(z.number().min(1, { message: "out_of_range" }).max(limits.sharedUsesMax, { message: "out_of_range" })),
  note: z.string().trim().max(300, { message: "too_long" }),
});
