import type { Metadata } from "next";
import { CachesView } from "@/components/admin/caches-view";
import { requireRole } from "@/lib/entry/session";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { checkCachesAction, rebuildCachesAction } from "./actions";

interface PageProps {
  params: Promise<{ locale: string }>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).reports.caches.title };
}

export default async function CachesPage({ params }: PageProps) {
  const locale = toLocale((await params).locale);
  await requireRole("admin", locale, "/admin/caches");
  return <CachesView locale={locale} check={checkCachesAction} rebuild={rebuildCachesAction} />;
}
