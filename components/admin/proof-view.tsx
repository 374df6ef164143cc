import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { PageHead, Part } from "@/components/merchant/page-head";
import {
  type AuditReport,
  INVARIANTS,
  type InvariantResult,
  OUT_OF_SIGHT,
  type OutOfSight,
} from "@/lib/features/audit";
import type { ProofBoard } from "@/lib/features/operations/proof";
import { getMessages } from "@/lib/i18n";
import { formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { Code } from "./proof-code";
import { ProofStanding } from "./proof-standing";
import { Summary } from "./proof-summary";
import { Verdict } from "./proof-verdict";

interface ProofViewProps {
  locale: Locale;
  report: AuditReport | null;
  board: ProofBoard;
  run: ComponentProps<typeof ActionForm>["action"];
  resume: ComponentProps<typeof ActionForm>["action"];
}

/** The promises as a board: each with its SQL, its last check, and the rows that break it. */
export function ProofView({ locale, report, board, run, resume }: Readonly<ProofViewProps>) {
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
      <Summary locale={locale} report={report} board={board} />
      <ProofStanding locale={locale} board={board} resume={resume} />
      <Part title={t.promises}>
        <ul className="border-t">
          {INVARIANTS.map((invariant) => (
            <li key={invariant.id} className="border-b py-3">
              <div className="flex items-start justify-between gap-4">
                <Promised locale={locale} promise={invariant} board={board} />
                <Verdict locale={locale} result={results.get(invariant.id)} board={board} id={invariant.id} />
              </div>
              <Evidence locale={locale} sql={invariant.sql} result={results.get(invariant.id)} />
            </li>
          ))}
        </ul>
      </Part>
      <Part title={t.unseen} note={t.unseenNote}>
        <ul className="border-t">
          {OUT_OF_SIGHT.map((promise) => (
            <li key={promise.id} className="border-b py-3">
              <Promised locale={locale} promise={promise} board={board} />
              <p className="mt-1 text-sm text-soft">
                {promise.by === "probe" ? t.byProbe : t.byHarness}{" "}
                <span className="figures">{promise.tests.join(", ")}</span>
                {promise.gap ? ` · ${promise.gap[locale]}` : null}
              </p>
            </li>
          ))}
        </ul>
      </Part>
    </>
  );
}

interface PromisedProps {
  locale: Locale;
  promise: Pick<OutOfSight, "id" | "name" | "sentence"> & { kind: "safety" | "liveness" };
  board: ProofBoard;
}

function Promised({ locale, promise, board }: Readonly<PromisedProps>) {
  const t = getMessages(locale).admin.proof;
  const last = (pass: "continuous" | "full", name: string) => {
    const check = board.checks.get(`${promise.id} ${pass}`);
    return check ? `${name} ${formatStamp(check.checkedAt, locale)}${check.failure ? ` (${t.unknown})` : ""}` : null;
  };
  const checked = [last("continuous", t.continuous), last("full", t.full)].filter(Boolean).join(" · ");
  return (
    <div className="min-w-0">
      <p className="text-sm">
        <span className="figures mr-2 font-semibold">{promise.id}</span>
        <span className="text-faint">
          {promise.name} · {t[promise.kind]}
        </span>
      </p>
      <p className="mt-0.5 max-w-prose">{promise.sentence[locale]}</p>
      {checked ? <p className="mt-0.5 text-xs text-faint">{checked}</p> : null}
    </div>
  );
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
