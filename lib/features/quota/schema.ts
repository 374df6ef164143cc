import { z } from "zod";
import { limits } from "@/lib/kernel/limits";

const whole = (max: number) =>
  z
    .string()
    .trim()
    .regex(/^\d{1,9}$/, { message: "not_a_number" })
    .transform(Number)
    .pipe(z.number().min(1, { message: "out_of_range" }).max(max, { message: "out_of_range" }));

/** How many keys the shop is to make up, and how often each may be used. */
export const KeysForm = z.object({
  batchId: z.uuid(),
  variantId: z.uuid({ message: "required" }),
  count: whole(limits.quotaKeysPerBatchMax),
  uses: whole(limits.quotaUsesMax),
  note: z.string().trim().max(300, { message: "too_long" }),
});
