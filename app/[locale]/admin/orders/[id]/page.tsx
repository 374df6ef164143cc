import { GiveUpRefund, RefundActs } from "@/components/admin/refund-acts";
import { OrderPageView } from "@/components/merchant/order-view";
import { baseOf } from "@/components/merchant/view";
import { readQuery, requireId, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { OrderPageQuery } from "@/lib/features/payments/desk-schema";
import { toLocale } from "@/lib/i18n/locale";
import { releaseDeductedAction } from "../../../merchant/actions";
import { cancelReplacementAction, replaceCardAction } from "../../../merchant/replacements/actions";
import {
  askRefundNowAction,
  cancelRefundAction,
  decideRefundAction,
  giveUpRefundAction,
  retryRefundAction,
} from "../../refunds/actions";

interface PageProps {
  params: Promise<{ locale: string; id: string }>;
  searchParams: SearchParams;
}

const ACTIONS = {
  retry: retryRefundAction,
  askNow: askRefundNowAction,
  cancel: cancelRefundAction,
  decide: decideRefundAction,
};

export default async function AdminOrderPage({ params, searchParams }: PageProps) {
  const { locale: language, id } = await params;
  const locale = toLocale(language);
  const { viewer } = await requireRole("admin", locale, `/admin/orders/${id}`);
  return (
    <OrderPageView
      locale={locale}
      viewer={viewer}
      base={baseOf(locale, viewer)}
      orderId={requireId("order", id)}
      release={releaseDeductedAction}
      replaceActs={{ replace: replaceCardAction, cancel: cancelReplacementAction }}
      query={await readQuery(OrderPageQuery, searchParams)}
      acts={(refund, isLast) => <RefundActs locale={locale} refund={refund} actions={ACTIONS} isLast={isLast} />}
      giveUp={({ id: orderId, timeline }) => (
        <GiveUpRefund locale={locale} orderId={orderId} timeline={timeline} giveUp={giveUpRefundAction} />
      )}
    />
  );
}
