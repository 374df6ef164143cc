import type { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import type { ProblemCode } from "../problem";

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "header" | "query";
  readonly required: boolean;
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

/** What one address promises; the OpenAPI document and the page for readers are both made from this. */
export interface Operation {
  readonly id: string;
  readonly tag: "Catalogue" | "Orders" | "Payments" | "Quota" | "Merchant" | "Notifications" | "Ledger" | "Operations";
  readonly method: "get" | "post";
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly needsToken?: true;
  /** A key that the buyer was given as his card. */
  readonly needsQuotaKey?: true;
  /** The right that a merchant's API key must have. */
  readonly needsKey?: string;
  readonly parameters?: readonly Parameter[];
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly success: {
    readonly status: 200 | 201;
    readonly description: string;
    readonly schema?: z.ZodType;
    readonly contentType?: string;
    readonly headers?: Readonly<Record<string, string>>;
  };
  readonly problems: readonly ProblemCode[];
}

/** A part of the address. */
export const inPath = (name: string, description: string, pattern?: string): Parameter => ({
  name,
  in: "path",
  required: true,
  description,
  schema: { type: "string", ...(pattern && { pattern }) },
});

/** The header by which a lost answer is asked for again. */
export const idempotencyKey = (use: string): Parameter => ({
  name: "Idempotency-Key",
  in: "header",
  required: true,
  description: `${use}: ${limits.idempotencyKeyMin}–${limits.idempotencyKeyMax} printable ASCII characters.`,
  schema: { type: "string", minLength: limits.idempotencyKeyMin, maxLength: limits.idempotencyKeyMax },
});

export const orderId = inPath("id", "The order's id.", "^ord_[0-9a-f]{32}$");

/** What is asked of one order, by whoever holds its token. */
export const ofOrder = { tag: "Orders", needsToken: true, parameters: [orderId] } as const;
