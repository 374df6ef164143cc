import type { Metadata } from "next";
import { GatewaysView } from "@/components/admin/gateways-view";
import { requireRole } from "@/lib/entry/session";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";

interface PageProps {
  params: Promise<{ locale: string }>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).admin.gateways.title };
}

export default async function GatewaysPage({ params }: PageProps) {
  const locale = toLocale((await params).locale);
  const { viewer } = await requireRole("admin", locale, "/admin/gateways");
  return <GatewaysView locale={locale} viewer={viewer} />;
}
