import { Notice } from "@/components/ui/notice";
import { type AuditReport, describeMigration } from "@/lib/features/audit";
import type { ProofBoard } from "@/lib/features/operations/proof";
import { getMessages } from "@/lib/i18n";
import { fill, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";

interface SummaryProps {
  locale: Locale;
  report: AuditReport | null;
  board: ProofBoard;
}

/** The whole board in a sentence: a person's own check, or else the last word of the audit that goes on by itself. */
export function Summary({ locale, report, board }: Readonly<SummaryProps>) {
  const t = getMessages(locale).admin.proof;
  if (!report && !board.full.finishedAt) return <Notice className="mb-5">{t.never}</Notice>;
  if (!report) {
    if (board.broken.length > 0) return null; // Each is said below, with what to do about it.
    return (
      <Notice title={t.nothingBroken} className="mb-5">
        {t.nothingBrokenLead}
      </Notice>
    );
  }
  const broken = report.results.filter(({ ok }) => !ok).length;
  const ms = report.results.reduce((sum, result) => sum + result.ms, 0);
  return (
    <Notice
      role="status"
      tone={broken > 0 ? "seal" : "plain"}
      title={broken > 0 ? fill(t.broken, { count: broken }) : t.allHold}
      className="mb-5"
    >
      {report.migration ? describeMigration(report.migration) : null}{" "}
      {fill(t.at, { date: formatStamp(new Date(report.at), locale) })} · {fill(t.took, { ms })}
    </Notice>
  );
}
