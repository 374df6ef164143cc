import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { cursorField, idField, searchField } from "@/lib/platform/query-fields";
import { parsePreviewCursor } from "./rules";

/** What the page of a list may be asked for; an unknown or damaged part reads as not asked for. */
export const PreviewsQuery = z.object({
  variant: idField("variant"),
  q: searchField(limits.previewQueryMax),
  cursor: cursorField(parsePreviewCursor),
});

/** The card that a product's page shows as chosen. */
export const ChosenQuery = z.object({ card: idField("preview") });

/** What a person says of a card; judged with the currency of its variant. */
export const PreviewForm = z.object({
  cardId: z.uuid(),
  preview: z
    .string()
    .max(limits.previewLettersMax * 4, { message: "preview_malformed" })
    .default(""),
  extra: z.string().max(20, { message: "extra_malformed" }).default(""),
});
