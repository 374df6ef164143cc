"use client";

import { type FormEvent, startTransition, useActionState } from "react";
import { type ActionForm, sentenceOf } from "@/components/form/action-form";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { ActionState } from "@/lib/entry/action";
import type { CheckReport } from "@/lib/flows/check-gateway-account";
import type { TestNoticeReport } from "@/lib/flows/test-gateway-account";
import { fill } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";

type FormAction = React.ComponentProps<typeof ActionForm>["action"];

interface GatewayCheckProps {
  locale: Locale;
  accountId: string;
  check: FormAction;
  test: FormAction;
  t: {
    check: {
      lead: string;
      run: string;
      running: string;
      gateway: string;
      notify: string;
      fine: string;
      fineAlone: string;
      skew: string;
      ahead: string;
      behind: string;
      findings: Readonly<Record<string, string>>;
    };
    test: string;
    testing: string;
    results: Readonly<Record<TestNoticeReport["verdict"], string>>;
    answer: string;
  };
  errors: Readonly<Record<string, string>>;
}

/**
 * Two looks at an account at once, each with its own line as it comes in: the gateway and its keys, and the way back by which it tells
 * us. Without scripts each has a button of its own.
 */
export function GatewayCheck({ locale, accountId, check, test, t, errors }: Readonly<GatewayCheckProps>) {
  const [checked, runCheck, isChecking] = useActionState(check, null);
  const [tested, runTest, isTesting] = useActionState(test, null);
  const isBusy = isChecking || isTesting;
  const runBoth = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const sent = new FormData(event.currentTarget);
    startTransition(() => {
      runCheck(sent);
      runTest(sent);
    });
  };
  return (
    <form action={runCheck} onSubmit={runBoth} className="space-y-3">
      <input type="hidden" name="locale" value={locale} />
      <input type="hidden" name="accountId" value={accountId} />
      <p className="max-w-prose text-sm text-soft">{t.check.lead}</p>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" size="sm" disabled={isBusy} aria-busy={isBusy || undefined}>
          {isBusy ? t.check.running : t.check.run}
        </Button>
        <Button type="submit" size="sm" formAction={runTest} className="js:hidden">
          {t.test}
        </Button>
      </div>
      <div role="status" className="space-y-2">
        <Row title={t.check.gateway} state={checked} isBusy={isChecking} busy={t.check.running} errors={errors}>
          {(report: CheckReport) => <GatewayFound report={report} t={t.check} />}
        </Row>
        <Row title={t.check.notify} state={tested} isBusy={isTesting} busy={t.testing} errors={errors}>
          {(report: TestNoticeReport) => <NoticeFound report={report} t={t} />}
        </Row>
      </div>
    </form>
  );
}

interface RowProps<T> {
  title: string;
  state: ActionState<unknown> | null;
  isBusy: boolean;
  busy: string;
  errors: Readonly<Record<string, string>>;
  children: (report: T) => React.ReactNode;
}

function Row<T>({ title, state, isBusy, busy, errors, children }: Readonly<RowProps<T>>) {
  if (isBusy)
    return (
      <p className="text-sm text-faint">
        {title}: {busy}
      </p>
    );
  if (!state) return null;
  if (!state.ok) return <Notice title={title}>{sentenceOf(errors, state.code)}</Notice>;
  return (
    <div>
      <p className="mb-1 text-sm font-medium">{title}</p>
      {children(state.data as T)}
    </div>
  );
}

function GatewayFound({ report, t }: Readonly<{ report: CheckReport; t: GatewayCheckProps["t"]["check"] }>) {
  const { findings, wasAsked, clockAheadSeconds } = report;
  const skew = clockAheadSeconds ?? 0;
  return (
    <Notice tone={findings.length > 0 ? "seal" : "plain"}>
      {findings.length === 0 ? <p>{wasAsked ? t.fine : t.fineAlone}</p> : null}
      {findings.map((finding) => (
        <p key={finding}>
          {sentenceOf(t.findings, finding)} <code className="text-faint text-xs">{finding}</code>
        </p>
      ))}
      {Math.abs(skew) > 1 ? (
        <p>{fill(t.skew, { seconds: Math.abs(skew), direction: skew > 0 ? t.ahead : t.behind })}</p>
      ) : null}
    </Notice>
  );
}

function NoticeFound({ report, t }: Readonly<{ report: TestNoticeReport; t: GatewayCheckProps["t"] }>) {
  const isFine = report.verdict === "read" || report.verdict === "reached";
  return (
    <Notice tone={isFine ? "plain" : "seal"} title={t.results[report.verdict]}>
      {report.status === null ? null : (
        <>
          {fill(t.answer, { status: report.status })}{" "}
          <code className="secret-text break-all">{report.body || "—"}</code>
        </>
      )}
    </Notice>
  );
}
