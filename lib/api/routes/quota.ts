import { findQuota } from "@/lib/features/quota/queries";
import { type Spent, spendQuota } from "@/lib/flows/spend-quota";
import { isQuotaKey } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { Secret } from "@/lib/kernel/secret";
import { sha256 } from "@/lib/platform/crypto";
import type { Deps } from "@/lib/platform/deps";
import { takeTurn } from "@/lib/platform/rate-limit";
import { readJson } from "../body";
import { type ApiContext, header, jsonReply, type Reply, send } from "../http";
import { problem } from "../problem";
import { SpendQuotaBody } from "../quota-schema";
import type { Route } from "../route";
import { isIdempotencyKey } from "../schema";

const BEARER = /^Bearer +(\S+)$/i;
const TURNS = { name: "quota", points: limits.quotaCallsPerMinute, seconds: 60 };

/** The key that a request bears, or null for what cannot be one: that asks neither the database nor a limiter. */
function keyOf(c: ApiContext): Secret | null {
  const text = BEARER.exec(header(c, "authorization") ?? "")?.[1] ?? "";
  return isQuotaKey(text) ? new Secret(text) : null;
}

/** Keys that hash alike in their first letters share their turns: invented ones must not fill the memory. */
const turnOf = (key: Secret): string => `${sha256(key.reveal()).readUInt32BE() % limits.quotaCallCountsMax}`;

function figuresOf({ used, usesMax }: { readonly used: number; readonly usesMax: number }) {
  return { used, remaining: usesMax - used, usesMax };
}

function answerOf(spent: Spent): Reply {
  switch (spent.verdict) {
    case "spent":
    case "replayed": {
      const replayed = spent.verdict === "replayed" ? { "Idempotency-Replayed": "true" } : undefined;
      return jsonReply(201, { uses: spent.uses, ...figuresOf(spent) }, replayed);
    }
    case "exhausted": {
      const { remaining } = figuresOf(spent);
      const field = { path: "uses", code: "too_many", detail: `Of this key ${remaining} are left.` };
      return problem("quota_exhausted", { fields: [field] });
    }
    default:
      return problem(spent.verdict);
  }
}

async function spend(c: ApiContext, deps: Deps): Promise<Response> {
  const callId = header(c, "idempotency-key");
  const body = await readJson(c, SpendQuotaBody, { bytesMax: limits.quotaBodyBytesMax, ifEmpty: {} });
  const key = keyOf(c);
  // Whoever has no key hears nothing about the rest.
  if (!key) return send(c, problem("not_found"));
  if (!isIdempotencyKey(callId)) return send(c, problem("invalid_idempotency_key"));
  if (!body.ok) return send(c, body.error);
  if (!(await takeTurn(deps, TURNS, turnOf(key)))) return send(c, problem("rate_limited"));
  return send(c, answerOf(await spendQuota(deps, { key, callId, uses: body.value.uses })));
}

async function read(c: ApiContext, deps: Deps): Promise<Response> {
  const key = keyOf(c);
  if (!key) return send(c, problem("not_found"));
  if (!(await takeTurn(deps, TURNS, turnOf(key)))) return send(c, problem("rate_limited"));
  const figures = await findQuota(deps, key);
  return send(c, figures ? jsonReply(200, figuresOf(figures)) : problem("not_found"));
}

export const quotaRoutes: readonly Route[] = [
  { method: "POST", path: "/api/v1/quota/uses", answer: spend },
  { method: "GET", path: "/api/v1/quota", answer: read },
];
