import { ListFrame } from "@/components/merchant/list-frame";
import { PageHead } from "@/components/merchant/page-head";
import { wordOf } from "@/components/merchant/state-badges";
import { Badge } from "@/components/ui/badge";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import { listFindings } from "@/lib/features/operations/queries";
import type { FindingListQuery } from "@/lib/features/operations/schema";
import { getMessages } from "@/lib/i18n";
import { formatMinor, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { isCurrency } from "@/lib/kernel/money";
import { getDeps } from "@/lib/platform/deps";
import type { AdminListProps } from "./list-props";
import { OrderLink } from "./order-link";

/** What does not add up, plainly listed. */
export async function FindingsView({ locale, query }: AdminListProps<FindingListQuery>) {
  const t = getMessages(locale).admin.findings;
  const { rows, page, hasMore } = await listFindings(getDeps(), query);
  return (
    <>
      <PageHead title={t.title} lead={t.lead} />
      <ListFrame
        locale={locale}
        path={`/${locale}/admin/findings`}
        filters={[
          {
            name: "status",
            label: t.status,
            value: query.status,
            isSort: true,
            options: [
              ["open", t.open],
              ["resolved", t.resolved],
            ],
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
              <HeadCell>{t.columns.at}</HeadCell>
              <HeadCell>{t.columns.kind}</HeadCell>
              <HeadCell>{t.columns.order}</HeadCell>
              <HeadCell>{t.columns.detail}</HeadCell>
              <HeadCell>{t.columns.resolution}</HeadCell>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id} className="hover:bg-sunken">
                <Cell className="figures whitespace-nowrap text-soft">{formatStamp(row.openedAt, locale)}</Cell>
                <Cell>
                  <Badge tone={row.resolvedAt === null ? "seal" : "muted"}>{wordOf(t.kinds, row.kind)}</Badge>
                </Cell>
                <Cell>
                  <OrderLink locale={locale} orderId={row.orderId} number={row.orderNumber} />
                </Cell>
                <Cell className="secret-text min-w-56 text-xs">{findingText(row.detail, locale)}</Cell>
                <Cell>
                  {row.resolvedAt
                    ? `${wordOf(t.resolutions, row.resolution ?? "")} · ${formatStamp(row.resolvedAt, locale)}`
                    : "—"}
                </Cell>
              </tr>
            ))}
          </tbody>
        </Table>
      </ListFrame>
    </>
  );
}

/** What a finding is about: money as money, and whatever else is known by its name. The kind already says the verdict. */
function findingText(detail: unknown, locale: Locale): string {
  const t = getMessages(locale).admin.findings;
  const { amountMinor, currency, verdict: _, ...rest } = (detail ?? {}) as Record<string, string | null>;
  const isMoney = currency && isCurrency(currency) && /^-?\d+$/.test(String(amountMinor));
  const money = isMoney ? [formatMinor(String(amountMinor), currency, locale)] : [];
  const others = Object.entries(rest)
    .filter(([, value]) => value !== null && value !== "")
    .map(([name, value]) => `${wordOf(t.details, name)} ${value}`);
  return [...money, ...others].join(" · ") || "—";
}

/** Names and values of a JSON detail, one after another. */
export const detailText = (detail: unknown): string =>
  Object.entries((detail ?? {}) as Record<string, unknown>)
    .filter(([, value]) => value !== null && value !== "")
    .map(([name, value]) => `${name}=${String(value)}`)
    .join("  ") || "—";
