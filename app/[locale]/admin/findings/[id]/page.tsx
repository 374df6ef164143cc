import type { Metadata } from "next";
import { FindingRemedies } from "@/components/admin/finding-remedies";
import { FindingView } from "@/components/admin/finding-view";
import { readQuery, requireId, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { RemedyQuery } from "@/lib/features/reconciliation/remedy-schema";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import {
  applyRemedyAction,
  assignFindingAction,
  closeFindingAction,
  decideRemedyAction,
  leaveFindingAction,
  noteFindingAction,
  reopenFindingAction,
  takeFindingAction,
} from "../actions";

interface PageProps {
  params: Promise<{ locale: string; id: string }>;
  searchParams: SearchParams;
}

const ACTIONS = {
  take: takeFindingAction,
  leave: leaveFindingAction,
  assign: assignFindingAction,
  note: noteFindingAction,
  close: closeFindingAction,
  reopen: reopenFindingAction,
};
const REMEDIES = { apply: applyRemedyAction, decide: decideRemedyAction };

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).admin.findings.title };
}

export default async function FindingPage({ params, searchParams }: PageProps) {
  const { locale: language, id } = await params;
  const locale = toLocale(language);
  const { viewer } = await requireRole("admin", locale, `/admin/findings/${id}`);
  const query = await readQuery(RemedyQuery, searchParams);
  return (
    <FindingView
      {...{ locale, viewer }}
      findingId={requireId("finding", id)}
      actions={ACTIONS}
      remedies={(page) => <FindingRemedies {...{ locale, viewer, page, query }} actions={REMEDIES} />}
    />
  );
}
