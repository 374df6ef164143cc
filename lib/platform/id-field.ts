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
