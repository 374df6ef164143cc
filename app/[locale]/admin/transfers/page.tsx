import type { Metadata } from "next";
import { TransfersView } from "@/components/admin/transfers-view";
import { readQuery, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { TransferListQuery } from "@/lib/features/transfers/schema";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { confirmTransferAction, recordTransferAction, refuseTransferAction } from "./actions";

interface PageProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).transfers.title };
}

export default async function TransfersPage({ params, searchParams }: PageProps) {
  const locale = toLocale((await params).locale);
  const { viewer } = await requireRole("admin", locale, "/admin/transfers");
  return (
    <TransfersView
      locale={locale}
      viewer={viewer}
      query={await readQuery(TransferListQuery, searchParams)}
      record={recordTransferAction}
      confirm={confirmTransferAction}
      refuse={refuseTransferAction}
    />
  );
}
