import clsx from "clsx";
import Link from "next/link";
import { Part } from "@/components/merchant/page-head";
import { SalesChart } from "@/components/merchant/sales-chart";
import { wordOf } from "@/components/merchant/state-badges";
import { Cell, HeadCell, HeadCells, Table } from "@/components/ui/table";
import { dayAfter } from "@/lib/features/reports/rules";
import { TREND_PERIODS } from "@/lib/features/reports/schema";
import { type FindingTrend, readFindingTrend, type TrendDay } from "@/lib/features/reports/trend";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount, SHOP_TIME_ZONE } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";

/** How many findings came and went, drawn and as a table, and how long each kind takes. */
export async function TrendPart({ locale, days }: Readonly<{ locale: Locale; days: number }>) {
  const t = getMessages(locale).reports.trend;
  const trend = await readFindingTrend(getDeps(), { days, timeZone: SHOP_TIME_ZONE });
  return (
    <Part title={t.title} note={t.note}>
      <nav aria-label={t.period} className="mb-3 flex gap-1">
        {TREND_PERIODS.map((period) => (
          <Link
            key={period}
            href={`/${locale}/admin/reports?days=${period}`}
            prefetch={false}
            aria-current={period === days ? "page" : undefined}
            className={clsx(
              "rounded-md px-3 py-1.5 text-sm",
              period === days ? "bg-ink text-on-ink" : "text-soft hover:bg-sunken",
            )}
          >
            {fill(t.days, { count: period })}
          </Link>
        ))}
      </nav>
      {trend.kinds.length === 0 ? <p className="text-sm text-soft">{t.noneText}</p> : null}
      {trend.kinds.length > 0 ? <Charts locale={locale} trend={trend} /> : null}
    </Part>
  );
}

function Charts({ locale, trend }: Readonly<{ locale: Locale; trend: FindingTrend }>) {
  const t = getMessages(locale).reports.trend;
  const count = (n: number) => formatCount(n, locale);
  const sum = (name: "opened" | "closed") => trend.days.reduce((total, day) => total + day[name], 0);
  const common = {
    columns: [t.day, t.opened, t.closed, t.left],
    tableLabel: t.asTable,
  };
  const row = ({ day, opened, closed, open }: TrendDay) => ({
    day,
    cells: [day, count(opened), count(closed), count(open)],
    // The closes from that day back: of a day that is not closed there is no page yet.
    href: `/${locale}/admin/reports?before=${dayAfter(day)}`,
  });
  const most = Math.max(0, ...trend.days.map(({ open }) => open));
  return (
    <>
      <div className="grid gap-4 lg:grid-cols-2">
        <SalesChart
          {...common}
          isBeside
          title={t.flow}
          summary={fill(t.flowSummary, { opened: count(sum("opened")), closed: count(sum("closed")) })}
          legend={[
            [t.opened, "behind"],
            [t.closed, "front"],
          ]}
          days={trend.days.map((day) => ({ ...row(day), behind: day.opened, front: day.closed }))}
        />
        <SalesChart
          {...common}
          title={t.stock}
          summary={fill(t.stockSummary, { open: count(trend.days.at(-1)?.open ?? 0), most: count(most) })}
          legend={[[t.left, "front"]]}
          days={trend.days.map((day) => ({ ...row(day), behind: 0, front: day.open }))}
        />
      </div>
      <h3 className="mt-6 mb-2 text-sm font-semibold">{t.kinds}</h3>
      <Kinds locale={locale} kinds={trend.kinds} />
    </>
  );
}

function Kinds({ locale, kinds }: Readonly<{ locale: Locale; kinds: FindingTrend["kinds"] }>) {
  const { reports, admin } = getMessages(locale);
  const t = reports.trend;
  return (
    <Table aria-label={t.kinds}>
      <thead>
        <tr>
          <HeadCell>{t.kind}</HeadCell>
          <HeadCells names={[t.opened, t.closed, t.left, t.mean, t.median]} className="text-right" />
        </tr>
      </thead>
      <tbody>
        {kinds.map(({ kind, opened, closed, open, meanSeconds, medianSeconds }) => (
          <tr key={kind}>
            <Cell>{wordOf(admin.findings.kinds, kind)}</Cell>
            {[opened, closed, open].map((n, column) => (
              <Cell key={[t.opened, t.closed, t.left][column]} className="figures text-right">
                {formatCount(n, locale)}
              </Cell>
            ))}
            <Cell className="figures whitespace-nowrap text-right">{lasting(meanSeconds, locale)}</Cell>
            <Cell className="figures whitespace-nowrap text-right">{lasting(medianSeconds, locale)}</Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** "3.5 h": in the largest unit of which there is one, to a tenth. */
function lasting(seconds: number | null, locale: Locale): string {
  if (seconds === null) return "—";
  const { units } = getMessages(locale).reports.trend;
  const tenths = (n: number) => Math.round(n * 10) / 10;
  if (seconds >= 86_400) return fill(units.days, { count: tenths(seconds / 86_400) });
  if (seconds >= 3_600) return fill(units.hours, { count: tenths(seconds / 3_600) });
  if (seconds >= 60) return fill(units.minutes, { count: tenths(seconds / 60) });
  return fill(units.seconds, { count: Math.round(seconds) });
}
