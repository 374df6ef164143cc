import type { Metadata } from "next";
import { ListFrame } from "@/components/merchant/list-frame";
import { OrdersTable } from "@/components/merchant/orders-table";
import { PageHead } from "@/components/merchant/page-head";
import { baseOf } from "@/components/merchant/view";
import { readQuery, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { listOwedOrders } from "@/lib/features/merchants/orders";
import { PageQuery } from "@/lib/features/operations/schema";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";

interface PageProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).merchant.orders.owedTitle };
}

export default async function OwedPage({ params, searchParams }: PageProps) {
  const locale = toLocale((await params).locale);
  const { viewer } = await requireRole("admin", locale, "/admin/owed");
  const query = await readQuery(PageQuery, searchParams);
  const t = getMessages(locale).merchant.orders;
  const { rows, page, hasMore } = await listOwedOrders(getDeps(), viewer, query.page);
  const empty = { title: t.owedNone, text: "" };
  return (
    <>
      <PageHead title={t.owedTitle} lead={t.owedLead} />
      <ListFrame
        locale={locale}
        path={`/${locale}/admin/owed`}
        page={page}
        hasMore={hasMore}
        isEmpty={rows.length === 0}
        empty={empty}
        none={empty}
      >
        <OrdersTable locale={locale} viewer={viewer} base={baseOf(locale, viewer)} label={t.owedTitle} orders={rows} />
      </ListFrame>
    </>
  );
}
