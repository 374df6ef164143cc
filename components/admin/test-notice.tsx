"use client";

import { useActionState } from "react";
import { type ActionForm, sentenceOf } from "@/components/form/action-form";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { ActionState } from "@/lib/entry/action";
import type { TestNoticeReport } from "@/lib/flows/test-gateway-account";
import { fill } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";

interface TestNoticeProps {
  locale: Locale;
  accountId: string;
  test: React.ComponentProps<typeof ActionForm>["action"];
  t: {
    test: string;
    testing: string;
    testLead: string;
    answer: string;
    results: Record<TestNoticeReport["verdict"], string>;
  };
  errors: Readonly<Record<string, string>>;
}

/** Sends the test notice and shows what came back, word for word. */
export function TestNotice({ locale, accountId, test, t, errors }: Readonly<TestNoticeProps>) {
  const [state, dispatch, isPending] = useActionState(test, null);
  return (
    <form action={dispatch} className="space-y-2">
      <input type="hidden" name="locale" value={locale} />
      <input type="hidden" name="accountId" value={accountId} />
      <p className="max-w-prose text-sm text-soft">{t.testLead}</p>
      <Button type="submit" size="sm" disabled={isPending} aria-busy={isPending || undefined}>
        {isPending ? t.testing : t.test}
      </Button>
      <div role="status">{state ? <Answer state={state} t={t} errors={errors} /> : null}</div>
    </form>
  );
}

function Answer({
  state,
  t,
  errors,
}: Readonly<Pick<TestNoticeProps, "t" | "errors"> & { state: ActionState<unknown> }>) {
  if (!state.ok) return <Notice tone="seal">{sentenceOf(errors, state.code)}</Notice>;
  const report = state.data as TestNoticeReport;
  return (
    <Notice tone={report.verdict === "read" ? "plain" : "seal"} title={t.results[report.verdict]}>
      {report.status === null ? null : (
        <>
          {fill(t.answer, { status: report.status })} <code className="secret-text">{report.body || "—"}</code>
        </>
      )}
    </Notice>
  );
}
