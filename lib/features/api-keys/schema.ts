import { z } from "zod";
import { limits } from "@/lib/kernel/limits";

const code = (message: string) => ({ message });

/** What a key may open. A key has what it was given and no more; nothing opens a card's secret. */
export const API_SCOPES = ["orders:read", "products:read", "products:write"] as const;
export type ApiScope = (typeof API_SCOPES)[number];

export const ApiKeyForm = z.object({
  name: z.string().trim().min(1, code("required")).max(limits.apiKeyNameMax, code("too_long")),
  scopes: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .transform((value) => (value === undefined ? [] : typeof value === "string" ? [value] : value))
    .pipe(z.array(z.enum(API_SCOPES)).min(1, code("required"))),
});
export type ApiKeyForm = z.output<typeof ApiKeyForm>;

export const ApiKeyIdForm = z.object({ keyId: z.uuid() });
