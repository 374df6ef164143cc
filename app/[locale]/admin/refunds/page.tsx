import type { Metadata } from "next";
import { RefundsView } from "@/components/admin/refunds-view";
import { requireRole } from "@/lib/entry/session";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { saveRefundPolicyAction } from "./actions";

interface PageProps {
  params: Promise<{ locale: string }>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).money.refunds.title };
}

export default async function RefundsPage({ params }: PageProps) {
  const locale = toLocale((await params).locale);
  const { viewer } = await requireRole("admin", locale, "/admin/refunds");
  return <RefundsView locale={locale} viewer={viewer} save={saveRefundPolicyAction} />;
}
