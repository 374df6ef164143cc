import { z } from "zod";
import { fromPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { parsePreviewCursor } from "./rules";

const idOf = (kind: "variant" | "preview") =>
  z
    .string()
    .transform((text) => {
      const id = fromPublicId(kind, text);
      return id.ok ? id.value : undefined;
    })
    .optional()
    .catch(undefined);

/** What the page of a list may be asked for; an unknown or damaged part reads as not asked for. */
export const PreviewsQuery = z.object({
  variant: idOf("variant"),
  q: z
    .string()
    .trim()
    .max(limits.previewQueryMax)
    .transform((text) => text || undefined)
    .optional()
    .catch(undefined),
  cursor: z
    .string()
    .transform((text) => parsePreviewCursor(text) ?? undefined)
    .optional()
    .catch(undefined),
});

/** The card that a product's page shows as chosen. */
export const ChosenQuery = z.object({ card: idOf("preview") });
