import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { TextField } from "@/components/form/fields";
import { wordOf } from "@/components/merchant/state-badges";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { chosenIn, REMEDY_FIELDS } from "@/lib/features/reconciliation/remedy-schema";
import { previewRemedy, type RemedyPreview } from "@/lib/flows/preview-remedy";
import type { Change } from "@/lib/flows/remedies/remedy";
import { getMessages } from "@/lib/i18n";
import { fill, formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { poolNameIn } from "@/lib/i18n/pool-name";
import { limits } from "@/lib/kernel/limits";
import { getDeps } from "@/lib/platform/deps";
import { FindingStory } from "./finding-story";
import type { RemediesProps } from "./remedies-props";
import { RemedyChoices } from "./remedy-choices";
import { areChosen } from "./remedy-fields";

type LookProps = RemediesProps & { readonly path: string };

/** One remedy before it is done: what is chosen, what has changed since the last look, and what it will change. */
export async function RemedyLook(props: LookProps) {
  const { locale, query } = props;
  const isReady = areChosen(query);
  return (
    <Card id="remedy" className="mt-4 max-w-2xl scroll-mt-4">
      <h3 className="mb-3 font-semibold">{wordOf(getMessages(locale).findings.remedies.names, query.remedy ?? "")}</h3>
      {query.since && query.refused ? <Changed {...props} since={query.since} refused={query.refused} /> : null}
      <RemedyChoices {...props} />
      {isReady ? <Preview {...props} /> : null}
    </Card>
  );
}

async function Preview(props: LookProps) {
  const { locale, viewer, page, query } = props;
  const { findings, staff } = getMessages(locale);
  const asked = { findingId: page.finding.id, remedy: query.remedy ?? "", input: chosenIn(query) };
  const preview = await previewRemedy(getDeps(), viewer, asked);
  if (!preview.ok)
    return (
      <Notice tone="seal" role="alert" title={findings.remedies.refusedTitle} className="mt-3">
        {wordOf({ ...staff.errors, ...findings.errors }, preview.error)}
      </Notice>
    );
  return <Confirm {...props} preview={preview.value} />;
}

function Confirm({ locale, page, query, actions, preview }: LookProps & { readonly preview: RemedyPreview }) {
  const { findings, staff } = getMessages(locale);
  const t = findings.remedies;
  const remedy = wordOf(t.names, query.remedy ?? "");
  const hidden = {
    findingId: page.finding.id,
    remedy: query.remedy ?? "",
    actId: preview.actId,
    seen: preview.seen,
    seenAt: preview.seenAt.toISOString(),
    ...Object.fromEntries(REMEDY_FIELDS.map((field) => [field, query[field]])),
  };
  return (
    <>
      <h4 className="mt-3 mb-2 text-sm font-medium">{t.previewTitle}</h4>
      <ul className="list-disc space-y-1 pl-5 text-sm">
        {preview.changes.map((change, position) => (
          <li key={position} className="wrap-anywhere">
            {changeText(change, locale)}
          </li>
        ))}
      </ul>
      {preview.needsTwoNames ? <Notice className="mt-3">{t.twoNames}</Notice> : null}
      {/* A new look is a new form: the answer to an old one does not stand beside it. */}
      <ActionForm
        key={preview.actId}
        action={actions.apply}
        locale={locale}
        errors={{ ...staff.errors, ...findings.errors }}
        className="mt-4 space-y-3"
      >
        {Object.entries(hidden).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <TextField name="reason" label={t.reason} hint={t.reasonHint} required maxLength={limits.remedyReasonMax} />
        <ActionSubmit variant="seal" pendingLabel={t.going}>
          {fill(preview.needsTwoNames ? t.propose : t.go, { remedy })}
        </ActionSubmit>
        {preview.needsProof ? <p className="text-xs text-faint">{t.proof}</p> : null}
      </ActionForm>
    </>
  );
}

/** Somebody was faster: what has happened since this admin looked, in the words of the time line. */
function Changed({ locale, page, since, refused }: LookProps & { readonly since: string; readonly refused: string }) {
  const { findings, staff } = getMessages(locale);
  const t = findings.remedies;
  const rows = page.story.filter(({ row }) => row.at.getTime() > Date.parse(since));
  return (
    <Notice tone="seal" role="alert" title={t.changedTitle} className="mb-4">
      <p>{wordOf({ ...staff.errors, ...findings.errors }, refused)}</p>
      <p>{rows.length > 0 ? t.changedLead : t.changedNothing}</p>
      {rows.length > 0 ? (
        <div className="mt-3">
          <FindingStory locale={locale} story={rows} />
        </div>
      ) : null}
    </Notice>
  );
}

/** One change in a sentence: money as money; states, titles and pools in the language of the page. */
function changeText({ what, values = {} }: Change, locale: Locale): string {
  const { findings, merchant } = getMessages(locale);
  const { amountMinor, currency, titleZh, titleEn, ...rest } = values;
  const state = (value: string | number | undefined) => wordOf(merchant.labels.status, String(value ?? ""));
  const pool = (name: string, slug: string) =>
    poolNameIn(locale, { name: String(rest[name]), slug: String(rest[slug]) });
  const words = {
    ...rest,
    ...(amountMinor !== undefined && { amount: formatMinor(String(amountMinor), String(currency), locale) }),
    ...(titleZh !== undefined && { title: String(locale === "zh" ? titleZh : titleEn) }),
    ...(rest.from !== undefined && { from: state(rest.from), to: state(rest.to) }),
    ...(rest.from_pool !== undefined && {
      from_pool: pool("from_pool", "from_slug"),
      to_pool: pool("to_pool", "to_slug"),
    }),
    ...(rest.status !== undefined && { status: state(rest.status) }),
  };
  return fill(wordOf(findings.remedies.changes, what), words);
}
