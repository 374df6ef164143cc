import Link from "next/link";
import { Badge } from "@/components/ui/badge";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import type { InboxCounts } from "@/lib/features/reconciliation/count-findings";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount, formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { GRAVITY_TONES, kindOf } from "./finding-words";

interface CountsProps {
  readonly locale: Locale;
  readonly path: string;
  readonly counts: InboxCounts;
}

/** How many differences wait, by kind and age, and how much money is in them; each number leads to its rows. */
export function FindingCounts({ locale, path, counts }: CountsProps) {
  const t = getMessages(locale).findings;
  if (counts.all === 0) return null;
  const money = counts.money.map(({ currency, minor }) => formatMinor(minor.toString(), currency, locale)).join(" · ");
  return (
    <details className="mb-4 rounded-md border px-4 py-3 text-sm">
      <summary className="cursor-pointer">
        <span className="font-medium">{fill(t.counts.total, { count: formatCount(counts.all, locale) })}</span>
        <span className="figures ml-3 text-soft">
          {t.counts.money}: {money || t.counts.noMoney}
        </span>
      </summary>
      <Table aria-label={t.counts.title} className="mt-3">
        <thead>
          <tr>
            <HeadCell>{t.counts.kind}</HeadCell>
            <HeadCell className="text-right">{t.counts.today}</HeadCell>
            <HeadCell className="text-right">{t.counts.week}</HeadCell>
            <HeadCell className="text-right">{t.counts.older}</HeadCell>
            <HeadCell className="text-right">{t.counts.all}</HeadCell>
          </tr>
        </thead>
        <tbody>
          {counts.kinds.map(({ kind, severity, ofToday, ofWeek, older, all }) => (
            <tr key={kind}>
              <Cell className="space-x-2">
                <Badge tone={GRAVITY_TONES[severity]}>{t.severities[severity]}</Badge>
                <Link href={`${path}?kind=${kind}`} prefetch={false} className="underline underline-offset-4">
                  {kindOf(kind, locale)}
                </Link>
              </Cell>
              {[ofToday, ofWeek, older, all].map((count, column) => (
                <Cell key={column} className="figures text-right">
                  {count === 0 ? <span className="text-faint">0</span> : formatCount(count, locale)}
                </Cell>
              ))}
            </tr>
          ))}
        </tbody>
      </Table>
    </details>
  );
}
