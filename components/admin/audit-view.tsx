import { ListFrame } from "@/components/merchant/list-frame";
import { PageHead } from "@/components/merchant/page-head";
import { wordOf } from "@/components/merchant/state-badges";
import { Cell, HeadCells, Table } from "@/components/ui/table";
import { listAuditEvents } from "@/lib/features/operations/queries";
import { AUDIT_TOPICS, type AuditListQuery } from "@/lib/features/operations/schema";
import { getMessages } from "@/lib/i18n";
import { formatStamp } from "@/lib/i18n/format";
import { getDeps } from "@/lib/platform/deps";
import { detailText } from "./finding-words";
import type { AdminListProps } from "./list-props";

/** Who changed what, and when. */
export async function AuditView({ locale, query }: AdminListProps<AuditListQuery>) {
  const { admin, merchant } = getMessages(locale);
  const t = admin.audit;
  const { rows, page, hasMore } = await listAuditEvents(getDeps(), query);
  return (
    <>
      <PageHead title={t.title} lead={t.lead} />
      <ListFrame
        locale={locale}
        path={`/${locale}/admin/audit`}
        filters={[
          {
            name: "action",
            label: t.topic,
            value: query.action ?? "",
            options: AUDIT_TOPICS.map((topic) => [topic, t.topics[topic]] as const),
          },
        ]}
        page={page}
        hasMore={hasMore}
        isEmpty={rows.length === 0}
        empty={{ title: t.emptyTitle, text: t.emptyText }}
        none={{ title: t.emptyTitle, text: "" }}
      >
        <Table aria-label={t.title}>
          <thead>
            <tr>
              <HeadCells names={Object.values(t.columns)} />
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id.toString()} className="hover:bg-sunken">
                <Cell className="figures whitespace-nowrap text-soft">{formatStamp(row.at, locale)}</Cell>
                <Cell className="whitespace-nowrap">
                  {row.actorEmail ?? wordOf(merchant.labels.role, row.actorKind)}
                </Cell>
                <Cell className="secret-text whitespace-nowrap text-xs">{row.action}</Cell>
                <Cell className="secret-text min-w-56 text-xs">
                  {row.subjectKind} {row.subjectId}
                </Cell>
                <Cell className="secret-text min-w-56 text-xs">{detailText(row.detail)}</Cell>
              </tr>
            ))}
          </tbody>
        </Table>
      </ListFrame>
    </>
  );
}
