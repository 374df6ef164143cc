import type { Metadata } from "next";
import { ReplacementsView } from "@/components/merchant/replacements-view";
import { baseOf } from "@/components/merchant/view";
import { readQuery, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { ReplacementListQuery } from "@/lib/features/replacements/schema";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { cancelReplacementAction } from "../../merchant/replacements/actions";

interface PageProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).life.replace.listTitle };
}

export default async function AdminReplacementsPage({ params, searchParams }: PageProps) {
  const locale = toLocale((await params).locale);
  const { viewer } = await requireRole("admin", locale, "/admin/replacements");
  const query = await readQuery(ReplacementListQuery, searchParams);
  return (
    <ReplacementsView
      locale={locale}
      viewer={viewer}
      base={baseOf(locale, viewer)}
      query={query}
      cancel={cancelReplacementAction}
    />
  );
}
