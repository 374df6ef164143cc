import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
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
