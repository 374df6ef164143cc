import type { Metadata } from "next";
import { RunsView } from "@/components/admin/runs-view";
import { requireRole } from "@/lib/entry/session";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { startReconciliationAction, stopReconciliationAction } from "../actions";

interface PageProps {
  params: Promise<{ locale: string }>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).findings.runs };
}

export default async function RunsPage({ params }: PageProps) {
  const locale = toLocale((await params).locale);
  const { viewer } = await requireRole("admin", locale, "/admin/findings/runs");
  return <RunsView {...{ locale, viewer }} start={startReconciliationAction} stop={stopReconciliationAction} />;
}
