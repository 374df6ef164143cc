"use server";

import { redirect } from "next/navigation";
import { findHeldOrder } from "@/lib/entry/held-orders";
import { cancelOrder } from "@/lib/flows/cancel-order";
import { checkPayment } from "@/lib/flows/check-payment";
import { startPayment } from "@/lib/flows/start-payment";
import { toLocale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";

/** What "I have paid" came to, when the order is still unpaid. */
export interface CheckState {
  readonly outcome?: "pending" | "rate_limited" | "not_found";
}

const textOf = (data: FormData, name: string): string => String(data.get(name) ?? "").slice(0, 100);
const pageOf = (data: FormData): string => `/${toLocale(textOf(data, "locale"))}/orders/${textOf(data, "orderId")}`;

/** "I have paid": asks the gateway now, and shows the order when it is no longer waiting. */
export async function checkPaymentAction(_before: CheckState, data: FormData): Promise<CheckState> {
  const deps = getDeps();
  const order = await findHeldOrder(deps, textOf(data, "orderId"));
  if (!order) return { outcome: "not_found" };
  const checked = await checkPayment(deps, { orderId: order.id });
  if (!checked.ok) return { outcome: checked.error };
  if (!checked.value.isPayable) redirect(pageOf(data));
  return { outcome: "pending" };
}

/** Gives the cards back and shows the order as it stands, cancelled or not. */
export async function cancelOrderAction(data: FormData): Promise<void> {
  const deps = getDeps();
  const order = await findHeldOrder(deps, textOf(data, "orderId"));
  if (order) await cancelOrder(deps, { orderId: order.id, actor: { kind: "buyer" } });
  redirect(pageOf(data));
}

/** Another way to pay the same order. */
export async function startPaymentAction(data: FormData): Promise<void> {
  const deps = getDeps();
  const accountId = textOf(data, "gateway");
  const order = await findHeldOrder(deps, textOf(data, "orderId"));
  if (order) await startPayment(deps, { orderId: order.id, accountId });
  redirect(`${pageOf(data)}/pay?via=${encodeURIComponent(accountId)}`);
}
