import type { Metadata } from "next";
import { RemedyPoliciesView } from "@/components/admin/remedy-policies-view";
import { requireRole } from "@/lib/entry/session";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { saveRemedyPolicyAction, stopRemediesAction } from "../actions";

interface PageProps {
  params: Promise<{ locale: string }>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).findings.policies.title };
}

export default async function AutomaticRemediesPage({ params }: PageProps) {
  const locale = toLocale((await params).locale);
  await requireRole("admin", locale, "/admin/findings/automatic");
  return <RemedyPoliciesView locale={locale} save={saveRemedyPolicyAction} stop={stopRemediesAction} />;
}
