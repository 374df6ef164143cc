import type { z } from "zod";
import type { PaymentView as FlowPayment, PlacedOrder } from "@/lib/features/orders/place-command";
import type { OrderView as FlowOrder } from "@/lib/features/orders/view";
import { toPublicId } from "@/lib/kernel/id";
import type { OrderView, PaymentView, PlacedOrderView } from "./schema";

/** What flows answer, as programs read it: prefixed ids, amounts in strings, times in UTC. */

const instant = (at: Date | null): string | null => at?.toISOString() ?? null;

export const toPaymentView = (payment: FlowPayment): z.infer<typeof PaymentView> => ({
  id: toPublicId("attempt", payment.id),
  gateway: payment.accountId,
  kind: payment.kind,
  ...(payment.url === undefined ? {} : { url: payment.url }),
  ...(payment.text === undefined ? {} : { text: payment.text }),
  ...(payment.fields === undefined ? {} : { fields: payment.fields.map(([name, value]) => [name, value]) }),
  ...(payment.network === undefined ? {} : { network: payment.network }),
  ...(payment.payable === undefined ? {} : { payable: payment.payable }),
  ...(payment.payableCurrency === undefined ? {} : { payableCurrency: payment.payableCurrency }),
  ...(payment.payee === undefined ? {} : { payee: payment.payee }),
  ...(payment.account === undefined ? {} : { account: payment.account }),
  ...(payment.bank === undefined ? {} : { bank: payment.bank }),
  ...(payment.reference === undefined ? {} : { reference: payment.reference }),
  ...(payment.closesAt === undefined ? {} : { closesAt: payment.closesAt.toISOString() }),
  ...(payment.staleAt === undefined ? {} : { staleAt: payment.staleAt.toISOString() }),
});

/** The same bytes for a first answer and for every replay: only frozen columns go into it, in a fixed order. */
export const toPlacedOrderView = (order: PlacedOrder): z.infer<typeof PlacedOrderView> => ({
  id: toPublicId("order", order.id),
  number: order.number,
  status: order.status,
  exception: order.exception,
  totalMinor: order.totalMinor.toString(),
  currency: order.currency,
  deadlineAt: order.deadlineAt.toISOString(),
  token: order.token.reveal(),
  payment: toPaymentView(order.payment),
});

const toLineView = (line: FlowOrder["lines"][number], locale: FlowOrder["locale"]) => ({
  variantId: toPublicId("variant", line.variantId),
  productSlug: line.productSlug,
  title: locale === "zh" ? line.titleZh : line.titleEn,
  variantTitle: locale === "zh" ? line.variantTitleZh : line.variantTitleEn,
  quantity: line.quantity,
  unitPriceMinor: line.unitPriceMinor.toString(),
  ...(line.chosen && { card: { preview: line.chosen.preview, extraMinor: line.chosen.extraMinor.toString() } }),
});

export const toOrderView = (order: FlowOrder): z.infer<typeof OrderView> => ({
  id: toPublicId("order", order.id),
  number: order.number,
  status: order.status,
  exception: order.exception,
  locale: order.locale,
  quantity: order.quantity,
  totalMinor: order.totalMinor.toString(),
  paidMinor: order.paidMinor.toString(),
  currency: order.currency,
  createdAt: order.createdAt.toISOString(),
  deadlineAt: order.deadlineAt.toISOString(),
  paidAt: instant(order.paidAt),
  deliveredAt: instant(order.deliveredAt),
  ...(order.promisedBy === null ? {} : { promisedBy: order.promisedBy.toISOString() }),
  serverNow: order.serverNow.toISOString(),
  isPayable: order.isPayable,
  lines: order.lines.map((line) => toLineView(line, order.locale)),
  payments: order.payments.map(toPaymentView),
});
