import { ListFrame } from "@/components/merchant/list-frame";
import { PageHead } from "@/components/merchant/page-head";
import { wordOf } from "@/components/merchant/state-badges";
import { Badge } from "@/components/ui/badge";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import { listPaymentEvents } from "@/lib/features/operations/queries";
import { EVENT_VERDICTS, type InboxListQuery } from "@/lib/features/operations/schema";
import { getMessages } from "@/lib/i18n";
import { formatMinor, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";
import type { AdminListProps } from "./list-props";
import { OrderLink } from "./order-link";

type EventRow = Awaited<ReturnType<typeof listPaymentEvents>>["rows"][number];

/** The inbox: what gateways vouched for, and what it was judged to be. */
export async function PaymentsView({ locale, query }: AdminListProps<InboxListQuery>) {
  const { admin, merchant } = getMessages(locale);
  const t = admin.payments;
  const { rows, page, hasMore } = await listPaymentEvents(getDeps(), query);
  return (
    <>
      <PageHead title={t.title} lead={t.lead} />
      <ListFrame
        locale={locale}
        path={`/${locale}/admin/payments`}
        search={{ value: query.q, hint: t.searchHint }}
        filters={[
          {
            name: "verdict",
            label: t.verdict,
            value: query.verdict ?? "",
            options: EVENT_VERDICTS.map((verdict) => [verdict, merchant.order.verdicts[verdict]] as const),
          },
        ]}
        page={page}
        hasMore={hasMore}
        isEmpty={rows.length === 0}
        empty={{ title: t.emptyTitle, text: t.emptyText }}
        none={{ title: t.noneTitle, text: "" }}
      >
        <EventTable locale={locale} rows={rows} />
      </ListFrame>
    </>
  );
}

function EventTable({ locale, rows }: Readonly<{ locale: Locale; rows: readonly EventRow[] }>) {
  const { title, columns: t } = getMessages(locale).admin.payments;
  return (
    <Table aria-label={title}>
      <thead>
        <tr>
          {[t.at, t.verdict, t.order].map((name) => (
            <HeadCell key={name}>{name}</HeadCell>
          ))}
          <HeadCell className="text-right">{t.amount}</HeadCell>
          {[t.account, t.source, t.outTradeNo, t.tradeNo, t.raw].map((name) => (
            <HeadCell key={name}>{name}</HeadCell>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <EventLine key={row.id} locale={locale} row={row} />
        ))}
      </tbody>
    </Table>
  );
}

function EventLine({ locale, row }: Readonly<{ locale: Locale; row: EventRow }>) {
  const { admin, merchant } = getMessages(locale);
  const verdict = row.verdict ?? "unjudged";
  return (
    <tr className="hover:bg-sunken">
      <Cell className="figures whitespace-nowrap text-soft">{formatStamp(row.receivedAt, locale)}</Cell>
      <Cell>
        <Badge tone={verdict === "settled" ? "strong" : "seal"}>{wordOf(merchant.order.verdicts, verdict)}</Badge>
      </Cell>
      <Cell>
        <OrderLink locale={locale} orderId={row.orderId} number={row.orderNumber} />
      </Cell>
      <Cell className="figures whitespace-nowrap text-right">
        {row.amountMinor === null ? "" : formatMinor(row.amountMinor.toString(), row.currency ?? "", locale)}
      </Cell>
      <Cell>{row.accountId}</Cell>
      <Cell className="whitespace-nowrap">{wordOf(merchant.order.sources, row.source)}</Cell>
      <Cell className="secret-text text-xs">{row.outTradeNo}</Cell>
      <Cell className="secret-text text-xs">{row.gatewayTradeNumber}</Cell>
      <Cell className="min-w-28">
        <details>
          <summary className="underline underline-offset-4">{admin.payments.columns.raw}</summary>
          <p className="mt-1 text-xs text-faint">{admin.payments.rawNote}</p>
          <pre className="secret-text mt-1 text-xs whitespace-pre-wrap">{row.raw}</pre>
        </details>
      </Cell>
    </tr>
  );
}
