import { notFound } from "next/navigation";
import type { ComponentProps } from "react";
import type { ActionForm } from "@/components/form/action-form";
import { PageHead, QuietLink } from "@/components/merchant/page-head";
import { OrderBadges, wordOf } from "@/components/merchant/state-badges";
import { Timeline } from "@/components/merchant/timeline";
import { Notice } from "@/components/ui/notice";
import { findOrderPage, type OrderPage } from "@/lib/features/merchants/order-page";
import { type RefundQuery, readAmount } from "@/lib/features/payments/desk-schema";
import { listRefundablePayments, type RefundablePayment } from "@/lib/features/payments/refund-state";
import { listWaysBack } from "@/lib/features/payments/ways-back";
import { previewRefund } from "@/lib/flows/preview-refund";
import { getMessages } from "@/lib/i18n";
import { fill } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import type { Viewer } from "@/lib/kernel/viewer";
import { getDeps } from "@/lib/platform/deps";
import { type RefundErrors, RefundForm } from "./refund-form";
import { ConfirmRefund } from "./refund-preview";

interface RefundViewProps {
  readonly locale: Locale;
  readonly viewer: Viewer;
  readonly orderId: string;
  readonly query: RefundQuery;
  readonly confirm: ComponentProps<typeof ActionForm>["action"];
}

/** Giving money back, in two steps that work without scripts: what is wanted, then exactly what it changes, and only then the button. */
export async function RefundView({ locale, viewer, orderId, query, confirm }: RefundViewProps) {
  const [order, payments] = await Promise.all([
    findOrderPage(getDeps(), viewer, orderId),
    listRefundablePayments(getDeps(), viewer, orderId),
  ]);
  const payment = payments.find(({ id }) => id === query.payment) ?? payments[0];
  if (!order || !payment) notFound();
  const t = getMessages(locale).money.refund;
  const path = `/${locale}/admin/orders/${toPublicId("order", orderId)}`;
  const ways = await listWaysBack(getDeps(), payments);
  const errors = query.look ? errorsOf(query, payment) : {};
  const isReady = query.look !== undefined && Object.keys(errors).length === 0;
  return (
    <>
      <PageHead title={fill(t.title, { number: order.number })} lead={t.lead}>
        <OrderBadges status={order.status} exception={order.exception} locale={locale} />
        <QuietLink href={path}>{t.back}</QuietLink>
      </PageHead>
      {query.since && query.refused ? <Changed {...{ locale, order, query }} since={query.since} /> : null}
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <RefundForm
          {...{ locale, payments, payment, query, errors }}
          path={`${path}/refund`}
          ways={ways.get(payment.id)!}
        />
        {isReady ? <Preview {...{ locale, viewer, orderId, payment, query, confirm }} /> : null}
      </div>
    </>
  );
}

/** What the first step lacks, by field; the flow judges again whatever comes through. */
function errorsOf(query: RefundQuery, payment: RefundablePayment): RefundErrors {
  return {
    ...(readAmount(query.amount, payment.currency) === "malformed" && { amount: "price_malformed" as const }),
    ...(query.reason === "" && { reason: "required" as const }),
    ...(query.way === "by_hand" && query.reference === "" && { reference: "reference_missing" as const }),
    ...(query.way === undefined && { way: "required" as const }),
  };
}

async function Preview(
  props: Readonly<Omit<RefundViewProps, "viewer"> & { viewer: Viewer; payment: RefundablePayment }>,
) {
  const { locale, viewer, orderId, payment, query } = props;
  const { money, staff } = getMessages(locale);
  const amount = readAmount(query.amount, payment.currency);
  const wanted = { amountMinor: amount === "malformed" ? null : amount, method: query.way ?? "source" };
  const preview = await previewRefund(getDeps(), viewer, { orderId, paymentId: payment.id, wanted });
  if (!preview.ok)
    return (
      <Notice tone="seal" role="alert" title={money.refund.refusedTitle}>
        {wordOf(staff.errors, preview.error)}
      </Notice>
    );
  return <ConfirmRefund {...props} method={wanted.method} preview={preview.value} />;
}

/** Somebody was faster: what happened to the order since this admin looked, in the words of its time line. */
function Changed({
  locale,
  order,
  query,
  since,
}: Readonly<{ locale: Locale; order: OrderPage; query: RefundQuery; since: string }>) {
  const { money, staff } = getMessages(locale);
  const rows = order.timeline.filter(({ at }) => at.getTime() > Date.parse(since));
  return (
    <Notice tone="seal" role="alert" title={money.refund.changedTitle} className="mb-6">
      {query.refused && query.refused !== "order_changed" ? <p>{wordOf(staff.errors, query.refused)}</p> : null}
      <p>{rows.length > 0 ? money.refund.changedLead : money.refund.changedNothing}</p>
      {rows.length > 0 ? (
        <div className="mt-3">
          <Timeline rows={rows} locale={locale} />
        </div>
      ) : null}
    </Notice>
  );
}
