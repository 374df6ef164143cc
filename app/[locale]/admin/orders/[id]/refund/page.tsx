import type { Metadata } from "next";
import { RefundView } from "@/components/admin/refund-view";
import { readQuery, requireId, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { RefundQuery } from "@/lib/features/payments/desk-schema";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { confirmRefundAction } from "../../../refunds/actions";

interface PageProps {
  params: Promise<{ locale: string; id: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).money.refunds.title };
}

export default async function RefundPage({ params, searchParams }: PageProps) {
  const { locale: language, id } = await params;
  const locale = toLocale(language);
  const { viewer } = await requireRole("admin", locale, `/admin/orders/${id}/refund`);
  const query = await readQuery(RefundQuery, searchParams);
  return (
    <RefundView
      locale={locale}
      viewer={viewer}
      orderId={requireId("order", id)}
      query={query}
      confirm={confirmRefundAction}
    />
  );
}
