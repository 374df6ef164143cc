"use server";

import { redirect } from "next/navigation";
import { deviceKindOf } from "@/lib/entry/device-kind";
import { findHeldOrder } from "@/lib/entry/held-orders";
import { currentClient } from "@/lib/entry/peer";
import { takeRate } from "@/lib/entry/rate-limit";
import { cancelOrder } from "@/lib/flows/cancel-order";
import { checkPayment } from "@/lib/flows/check-payment";
import { renewPayment } from "@/lib/flows/renew-payment";
import { startPayment } from "@/lib/flows/start-payment";
import { toLocale } from "@/lib/i18n/locale";
import { fromPublicId } from "@/lib/kernel/id";
import { getDeps } from "@/lib/platform/deps";

/** What "I have paid" came to, when the order is still unpaid. */
export interface CheckState {
  readonly outcome?: "pending" | "rate_limited" | "not_found";
}

const textOf = (data: FormData, name: string): string => String(data.get(name) ?? "").slice(0, 100);
const pageOf = (data: FormData): string =>
  `/${toLocale(textOf(data, "locale"))}/orders/${encodeURIComponent(textOf(data, "orderId"))}`;

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

const payPage = (data: FormData, accountId: string, refusal?: string): string =>
  `${pageOf(data)}/pay?via=${encodeURIComponent(accountId)}${refusal ? `&no=${refusal}` : ""}`;

/** Another way to pay the same order; its gateway is asked by the page that shows it. */
export async function startPaymentAction(data: FormData): Promise<void> {
  const deps = getDeps();
  const accountId = textOf(data, "gateway");
  const order = await findHeldOrder(deps, textOf(data, "orderId"));
  const started = order && (await startPayment(deps, { orderId: order.id, accountId }));
  // The one that was named may share its buyers with others: the page shows the one that takes the money.
  if (started?.ok) redirect(payPage(data, started.value.accountId));
  redirect(payPage(data, accountId, started?.error));
}

/** The same way again, for a payment that its gateway refuses or has closed. */
export async function renewPaymentAction(data: FormData): Promise<void> {
  const deps = getDeps();
  const client = await currentClient();
  const order = await findHeldOrder(deps, textOf(data, "orderId"));
  const id = fromPublicId("attempt", textOf(data, "payment"));
  const attempt = id.ok && order?.payments.find((payment) => payment.id === id.value);
  if (!order || !attempt || !(await takeRate(deps, "form", client.address)).ok) redirect(`${pageOf(data)}/pay`);
  const payer = { clientIp: client.ip, device: deviceKindOf(client.userAgent) };
  const renewed = await renewPayment(deps, { orderId: order.id, attemptId: attempt.id, ...payer });
  redirect(renewed.ok ? payPage(data, renewed.value.accountId) : payPage(data, attempt.accountId, renewed.error));
}
