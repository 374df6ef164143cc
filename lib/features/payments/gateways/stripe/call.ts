import { z } from "zod";
import { err, ok, type Result } from "@/lib/kernel/result";
import { parseJson } from "../json-members";
import type { Pair, UnknownReason } from "../port";
import { send, type Transport } from "../transport";
import { formOf } from "./codec";
import type { StripeConfig } from "./settings";

/** The version whose replies the schemas beside this file describe; an account's own default changes when somebody clicks. */
export const STRIPE_VERSION = "2026-10-28.endive";

export interface StripeRequest {
  readonly method: "GET" | "POST";
  /** "/v1/…" */
  readonly path: string;
  /** In the address for GET, as a form for POST. */
  readonly fields?: readonly Pair[];
  readonly idempotencyKey?: string;
  readonly bytesMax?: number;
}

/** Stripe understood, and either did it or said no. */
export type StripeReply =
  | { readonly kind: "done"; readonly object: unknown; readonly text: string; readonly sentAt: number | null }
  | { readonly kind: "refused"; readonly status: number; readonly code: string };

const Refusal = z.looseObject({
  error: z.looseObject({ type: z.string().max(64), code: z.string().max(128).nullish() }),
});

/**
 * Asks Stripe once, as an account of a pinned version. Only its own JSON says anything; a key that it does not accept, a
 * request of the same number under way, too many requests and its own failures are `unknown`.
 */
export async function callStripe(
  { method, path, fields = [], idempotencyKey, bytesMax }: StripeRequest,
  config: Pick<StripeConfig, "endpoint" | "secretKey">,
  transport: Transport,
): Promise<Result<StripeReply, UnknownReason>> {
  const form = formOf(fields);
  const reply = await send(transport, {
    url: `${config.endpoint}${path}${method === "GET" && form ? `?${form}` : ""}`,
    method,
    headers: {
      authorization: `Bearer ${config.secretKey.reveal()}`,
      "stripe-version": STRIPE_VERSION,
      ...(method === "POST" ? { "content-type": "application/x-www-form-urlencoded" } : {}),
      ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
    },
    ...(method === "POST" ? { body: form } : {}),
    ...(bytesMax === undefined ? {} : { bytesMax }),
  });
  if (!reply.ok) return reply;
  return readReply(reply.value.status, reply.value.body.toString("utf8"), reply.value.headers.get("date"));
}

/** Judges one reply. Pure, and a value for every text. */
export function readReply(
  status: number,
  text: string,
  date: string | null = null,
): Result<StripeReply, UnknownReason> {
  if (status === 401 || status === 403) return err("credentials_refused");
  if (status === 409 || status === 429) return err("gateway_busy");
  const object = parseJson(text);
  if (status === 200) {
    if (typeof object !== "object" || object === null || Array.isArray(object)) return err("unreadable");
    const sentAt = Date.parse(date ?? "");
    return ok({ kind: "done", object, text, sentAt: Number.isNaN(sentAt) ? null : sentAt });
  }
  const refusal = Refusal.safeParse(object);
  if (![400, 402, 404].includes(status) || !refusal.success) return err("http_status");
  const { type, code } = refusal.data.error;
  return ok({ kind: "refused", status, code: [code, type].find((word) => /^[a-z0-9_]{1,64}$/.test(word ?? "")) ?? "" });
}
