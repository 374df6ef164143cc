import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { SelectField, TextField } from "@/components/form/fields";
import { PageHead, Part, QuietLink } from "@/components/merchant/page-head";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { listAccountIds } from "@/lib/features/payments/list-events";
import { listInboxChoices } from "@/lib/features/reconciliation/count-findings";
import { listRuns, type RunView } from "@/lib/features/reconciliation/queries";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import type { Viewer } from "@/lib/kernel/viewer";
import { getDeps } from "@/lib/platform/deps";
import { kindOf } from "./finding-words";
import { Refresher } from "./refresher";

type FormAction = ComponentProps<typeof ActionForm>["action"];

interface RunsProps {
  readonly locale: Locale;
  readonly viewer: Extract<Viewer, { kind: "admin" }>;
  readonly start: FormAction;
  readonly stop: FormAction;
}

/** The runs of the reconciliation with how far they are, and the form that begins one. */
export async function RunsView({ locale, viewer, start, stop }: RunsProps) {
  const { findings } = getMessages(locale);
  const t = findings.run;
  const deps = getDeps();
  const [runs, choices, accounts] = await Promise.all([
    listRuns(deps, viewer),
    listInboxChoices(deps, viewer),
    listAccountIds(deps),
  ]);
  const isGoing = runs.some(({ state, mode }) => mode !== "continuous" && (state === "waiting" || state === "running"));
  return (
    <>
      <PageHead title={findings.runs} lead={t.lead}>
        <QuietLink href={`/${locale}/admin/findings`}>{findings.page.back}</QuietLink>
      </PageHead>
      {isGoing ? <Refresher /> : null}
      <Part title={t.start} note={t.startLead}>
        <StartForm {...{ locale, accounts, start }} merchants={choices.merchants} />
      </Part>
      <Part title={t.list}>
        {runs.length === 0 ? <p className="text-sm text-soft">{t.none}</p> : null}
        <ul className="border-t">
          {runs.map((run) => (
            <Run key={run.id} {...{ locale, run, stop }} />
          ))}
        </ul>
      </Part>
    </>
  );
}

interface StartProps {
  readonly locale: Locale;
  readonly merchants: readonly { readonly id: string; readonly name: string }[];
  readonly accounts: readonly string[];
  readonly start: FormAction;
}

function StartForm({ locale, merchants, accounts, start }: StartProps) {
  const { findings, staff } = getMessages(locale);
  const t = findings.run;
  return (
    <Card className="max-w-3xl">
      <ActionForm
        action={start}
        locale={locale}
        errors={{ ...staff.errors, ...findings.errors }}
        saved={t.started}
        className="grid gap-3 sm:grid-cols-2"
      >
        <TextField name="from" label={t.from} type="date" />
        <TextField name="to" label={t.to} type="date" />
        <SelectField name="merchantId" label={findings.filters.merchant} defaultValue="">
          <option value="">{t.all}</option>
          {merchants.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        <SelectField name="accountId" label={findings.filters.account} defaultValue="">
          <option value="">{t.all}</option>
          {accounts.map((id) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </SelectField>
        <TextField name="orderNumber" label={t.order} hint={t.orderHint} maxLength={30} />
        <div className="self-end">
          <ActionSubmit variant="ink" pendingLabel={t.starting}>
            {t.begin}
          </ActionSubmit>
        </div>
      </ActionForm>
    </Card>
  );
}

function Run({ locale, run, stop }: Readonly<{ locale: Locale; run: RunView; stop: FormAction }>) {
  const { findings, staff } = getMessages(locale);
  const t = findings.run;
  const isGoing = run.state === "waiting" || run.state === "running";
  const isEndless = run.mode === "continuous";
  const count = (n: number | bigint) => formatCount(Number(n), locale);
  return (
    <li className="flex flex-wrap items-start justify-between gap-3 border-b py-3 text-sm">
      <div className="min-w-0 flex-1 space-y-1">
        <p className="flex flex-wrap items-center gap-2">
          <Badge tone={run.state === "failed" ? "seal" : isGoing ? "strong" : "muted"}>{t.states[run.state]}</Badge>
          <span className="font-medium">{t.modes[run.mode]}</span>
          <span className="figures text-faint">{formatStamp(run.startedAt ?? run.createdAt, locale)}</span>
          {run.requestedBy ? <span className="text-faint">{run.requestedBy}</span> : null}
        </p>
        <p className="wrap-anywhere text-soft">{scopeText(run, locale)}</p>
        <p className="figures text-soft">
          {fill(t.counted, { compared: count(run.compared), found: count(run.found), closed: count(run.closed) })}
          {countsOf(run, locale)}
        </p>
        {isGoing && !isEndless ? (
          <progress
            max={Math.max(1, run.allSteps)}
            value={run.doneSteps}
            aria-label={fill(t.progress, { done: run.doneSteps, all: run.allSteps })}
            className="h-2 w-full max-w-md"
          />
        ) : null}
        {run.failure ? <p className="wrap-anywhere text-cinnabar">{run.failure}</p> : null}
      </div>
      {isGoing && !isEndless ? (
        <ActionForm action={stop} locale={locale} errors={staff.errors}>
          <input type="hidden" name="runId" value={run.id} />
          <ActionSubmit size="sm" pendingLabel={t.stopping}>
            {t.stop}
          </ActionSubmit>
        </ActionForm>
      ) : null}
    </li>
  );
}

/** What of everything it compares. */
function scopeText({ scope, mode }: RunView, locale: Locale): string {
  const t = getMessages(locale).findings.run;
  const stamp = (text: string) => formatStamp(new Date(text), locale);
  const parts = [
    scope.from ? `${t.from} ${stamp(scope.from)}` : "",
    scope.to ? `${t.to} ${stamp(scope.to)}` : "",
    scope.merchantId ? toPublicId("merchant", scope.merchantId) : "",
    scope.accountId ?? "",
    scope.orderId ? toPublicId("order", scope.orderId) : "",
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(" · ") : t.scopes[mode];
}

/** What it found, by kind. */
const countsOf = ({ counts }: RunView, locale: Locale): string =>
  Object.entries(counts)
    .filter(([, n]) => (n ?? 0) > 0)
    .map(([kind, n]) => ` · ${kindOf(kind, locale)} ${n}`)
    .join("");
