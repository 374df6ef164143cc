import type { LockedOrder } from "@/lib/features/orders/store";
import type { RefundedPayment } from "@/lib/features/payments/refunds";
import { sha256 } from "@/lib/platform/crypto";

/**
 * One short text for everything that a person looks at before money goes back: where the order stands, what it holds, and what of each
 * payment is given. Two looks at the same are the same text; whatever moved in between makes it another.
 */
export function standingOf(order: LockedOrder, payments: readonly RefundedPayment[]): string {
  const { status, exception, settledPaymentId, cardIds } = order;
  const money = payments.map(({ id, givenMinor, returnedMinor, isUnderWay }) =>
    [id, givenMinor, returnedMinor, isUnderWay].join(" "),
  );
  const facts = JSON.stringify([status, exception, settledPaymentId, cardIds, money]);
  return sha256(facts).toString("base64url").slice(0, 22);
}
