import type { Metadata } from "next";
import { FindingsView } from "@/components/admin/findings-view";
import { readQuery, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { FindingListQuery } from "@/lib/features/reconciliation/inbox-schema";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { forgetFilterAction } from "../../merchant/actions";
import { bulkFindingsAction, saveViewAction } from "./actions";

interface PageProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

const ACTIONS = { bulk: bulkFindingsAction, save: saveViewAction, forget: forgetFilterAction };

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).admin.findings.title };
}

export default async function FindingsPage({ params, searchParams }: PageProps) {
  const locale = toLocale((await params).locale);
  const { viewer } = await requireRole("admin", locale, "/admin/findings");
  const query = await readQuery(FindingListQuery, searchParams);
  return <FindingsView locale={locale} viewer={viewer} query={query} actions={ACTIONS} />;
}
