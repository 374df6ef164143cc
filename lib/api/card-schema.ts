import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { currency, minor, publicId } from "./schema";

/** Cards that buyers choose, as programs ask for them and read of them. */

export const CardsQuery = z.strictObject({
  variantId: publicId("var", "a variant of the product"),
  q: z
    .string()
    .trim()
    .max(limits.previewQueryMax)
    .refine((text) => !text.includes("\0"), { error: "No text has a NUL." })
    .optional()
    .meta({ description: "Letters of the preview." }),
  cursor: z.string().max(60).optional().meta({ description: "nextCursor of the page before." }),
  limit: z.coerce.number().int().min(1).max(limits.previewsPerPageMax).optional(),
});

export const CardPage = z
  .object({
    items: z.array(
      z
        .object({
          id: publicId("pck", "a card: send it as cardId with an order"),
          preview: z.string().meta({ description: "What is public about the card." }),
          extraMinor: minor.meta({ description: "What it costs beyond the variant's price, in minor units." }),
        })
        .meta({ id: "ChoosableCard" }),
    ),
    currency,
    nextCursor: z.string().nullable().meta({ description: "Send as cursor for the next page; null on the last one." }),
  })
  .meta({ id: "CardPage" });
