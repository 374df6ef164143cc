import clsx from "clsx";
import Link from "next/link";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { Part } from "@/components/merchant/page-head";
import { wordOf } from "@/components/merchant/state-badges";
import { buttonClass } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { type ActRow, listActs } from "@/lib/features/reconciliation/remedy-acts";
import { remediesFor } from "@/lib/flows/remedies/registry";
import { getMessages } from "@/lib/i18n";
import { fill, formatMinor, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import type { Viewer } from "@/lib/kernel/viewer";
import { getDeps } from "@/lib/platform/deps";
import type { RemediesProps } from "./remedies-props";
import { RemedyLook } from "./remedy-look";

type FormAction = RemediesProps["actions"]["decide"];

/** What may be done about a finding, in two steps that work without scripts: which, then exactly what it changes, and only then the button. */
export async function FindingRemedies(props: RemediesProps) {
  const { locale, viewer, page, query, actions } = props;
  const { finding } = page;
  const t = getMessages(locale).findings.remedies;
  const acts = await listActs(getDeps().db, finding.id);
  const names = finding.resolvedAt === null ? remediesFor(finding) : [];
  const path = `/${locale}/admin/findings/${toPublicId("finding", finding.id)}`;
  return (
    <Part title={t.title} note={finding.resolvedAt ? t.closed : names.length > 0 ? t.lead : t.none}>
      {query.did ? (
        <Notice role="status" className="mb-4">
          {query.did === "proposed" ? t.waitingTitle : wordOf(t.outcomes, query.did)}
        </Notice>
      ) : null}
      {acts
        .filter(({ state }) => state === "proposed" || state === "begun")
        .map((act) => (
          <Going key={act.id} {...{ locale, viewer, act }} decide={actions.decide} />
        ))}
      <nav aria-label={t.title} className="flex flex-wrap gap-2">
        {names.map((name) => (
          <Link
            key={name}
            href={`${path}?remedy=${name}#remedy`}
            prefetch={false}
            scroll={false}
            aria-current={query.remedy === name ? "true" : undefined}
            className={clsx(buttonClass({ size: "sm", variant: query.remedy === name ? "ink" : "outline" }))}
          >
            {t.names[name]}
          </Link>
        ))}
      </nav>
      {query.remedy && finding.resolvedAt === null ? <RemedyLook {...props} path={path} /> : null}
      <Acts locale={locale} acts={acts} />
    </Part>
  );
}

/** What waits for a second name, with the words to say; or was cut off. */
function Going({
  locale,
  viewer,
  act,
  decide,
}: Readonly<{ locale: Locale; viewer: Viewer; act: ActRow; decide: FormAction }>) {
  const { findings, staff } = getMessages(locale);
  const t = findings.remedies;
  const names = { who: act.proposedByEmail ?? findings.story.system, remedy: wordOf(t.names, act.remedy) };
  if (act.state === "begun")
    return (
      <Notice tone="seal" className="mb-4">
        {fill(t.underWay, names)}
      </Notice>
    );
  const isMine = act.proposedBy === viewer.userId;
  const money =
    act.amountMinor !== null && act.currency ? formatMinor(act.amountMinor.toString(), act.currency, locale) : "";
  return (
    <Notice tone="seal" className="mb-4" title={fill(t.waitsFor, names)}>
      <p>
        {money} {act.reason}
      </p>
      <ActionForm
        action={decide}
        locale={locale}
        errors={{ ...staff.errors, ...findings.errors }}
        className="mt-3 flex flex-wrap gap-2"
      >
        <input type="hidden" name="actId" value={act.id} />
        <input type="hidden" name="findingId" value={act.findingId} />
        {isMine ? null : (
          <ActionSubmit variant="seal" size="sm" name="decision" value="confirm" pendingLabel={t.going}>
            {t.confirm}
          </ActionSubmit>
        )}
        <ActionSubmit size="sm" name="decision" value="refuse" pendingLabel={t.going}>
          {isMine ? t.takeBack : t.refuse}
        </ActionSubmit>
      </ActionForm>
    </Notice>
  );
}

function Acts({ locale, acts }: Readonly<{ locale: Locale; acts: readonly ActRow[] }>) {
  const { findings, staff } = getMessages(locale);
  const t = findings.remedies;
  const over = acts.filter(({ outcome }) => outcome !== null);
  if (over.length === 0) return null;
  const wordsOf = ({ state, outcome }: ActRow) =>
    state === "failed"
      ? wordOf({ ...staff.errors, ...findings.errors, ...t.outcomes }, outcome ?? "")
      : wordOf(t.outcomes, outcome ?? "");
  return (
    <details className="mt-4 text-sm">
      <summary className="w-fit cursor-pointer underline decoration-line underline-offset-4">{t.acts}</summary>
      <ul className="mt-2 space-y-1">
        {over.map((act) => (
          <li key={act.id} className="wrap-anywhere text-soft">
            <span className="figures">{formatStamp(act.proposedAt, locale)}</span> ·{" "}
            {[act.proposedByEmail ?? findings.story.system, act.decidedByEmail].filter(Boolean).join(" + ")} ·{" "}
            {wordOf(t.names, act.remedy)} · {wordsOf(act)} · {act.reason}
          </li>
        ))}
      </ul>
    </details>
  );
}
