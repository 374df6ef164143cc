import { OrderPageView } from "@/components/merchant/order-view";
import { baseOf } from "@/components/merchant/view";
import { readQuery, requireId, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { OrderPageQuery } from "@/lib/features/payments/desk-schema";
import { toLocale } from "@/lib/i18n/locale";
import { releaseDeductedAction } from "../../actions";
import { cancelReplacementAction, replaceCardAction } from "../../replacements/actions";
import { deliverByHandAction } from "../actions";

interface PageProps {
  params: Promise<{ locale: string; id: string }>;
  searchParams: SearchParams;
}

export default async function MerchantOrderPage({ params, searchParams }: PageProps) {
  const { locale: language, id } = await params;
  const locale = toLocale(language);
  const { viewer } = await requireRole("merchant", locale, `/merchant/orders/${id}`);
  return (
    <OrderPageView
      locale={locale}
      viewer={viewer}
      base={baseOf(locale, viewer)}
      orderId={requireId("order", id)}
      release={releaseDeductedAction}
      deliver={deliverByHandAction}
      replaceActs={{ replace: replaceCardAction, cancel: cancelReplacementAction }}
      query={await readQuery(OrderPageQuery, searchParams)}
    />
  );
}
