import type { CloseAnswer, QueryAnswer, UnknownReason } from "./port";

/** Nothing was heard that says anything about the payment: neither paid nor failed, so ask again. */
export const unknown = (reason: UnknownReason): { readonly state: "unknown"; readonly reason: UnknownReason } => ({
  state: "unknown",
  reason,
});

/**
 * What a question tells whoever wanted to close the payment and heard no yes. One that is open all the same is one that this
 * gateway does not close, unless `whilePending` says that it only did not now.
 */
export function closedBy(answer: QueryAnswer, whilePending: CloseAnswer = { state: "unsupported" }): CloseAnswer {
  switch (answer.state) {
    case "paid":
    case "refunded":
      return { state: "already_paid" };
    case "not_found":
      return { state: "not_created" };
    case "pending":
      return whilePending;
    case "closed":
      return { state: "closed" };
    case "unknown":
      return answer;
  }
}
