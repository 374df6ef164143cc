import type { Metadata } from "next";
import { StatementView } from "@/components/admin/statement-view";
import { readQuery, requireId, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { StatementRowQuery } from "@/lib/features/statements/schema";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";

interface PageProps {
  params: Promise<{ locale: string; id: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).statements.title };
}

export default async function StatementPage({ params, searchParams }: PageProps) {
  const { locale: language, id } = await params;
  const locale = toLocale(language);
  const { viewer } = await requireRole("admin", locale, `/admin/statements/${id}`);
  const query = await readQuery(StatementRowQuery, searchParams);
  return <StatementView locale={locale} viewer={viewer} fileId={requireId("statement", id)} query={query} />;
}
