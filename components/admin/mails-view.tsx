import { ListFrame } from "@/components/merchant/list-frame";
import { PageHead } from "@/components/merchant/page-head";
import { wordOf } from "@/components/merchant/state-badges";
import { Badge } from "@/components/ui/badge";
import { Notice } from "@/components/ui/notice";
import { Cell, HeadCells, Table } from "@/components/ui/table";
import { listMails } from "@/lib/features/operations/queries";
import { MAIL_STATUSES, type MailListQuery } from "@/lib/features/operations/schema";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount, formatStamp } from "@/lib/i18n/format";
import { getDeps } from "@/lib/platform/deps";
import type { AdminListProps } from "./list-props";
import { OrderLink } from "./order-link";

/** Every mail and what became of it; the outbox behind them. */
export async function MailsView({ locale, query }: AdminListProps<MailListQuery>) {
  const { admin, merchant } = getMessages(locale);
  const t = admin.mails;
  const deps = getDeps();
  const { rows, page, hasMore, waiting } = await listMails(deps, query);
  return (
    <>
      <PageHead title={t.title} lead={fill(t.waiting, { count: formatCount(waiting, locale) })} />
      {deps.env.smtpUrl ? null : <Notice className="mb-4">{t.notConfigured}</Notice>}
      <ListFrame
        locale={locale}
        path={`/${locale}/admin/mails`}
        filters={[
          {
            name: "status",
            label: t.status,
            value: query.status ?? "",
            options: MAIL_STATUSES.map((status) => [status, merchant.order.mailStatus[status]] as const),
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
              <tr key={row.id} className="hover:bg-sunken">
                <Cell className="figures whitespace-nowrap text-soft">
                  {formatStamp(row.sentAt ?? row.createdAt, locale)}
                </Cell>
                <Cell className="whitespace-nowrap">{wordOf(merchant.order.mails, row.kind)}</Cell>
                <Cell>
                  <OrderLink locale={locale} orderId={row.orderId} number={row.orderNumber} />
                </Cell>
                <Cell>{row.recipient}</Cell>
                <Cell>
                  <Badge tone={row.status === "failed" ? "seal" : row.status === "sent" ? "strong" : "plain"}>
                    {wordOf(merchant.order.mailStatus, row.status)}
                  </Badge>
                </Cell>
                <Cell className="figures">{row.attempts}</Cell>
                <Cell className="text-soft">{row.lastError ?? "—"}</Cell>
              </tr>
            ))}
          </tbody>
        </Table>
      </ListFrame>
    </>
  );
}
