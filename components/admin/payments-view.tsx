import Link from "next/link";
import { ListFrame } from "@/components/merchant/list-frame";
import { PageHead } from "@/components/merchant/page-head";
import { wordOf } from "@/components/merchant/state-badges";
import { Badge } from "@/components/ui/badge";
import { EVENT_VERDICTS, type InboxQuery } from "@/lib/features/payments/desk-schema";
import { countWaitingEvents, listPaymentEvents } from "@/lib/features/payments/list-events";
import { findRefundState } from "@/lib/features/payments/refund-state";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import type { Viewer } from "@/lib/kernel/viewer";
import { getDeps } from "@/lib/platform/deps";
import type { AdminListProps } from "./list-props";
import { PaymentEvent } from "./payment-event";

/** The inbox: what gateways vouched for, and what it was judged to be. */
export async function PaymentsView({
  locale,
  viewer,
  query,
  accounts,
}: AdminListProps<InboxQuery> & { readonly viewer: Viewer; readonly accounts: readonly string[] }) {
  const { money, merchant } = getMessages(locale);
  const t = money.inbox;
  const { rows, newer, older } = await listPaymentEvents(getDeps(), viewer, query);
  return (
    <>
      <PageHead title={t.title} lead={t.lead} />
      <Needs locale={locale} viewer={viewer} />
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
          {
            name: "account",
            label: t.account,
            value: query.account ?? "",
            options: accounts.map((account) => [account, account] as const),
          },
          {
            name: "state",
            label: t.state,
            value: query.state ?? "",
            options: [
              ["open", t.states.open],
              ["done", t.states.done],
            ],
          },
        ]}
        days={[
          { name: "from", label: t.from, value: query.from ?? "" },
          { name: "to", label: t.to, value: query.to ?? "" },
        ]}
        page={1}
        hasMore={false}
        keys={{ newer, older, labels: [t.newer, t.older] }}
        isEmpty={rows.length === 0}
        empty={{ title: t.emptyTitle, text: t.emptyText }}
        none={{ title: t.noneTitle, text: t.noneText }}
      >
        <ol aria-label={t.title} className="divide-y border-y">
          {rows.map((row) => (
            <PaymentEvent key={row.id} locale={locale} row={row} />
          ))}
        </ol>
      </ListFrame>
    </>
  );
}

/** How much waits for a person, each figure the way to it. */
async function Needs({ locale, viewer }: Readonly<{ locale: Locale; viewer: Viewer }>) {
  const { money, merchant } = getMessages(locale);
  const t = money.inbox;
  const [counts, refunds] = await Promise.all([countWaitingEvents(getDeps(), viewer), findRefundState(getDeps())]);
  const figures = { underWay: refunds.underWay, failed: refunds.failed, stuck: refunds.stuck };
  return (
    <section aria-label={t.needs} className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-2 text-sm">
      {counts.length === 0 ? <span className="text-soft">{t.needsNone}</span> : <span>{t.needs}</span>}
      {counts.map(({ verdict, count }) => (
        <Link key={verdict} href={`/${locale}/admin/payments?state=open&verdict=${verdict}`} prefetch={false}>
          <Badge tone="seal">
            {wordOf(merchant.order.verdicts, verdict)} {formatCount(count, locale)}
          </Badge>
        </Link>
      ))}
      <Link
        href={`/${locale}/admin/refunds`}
        prefetch={false}
        className="text-soft underline decoration-line underline-offset-4 hover:decoration-ink"
      >
        {fill(t.refunds, figures)}
      </Link>
    </section>
  );
}
