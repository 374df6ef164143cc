import type { Metadata } from "next";
import { ProofView } from "@/components/admin/proof-view";
import { lastProof } from "@/lib/entry/proof";
import { requireRole } from "@/lib/entry/session";
import { readProofBoard } from "@/lib/features/operations/proof";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";
import { resumeAuditedAction, runProofAction } from "../actions";

interface PageProps {
  params: Promise<{ locale: string }>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).admin.proof.title };
}

export default async function ProofPage({ params }: PageProps) {
  const locale = toLocale((await params).locale);
  await requireRole("admin", locale, "/admin/proof");
  const board = await readProofBoard(getDeps());
  return (
    <ProofView locale={locale} report={lastProof()} board={board} run={runProofAction} resume={resumeAuditedAction} />
  );
}
