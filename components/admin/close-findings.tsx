import { Part } from "@/components/merchant/page-head";
import { wordOf } from "@/components/merchant/state-badges";
import { Cell, HeadCell, HeadCells, Table } from "@/components/ui/table";
import { AGE_FIGURES, type Figure, figureOf } from "@/lib/features/reports/rules";
import { getMessages } from "@/lib/i18n";
import { formatCount } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";

const COUNTED = ["finding_opened", "finding_closed", "finding_open", ...AGE_FIGURES] as const;

/** The findings of a closed day by their kind, those that were left by their age. */
export function CloseFindings({ locale, figures }: Readonly<{ locale: Locale; figures: readonly Figure[] }>) {
  const { reports, admin } = getMessages(locale);
  const t = reports.day;
  const kinds = [
    ...new Set(figures.filter(({ name }) => name.startsWith("finding_")).map(({ label }) => label)),
  ].sort();
  return (
    <Part title={t.findings}>
      {kinds.length === 0 ? <p className="text-sm text-soft">{t.noFindings}</p> : null}
      {kinds.length > 0 ? (
        <Table aria-label={t.findings}>
          <thead>
            <tr>
              <HeadCell>{t.kind}</HeadCell>
              <HeadCells names={[t.opened, t.closed, t.left, ...Object.values(t.ages)]} className="text-right" />
            </tr>
          </thead>
          <tbody>
            {kinds.map((kind) => (
              <tr key={kind}>
                <Cell>{wordOf(admin.findings.kinds, kind)}</Cell>
                {COUNTED.map((name) => (
                  <Cell key={name} className="figures text-right">
                    {formatCount(Number(figureOf(figures, name, kind).quantity), locale)}
                  </Cell>
                ))}
              </tr>
            ))}
          </tbody>
        </Table>
      ) : null}
    </Part>
  );
}
