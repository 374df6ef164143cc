import { findOrderView, type OrderView } from "@/lib/features/orders/view";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Deps } from "@/lib/platform/deps";
import { secondsUntilTurn, takeTurn } from "@/lib/platform/rate-limit";
import { askGateway } from "./ask-gateway";

const CHECKS = {
  name: "payment-check",
  points: limits.paymentChecksPerOrder,
  seconds: limits.paymentChecksWindowSeconds,
};

/** How long the order's gateways will not be asked again on a buyer's word, in whole seconds and at least one. */
export const secondsUntilCheck = async (deps: Deps, orderId: string): Promise<number> =>
  Math.max(1, await secondsUntilTurn(deps, CHECKS, orderId));

/**
 * "I have paid": asks every gateway of the order at once and settles what they vouch for, then tells how the order stands.
 * A silent gateway costs its timeout and changes nothing; the notice or the next scheduled question will tell.
 */
export async function checkPayment(
  deps: Deps,
  { orderId }: { orderId: string },
): Promise<Result<OrderView, "not_found" | "rate_limited">> {
  const order = await findOrderView(deps, orderId);
  if (!order) return err("not_found");
  if (!(await takeTurn(deps, CHECKS, orderId))) return err("rate_limited");
  await Promise.allSettled(
    order.payments.map(({ accountId, outTradeNo }) => askGateway(deps, { accountId, outTradeNo })),
  );
  return ok((await findOrderView(deps, orderId)) ?? order);
}
