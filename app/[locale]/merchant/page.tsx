import type { Metadata } from "next";
import { OverviewView } from "@/components/merchant/overview-view";
import { baseOf } from "@/components/merchant/view";
import { requireRole } from "@/lib/entry/session";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";

interface PageProps {
  params: Promise<{ locale: string }>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).merchant.overview.title };
}

export default async function MerchantOverviewPage({ params }: PageProps) {
  const locale = toLocale((await params).locale);
  const { viewer } = await requireRole("merchant", locale, "/merchant");
  return <OverviewView locale={locale} viewer={viewer} base={baseOf(locale, viewer)} />;
}
