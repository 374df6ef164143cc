import type { RunScope } from "@/lib/features/reconciliation/runs";
import { err, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import type { Deps } from "@/lib/platform/deps";
import { requestReconciliation } from "./request-reconciliation";

export interface StartReconciliation extends Omit<RunScope, "orderId"> {
  /** As it is written on the order's page. */
  readonly orderNumber?: string | undefined;
}

/** Has the shop compare now what people name as they know it: a period, a shop, an account, or an order by its number. Returns the run's id. */
export async function startReconciliation(
  deps: Deps,
  viewer: Extract<Viewer, { kind: "admin" }>,
  { orderNumber, ...scope }: StartReconciliation,
): Promise<Result<string, "no_order" | "not_found" | "out_of_range">> {
  if (!orderNumber) return requestReconciliation(deps, viewer, scope);
  const order = await deps.db.order.findUnique({ where: { number: orderNumber }, select: { id: true } });
  return order ? requestReconciliation(deps, viewer, { ...scope, orderId: order.id }) : err("no_order");
}
