import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import type { ReadingWish } from "@/lib/features/imports/detect";
import type { FileFault, Reading } from "@/lib/features/imports/rules";
import type { Upload } from "@/lib/features/imports/uploads";
import { poolsOf } from "@/lib/features/pools/queries";
import { type Preview, previewUpload } from "@/lib/flows/preview-upload";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount, formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";
import { Part } from "./page-head";
import { columnWord, ReadingForm } from "./reading-form";
import { StartForm } from "./start-form";
import { wordOf } from "./state-badges";
import { CancelForm, type UploadAction } from "./upload-receiving";

interface ImportPreviewProps {
  locale: Locale;
  upload: Upload;
  /** What the page's address says of how the file is read. */
  wish: ReadingWish;
  /** The page's own address. */
  path: string;
  start: UploadAction;
  cancel: UploadAction;
}

/** A file that is here whole: its first cards as they would be sold, how it is read, and what its batch is. */
export async function ImportPreview({ locale, upload, wish, path, start, cancel }: ImportPreviewProps) {
  const { imports: t } = getMessages(locale);
  const deps = getDeps();
  const [preview, pools] = await Promise.all([previewUpload(deps, upload, wish), poolsOf(deps, upload)]);
  const discard = (
    <CancelForm {...{ locale, upload, cancel }} label={t.receiving.discard} pending={t.receiving.discarding} />
  );
  if (!preview.ok) {
    return (
      <div className="max-w-2xl space-y-5">
        <FaultNotice fault={preview.error} locale={locale} />
        {discard}
      </div>
    );
  }
  const { detected, cards, fault } = preview.value;
  return (
    <div className="space-y-8">
      <Part
        title={t.preview.table}
        note={cards > 0 ? fill(t.preview.lead, { count: preview.value.items.length }) : undefined}
      >
        <Summary preview={preview.value} locale={locale} />
        {cards > 0 ? <LeftOut reading={detected.reading} locale={locale} /> : null}
        {fault ? <FaultNotice fault={fault} locale={locale} /> : null}
        {preview.value.items.length > 0 ? <FirstCards preview={preview.value} locale={locale} /> : null}
      </Part>
      <Part title={t.reading.title} note={t.preview.confidence[detected.confidence]}>
        <ReadingForm reading={detected.reading} path={path} t={t.reading} joiner={preview.value.joiner} />
      </Part>
      {cards > 0 && !fault ? (
        <Part title={t.start.title}>
          <StartForm {...{ locale, start, pools }} uploadId={upload.id} reading={detected.reading} />
        </Part>
      ) : null}
      <div className="max-w-2xl">{discard}</div>
    </div>
  );
}

function FaultNotice({ fault, locale }: Readonly<{ fault: FileFault; locale: Locale }>) {
  const { imports: t, staff } = getMessages(locale);
  return (
    <Notice tone="seal" role="alert" className="my-3">
      {fault.line > 0 ? `${fill(t.preview.faultAt, { line: formatCount(fault.line, locale) })} ` : null}
      {wordOf(staff.errors, fault.reason)}
    </Notice>
  );
}

const NAMES_SHOWN = 12;

/** What of each row is thrown away: said before it is, because nobody can ask for it afterwards. */
function LeftOut({ reading, locale }: Readonly<{ reading: Reading; locale: Locale }>) {
  const { preview: t, reading: words } = getMessages(locale).imports;
  const places = reading.columns
    .map((_, place) => place)
    .filter((place) => !reading.chosen.includes(place) && place !== reading.preview && place !== reading.extra);
  if (places.length === 0 || reading.format === "lines" || reading.format === "blocks") return null;
  const names = places.slice(0, NAMES_SHOWN).map((place) => columnWord(reading, place, words));
  const columns = names.join(locale === "zh" ? "、" : ", ") + (places.length > names.length ? " …" : "");
  return <Notice className="mb-3">{fill(t.leftOut, { columns })}</Notice>;
}

const SHOWN_SEPARATORS: Readonly<Record<string, string>> = { "\t": "Tab", " ": "␠" };

function Summary({ preview, locale }: Readonly<{ preview: Preview; locale: Locale }>) {
  const t = getMessages(locale).imports.preview;
  const { divided } = preview.detected;
  const rejected = Object.values(preview.rejects).reduce((sum, count) => sum + count, 0);
  const figures = {
    cards: formatCount(preview.cards, locale),
    duplicates: formatCount(preview.duplicates, locale),
    rejected: formatCount(rejected, locale),
  };
  return (
    <div className="mb-3 space-y-1">
      <p>{preview.cards === 0 && rejected === 0 ? t.none : fill(preview.isWhole ? t.whole : t.part, figures)}</p>
      {divided ? (
        <p className="text-sm text-soft">
          {fill(t.divided, {
            fields: divided.fields,
            separator: SHOWN_SEPARATORS[divided.separator] ?? divided.separator,
          })}
        </p>
      ) : null}
    </div>
  );
}

function FirstCards({ preview, locale }: Readonly<{ preview: Preview; locale: Locale }>) {
  const { imports, merchant } = getMessages(locale);
  const t = imports.preview;
  return (
    <Card className="max-h-[32rem] overflow-y-auto">
      <Table aria-label={t.table}>
        <thead>
          <tr>
            <HeadCell className="w-20">{t.line}</HeadCell>
            <HeadCell>{t.card}</HeadCell>
          </tr>
        </thead>
        <tbody>
          {preview.items.map(({ line, text, refusal, said }) => (
            <tr key={line}>
              <Cell className="figures text-faint">{formatCount(line, locale)}</Cell>
              <Cell>
                {refusal === null ? (
                  <>
                    <code className="secret-text whitespace-pre-wrap break-all">{text}</code>
                    {said ? (
                      <span className="block text-sm text-soft">
                        {fill(t.said, {
                          preview: said.preview,
                          extra: formatMinor(said.extraMinor.toString(), preview.currency, locale),
                        })}
                      </span>
                    ) : null}
                  </>
                ) : (
                  <span className="text-cinnabar">
                    {fill(t.refused, { reason: wordOf(merchant.labels.reject, refusal) })}
                  </span>
                )}
              </Cell>
            </tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}
