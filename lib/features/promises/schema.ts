import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { Secret } from "@/lib/kernel/secret";

/** What a person writes is a secret from the first moment. A browser sends line ends as CRLF; a card keeps the plain ones. */
const Content = z
  .string()
  .max(limits.importLineBytesMax, { message: "too_long" })
  .transform((text) => text.replaceAll("\r\n", "\n"))
  .refine((text) => text.trim() !== "" && !text.includes("\0"), { message: "required" })
  .transform((text) => new Secret(text));

export const DeliverForm = z.object({
  orderId: z.uuid(),
  content: z
    .union([z.string(), z.array(z.string())])
    .transform((value) => [value].flat())
    .pipe(z.array(Content).min(1).max(limits.manualQuantityMax)),
});
