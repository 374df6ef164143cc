import clsx from "clsx";
import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { PageHead } from "@/components/merchant/page-head";
import { Badge } from "@/components/ui/badge";
import { Notice } from "@/components/ui/notice";
import { type AuditReport, INVARIANTS, type InvariantResult } from "@/lib/features/audit";
import { getMessages } from "@/lib/i18n";
import { fill, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";

interface ProofViewProps {
  locale: Locale;
  report: AuditReport | null;
  run: ComponentProps<typeof ActionForm>["action"];
}

/** The promises as a board: each with its SQL, its last check, and the rows that break it. */
export function ProofView({ locale, report, run }: Readonly<ProofViewProps>) {
  const { admin, staff } = getMessages(locale);
  const t = admin.proof;
  const results = new Map(report?.results.map((result) => [result.id, result]));
  return (
    <>
      <PageHead title={t.title} lead={t.lead}>
        <ActionForm action={run} locale={locale} errors={staff.errors}>
          <ActionSubmit variant="seal" pendingLabel={t.running}>
            {t.run}
          </ActionSubmit>
        </ActionForm>
      </PageHead>
      <Summary locale={locale} report={report} />
      <ul className="border-t">
        {INVARIANTS.map((invariant) => (
          <li key={invariant.id} className="border-b py-3">
            <div className="flex items-start justify-between gap-4">
              <div className="min-w-0">
                <p className="text-sm">
                  <span className="figures mr-2 font-semibold">{invariant.id}</span>
                  <span className="text-faint">
                    {invariant.name} · {t[invariant.kind]}
                  </span>
                </p>
                <p className="mt-0.5 max-w-prose">{invariant.sentence[locale]}</p>
              </div>
              <Verdict locale={locale} result={results.get(invariant.id)} />
            </div>
            <Evidence locale={locale} sql={invariant.sql} result={results.get(invariant.id)} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Summary({ locale, report }: Readonly<{ locale: Locale; report: AuditReport | null }>) {
  const t = getMessages(locale).admin.proof;
  if (!report) return <Notice className="mb-5">{t.never}</Notice>;
  const broken = report.results.filter(({ ok }) => !ok).length;
  const ms = report.results.reduce((sum, result) => sum + result.ms, 0);
  return (
    <Notice
      role="status"
      tone={broken > 0 ? "seal" : "plain"}
      title={broken > 0 ? fill(t.broken, { count: broken }) : t.allHold}
      className="mb-5"
    >
      {fill(t.at, { date: formatStamp(new Date(report.at), locale) })} · {fill(t.took, { ms })}
    </Notice>
  );
}

function Verdict({ locale, result }: Readonly<{ locale: Locale; result: InvariantResult | undefined }>) {
  const t = getMessages(locale).admin.proof;
  if (!result) return <Badge tone="muted">—</Badge>;
  if (result.failure !== null) return <Badge tone="seal">{t.unknown}</Badge>;
  if (result.ok) return <Badge tone="strong">{t.holds}</Badge>;
  const count = result.rows.length;
  return <Badge tone="seal">{fill(result.hasMore ? t.violatedMore : t.violated, { count })}</Badge>;
}

interface EvidenceProps {
  locale: Locale;
  sql: string;
  result: InvariantResult | undefined;
}

function Evidence({ locale, sql, result }: Readonly<EvidenceProps>) {
  const t = getMessages(locale).admin.proof;
  const rows = result && !result.ok ? result.rows : [];
  return (
    <>
      {result?.failure ? <p className="mt-2 text-sm text-cinnabar">{result.failure}</p> : null}
      {rows.length > 0 ? (
        <div className="mt-2">
          <p className="text-sm font-medium text-cinnabar">{t.rows}</p>
          <Code text={rows.map((row) => JSON.stringify(row)).join("\n")} isRed />
        </div>
      ) : null}
      <details className="mt-1">
        <summary className="inline-block py-1 text-sm text-soft underline underline-offset-4">{t.showSql}</summary>
        <Code text={sql.trim()} />
      </details>
    </>
  );
}

function Code({ text, isRed }: Readonly<{ text: string; isRed?: boolean }>) {
  return (
    <pre
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard (WCAG 2.1.1)
      tabIndex={0}
      className={clsx(
        "secret-text mt-1 max-h-80 overflow-auto rounded-sm p-3 text-xs",
        isRed ? "bg-wash" : "bg-sunken",
      )}
    >
      {text}
    </pre>
  );
}
