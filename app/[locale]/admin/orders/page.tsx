import type { Metadata } from "next";
import { OrdersView } from "@/components/merchant/orders-view";
import { baseOf } from "@/components/merchant/view";
import { readQuery, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { OrderListQuery } from "@/lib/features/merchants/schema";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { forgetFilterAction, requestExportAction, saveFilterAction } from "../../merchant/actions";

interface PageProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).merchant.orders.title };
}

export default async function AdminOrdersPage({ params, searchParams }: PageProps) {
  const locale = toLocale((await params).locale);
  const { viewer } = await requireRole("admin", locale, "/admin/orders");
  const query = await readQuery(OrderListQuery, searchParams);
  return (
    <OrdersView
      locale={locale}
      viewer={viewer}
      base={baseOf(locale, viewer)}
      query={query}
      actions={{ exportOrders: requestExportAction, save: saveFilterAction, forget: forgetFilterAction }}
    />
  );
}
