import type { ReactNode } from "react";
import type { TimelineRow } from "@/lib/features/merchants/order-timeline";
import { getMessages } from "@/lib/i18n";
import { formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { CopiedNumber } from "./copied-number";
import { EvidenceFields } from "./evidence-fields";
import { tell } from "./timeline-words";

interface EntryProps {
  readonly at: Date;
  readonly kind: string;
  readonly locale: Locale;
  readonly children: ReactNode;
}

/** One thing that happened: when, what kind of thing, and what is told of it. */
export function TimelineEntry({ at, kind, locale, children }: EntryProps) {
  return (
    <li className="relative grid gap-x-4 py-1.5 pl-4 text-sm sm:grid-cols-[10.5rem_6.5rem_minmax(0,1fr)]">
      <span aria-hidden="true" className="absolute top-3.5 -left-[3px] size-[5px] rounded-full bg-edge" />
      <time dateTime={at.toISOString()} className="figures text-faint" title={at.toISOString()}>
        {formatStamp(at, locale)}
        <span className="text-xs">:{String(at.getSeconds()).padStart(2, "0")}</span>
      </time>
      <span className="font-medium">{kind}</span>
      <div className="figures min-w-0 text-soft">{children}</div>
    </li>
  );
}

/** Everything that happened to an order, the oldest first; seconds included, because seconds are what one argues about. */
export function Timeline({ rows, locale }: Readonly<{ rows: readonly TimelineRow[]; locale: Locale }>) {
  const { kinds } = getMessages(locale).merchant.order;
  return (
    <ol className="border-l">
      {rows.map((row, position) => (
        <TimelineEntry key={position} at={row.at} kind={kinds[row.kind]} locale={locale}>
          {tell(row, locale)}
          <OpenedRow row={row} locale={locale} />
        </TimelineEntry>
      ))}
    </ol>
  );
}

/** The whole number, and what the gateway sent: for whoever was given them. */
export function OpenedRow({ row, locale }: Readonly<{ row: Pick<TimelineRow, "number" | "fields">; locale: Locale }>) {
  const t = getMessages(locale).money;
  if (!row.number && row.fields === undefined) return null;
  if (row.fields === undefined) return row.number ? <CopiedBelow number={row.number} locale={locale} /> : null;
  return (
    <>
      {row.number ? <CopiedBelow number={row.number} locale={locale} /> : null}
      <details>
        <summary className="w-fit cursor-pointer underline decoration-line underline-offset-4">
          {t.timeline.full}
        </summary>
        <p className="my-1 text-xs text-faint">{t.inbox.rawNote}</p>
        <EvidenceFields fields={row.fields} locale={locale} />
      </details>
    </>
  );
}

const CopiedBelow = ({ number, locale }: Readonly<{ number: string; locale: Locale }>) => (
  <div>
    <CopiedNumber number={number} locale={locale} />
  </div>
);
