import type { RemedyField, RemedyQuery } from "@/lib/features/reconciliation/remedy-schema";

/** What must be chosen before a remedy can be looked at. */
const NEEDED: Readonly<Record<string, readonly RemedyField[]>> = {
  fill_from_pool: ["poolId"],
  record_payment: ["orderNumber"],
  withdraw_card: ["cardId"],
  replace_card: ["position"],
};

/** What can be chosen of it, whether it must be or not. */
const CHOICES: Readonly<Record<string, readonly RemedyField[]>> = {
  fill_from_pool: ["poolId"],
  refund_source: ["paymentId"],
  refund_balance: ["paymentId"],
  record_payment: ["orderNumber"],
  withdraw_card: ["cardId"],
  replace_card: ["position", "why"],
  resume_product: ["isConfirmed"],
};

export const fieldsOf = (remedy: string | undefined): readonly RemedyField[] => CHOICES[remedy ?? ""] ?? [];

/** Whether there is enough to look at. */
export const areChosen = (query: RemedyQuery): boolean =>
  (NEEDED[query.remedy ?? ""] ?? []).every((field) => query[field] !== "");
