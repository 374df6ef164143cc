import { z } from "zod";
import { fromPublicId, type IdKind } from "@/lib/kernel/id";

/** A public id in an address, as the id of its row; a damaged one, or one of another kind, reads as not asked for: an old link still opens. */
export const idField = (kind: IdKind) =>
  z
    .string()
    .transform((text) => {
      const id = fromPublicId(kind, text);
      return id.ok ? id.value : undefined;
    })
    .optional()
    .catch(undefined);

/** Letters to look for; too many, or one that a database has no place for, read as not asked for. */
export const searchField = (lettersMax: number) =>
  z
    .string()
    .trim()
    .max(lettersMax)
    .refine((text) => !text.includes("\0"))
    .transform((text) => text || undefined)
    .optional()
    .catch(undefined);

/** Where a list goes on; a damaged place reads as its beginning. */
export const cursorField = <T>(parse: (text: string) => T | null) =>
  z
    .string()
    .transform((text) => parse(text) ?? undefined)
    .optional()
    .catch(undefined);
