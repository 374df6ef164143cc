import { OrderPageView } from "@/components/merchant/order-view";
import { baseOf } from "@/components/merchant/view";
import { requireId } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { toLocale } from "@/lib/i18n/locale";
import { releaseDeductedAction } from "../../actions";

interface PageProps {
  params: Promise<{ locale: string; id: string }>;
}

export default async function MerchantOrderPage({ params }: PageProps) {
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
    />
  );
}
