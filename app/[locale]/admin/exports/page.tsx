import type { Metadata } from "next";
import { ExportsView } from "@/components/merchant/exports-view";
import { baseOf } from "@/components/merchant/view";
import { requireRole } from "@/lib/entry/session";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";

interface PageProps {
  params: Promise<{ locale: string }>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).selling.exports.title };
}

export default async function AdminExportsPage({ params }: PageProps) {
  const locale = toLocale((await params).locale);
  const { viewer } = await requireRole("admin", locale, "/admin/exports");
  return <ExportsView locale={locale} viewer={viewer} base={baseOf(locale, viewer)} />;
}
