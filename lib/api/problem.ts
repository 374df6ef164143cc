import type { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { jsonReply, type Reply } from "./http";

/** Every refusal of the API (RFC 9457). The code is for programs and never changes; the sentence is for people. */
export const PROBLEMS = {
  invalid_idempotency_key: {
    status: 400,
    title: "Invalid idempotency key",
    detail: `Send an Idempotency-Key header of ${limits.idempotencyKeyMin} to ${limits.idempotencyKeyMax} printable ASCII characters, the same one when you ask again.`,
  },
  not_json: { status: 400, title: "Not JSON", detail: "The body must be one JSON value in UTF-8." },
  unauthorized: {
    status: 401,
    title: "Unauthorized",
    detail: "Send a good API key as Authorization: Bearer. This one is missing, wrong, ended or revoked.",
  },
  forbidden: { status: 403, title: "Forbidden", detail: "This API key has not the right that this address needs." },
  not_found: {
    status: 404,
    title: "Not found",
    detail: "There is nothing here for this address and these credentials.",
  },
  method_not_allowed: {
    status: 405,
    title: "Method not allowed",
    detail: "This address exists, but not for this method; the Allow header names those it has.",
  },
  request_timeout: { status: 408, title: "Request timeout", detail: "The body did not arrive in time." },
  conflict: {
    status: 409,
    title: "Conflict",
    detail: "It was changed since you read it. Nothing was changed; read it again, then decide.",
  },
  insufficient_stock: {
    status: 409,
    title: "Insufficient stock",
    detail: "There is not enough stock for this quantity. No order was placed.",
  },
  idempotency_conflict: {
    status: 409,
    title: "Idempotency conflict",
    detail:
      "This idempotency key was already used with another body. Nothing was changed; use a new key for a new order or call.",
  },
  card_taken: {
    status: 409,
    title: "Card taken",
    detail:
      "The card that was chosen is somebody else's by now. No order was placed; list the cards and choose another.",
  },
  price_changed: {
    status: 409,
    title: "Price changed",
    detail: "The card costs another extra price than you named. No order was placed; list the cards and look again.",
  },
  not_for_sale: {
    status: 409,
    title: "Not for sale",
    detail: "This variant is not for sale at the moment. No order was placed.",
  },
  buyer_limit: {
    status: 409,
    title: "Buyer limit",
    detail: "One buyer may have only so many of this variant, and this order would go beyond. No order was placed.",
  },
  not_delivered: {
    status: 409,
    title: "Not delivered",
    detail: "Nothing has been delivered for this order yet, so there are no secrets to show.",
  },
  quota_exhausted: {
    status: 409,
    title: "Quota exhausted",
    detail:
      "Less is left of this key than was asked for; fields says how much. Nothing was spent, and the idempotency key is unused.",
  },
  not_payable: {
    status: 409,
    title: "Not payable",
    detail: "This order is no longer waiting for a payment. Nothing was changed.",
  },
  too_many_attempts: {
    status: 409,
    title: "Too many payment attempts",
    detail: "This order has had as many payment attempts as one order may have; pay one of those that exist.",
  },
  gateway_refused: {
    status: 409,
    title: "Gateway refused",
    detail: "The gateway will not take this payment. The order still waits: choose another way to pay.",
  },
  not_cancellable: {
    status: 409,
    title: "Not cancellable",
    detail: "Only an order that still waits for its payment can be cancelled. Nothing was changed.",
  },
  too_large: { status: 413, title: "Too large", detail: "The body is larger than this address accepts." },
  invalid: {
    status: 422,
    title: "Invalid",
    detail:
      "The body was understood, but some fields are not acceptable; they are listed in fields. Nothing was changed.",
  },
  rate_limited: {
    status: 429,
    title: "Rate limited",
    detail:
      "This is more than one buyer may ask for at the moment. Nothing was changed; wait as long as Retry-After says.",
  },
  unexpected: {
    status: 500,
    title: "Unexpected error",
    detail: "Something went wrong on our side and was recorded. Ask again with the same idempotency key: it is safe.",
  },
  busy: {
    status: 503,
    title: "Busy",
    detail: "The shop has more to do than it can queue. Nothing was changed; ask again with the same idempotency key.",
  },
  gateway_silent: {
    status: 503,
    title: "Gateway silent",
    detail: "The gateway has not answered. No money moved and the order still waits; ask again, or choose another way.",
  },
  unavailable: {
    status: 503,
    title: "Unavailable",
    detail: "The shop cannot reach its database. Ask again with the same idempotency key: it is safe.",
  },
} as const satisfies Record<string, { status: number; title: string; detail: string }>;

export type ProblemCode = keyof typeof PROBLEMS;
export const PROBLEM_CODES = Object.keys(PROBLEMS) as ProblemCode[];

/** One field that is not acceptable. The value itself is never repeated: it may be a password. */
export interface ProblemField {
  readonly path: string;
  readonly code: string;
  readonly detail: string;
}

export interface ProblemExtras {
  readonly fields?: readonly ProblemField[];
  readonly headers?: Readonly<Record<string, string>>;
}

// Where no limiter knows the rest of its window: a buyer's cap frees itself as open orders lapse or are paid.
const RETRY_AFTER = { rate_limited: "30", busy: "1", gateway_silent: "3", unavailable: "5" } as const;

/** The answer for a refusal; `type` leads to the paragraph of the documentation that explains the code. */
export function problem(code: ProblemCode, extras: ProblemExtras = {}): Reply {
  const { status, title, detail } = PROBLEMS[code];
  const retryAfter = (RETRY_AFTER as Partial<Record<ProblemCode, string>>)[code];
  return jsonReply(
    status,
    { type: `/api/docs#${code}`, title, status, code, detail, ...fieldsOf(extras) },
    {
      "Content-Type": "application/problem+json; charset=utf-8",
      ...(retryAfter ? { "Retry-After": retryAfter } : {}),
      ...extras.headers,
    },
  );
}

const fieldsOf = ({ fields }: ProblemExtras) => (fields ? { fields: fields.slice(0, limits.problemFieldsMax) } : {});

/** 422 with one entry for each field that zod refused, an unknown field included. */
export const invalidBody = (error: z.ZodError, input: unknown): Reply =>
  problem("invalid", { fields: error.issues.flatMap((issue) => toFields(issue, input)) });

/** 422 for one field that only a flow could judge. */
export const invalidField = (path: string, code: string, detail: string): Reply =>
  problem("invalid", { fields: [{ path, code, detail }] });

const NAME_LETTERS_MAX = 100;

function toFields(issue: z.core.$ZodIssue, input: unknown): ProblemField[] {
  const path = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    const within = path === "" ? "" : `${path}.`;
    return issue.keys.map((key) => ({
      path: `${within}${key}`.slice(0, NAME_LETTERS_MAX),
      code: "unrecognized",
      detail: "There is no such field.",
    }));
  }
  if (isMissing(issue.path, input)) return [{ path, code: "missing", detail: "This field is required." }];
  return [{ path, code: issue.code, detail: sentence(issue.message) }];
}

const isMissing = ([name]: readonly PropertyKey[], input: unknown): boolean =>
  name !== undefined && typeof input === "object" && input !== null && !Object.hasOwn(input, name);

const sentence = (text: string): string => (text.endsWith(".") ? text : `${text}.`);
