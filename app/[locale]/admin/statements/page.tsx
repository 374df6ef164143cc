import type { Metadata } from "next";
import { StatementsView } from "@/components/admin/statements-view";
import { readQuery, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { StatementListQuery } from "@/lib/features/statements/schema";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { askForStatementAction } from "./actions";

interface PageProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).statements.title };
}

export default async function StatementsPage({ params, searchParams }: PageProps) {
  const locale = toLocale((await params).locale);
  const { viewer } = await requireRole("admin", locale, "/admin/statements");
  const query = await readQuery(StatementListQuery, searchParams);
  return <StatementsView locale={locale} viewer={viewer} query={query} askForDay={askForStatementAction} />;
}
