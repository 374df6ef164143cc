import { QuotaView, SpendQuotaBody, SpentQuotaView } from "../quota-schema";
import { idempotencyKey, type Operation } from "./operation";

/** Keys that are spent piece by piece. */
export const quotaOperations: readonly Operation[] = [
  {
    id: "spendQuota",
    tag: "Quota",
    needsQuotaKey: true,
    method: "post",
    path: "/api/v1/quota/uses",
    summary: "Spend uses of a key",
    description:
      "For the holder of a key (kq_…) that was bought as a card and is good for so many uses. Counted once for each Idempotency-Key: ask again after a lost answer, and you get the first answer, also when nothing is left. A refused call does not use up its Idempotency-Key. A key that is unknown, not delivered, replaced or refunded gets the same 404.",
    parameters: [idempotencyKey("One per use, within its key")],
    body: SpendQuotaBody,
    success: {
      status: 201,
      description: "The uses are spent; the figures are those after this call.",
      schema: SpentQuotaView,
      headers: { "Idempotency-Replayed": "true when this call had already been counted." },
    },
    problems: [
      "invalid_idempotency_key",
      "not_json",
      "not_found",
      "quota_exhausted",
      "idempotency_conflict",
      "too_large",
      "invalid",
      "rate_limited",
      "busy",
    ],
  },
  {
    id: "getQuota",
    tag: "Quota",
    needsQuotaKey: true,
    method: "get",
    path: "/api/v1/quota",
    summary: "Read what is left of a key",
    description: "Spends nothing.",
    success: { status: 200, description: "The key's figures.", schema: QuotaView },
    problems: ["not_found", "rate_limited"],
  },
];
