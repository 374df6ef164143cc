"use client";

import { memo, type ReactNode, useState } from "react";
import { buttonClass } from "@/components/ui/button";
import { writeClipboard } from "@/components/ui/copy-button";
import { fill } from "@/lib/i18n/format";

/** Which rows are open. */
export type Shown = ReadonlySet<number> | "all";

/** A card of the order that was replaced, or is about to be; from 1, as the rows are counted. */
export interface ReplacedRow {
  readonly position: number;
  readonly status: "waiting" | "done";
}

/** Where a card is reported, and the words of the link: for the eye, and with its number for whoever hears it. */
export interface ReportLink {
  readonly href: string;
  readonly label: string;
  readonly row: string;
}

interface RowWords {
  replacedRow: string;
  replacedHidden: string;
  replacing: string;
  revealOne: string;
  showOne: string;
  copyOne: string;
  copy: string;
  copied: string;
  copyFailed: string;
}

interface SecretRowsProps {
  rows: number;
  secrets: readonly string[] | null;
  shown: Shown;
  onShow: (index: number) => void;
  replacements: readonly ReplacedRow[];
  /** The texts of those that were replaced, once they are shown. */
  replaced: readonly { readonly position: number; readonly secret: string }[];
  report: ReportLink;
  t: RowWords;
}

/**
 * One row per card, and one listener for all of them, so thousands scroll and react like a few. Plain rows on purpose:
 * with `content-visibility` on each of 5,000 a browser drew 8 frames a second where these get 60.
 */
export function SecretRows({
  rows,
  secrets,
  shown,
  onShow,
  replacements,
  replaced,
  report,
  t,
}: Readonly<SecretRowsProps>) {
  const [copied, setCopied] = useState<{ index: number; said: string } | null>(null);
  const press = async (event: React.MouseEvent) => {
    const button = (event.target as Element).closest("button");
    const index = Number(button?.dataset.index);
    if (!button || !Number.isInteger(index)) return;
    const secret = secrets?.[index];
    if (button.dataset.act === "show") onShow(index);
    else if (secret !== undefined) setCopied({ index, said: (await writeClipboard(secret)) ? t.copied : t.copyFailed });
  };
  return (
    <>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the clicks are those of the buttons inside, keyboard included */}
      <ol onClick={press} className="mt-3 divide-y border-y nojs:hidden">
        {Array.from({ length: rows }, (_, index) => {
          const secret = secrets && (shown === "all" || shown.has(index)) ? (secrets[index] ?? null) : null;
          const said = copied?.index === index ? copied.said : null;
          const mark = replacements.findLast(({ position }) => position === index + 1)?.status;
          const old = secret === null ? [] : replaced.filter(({ position }) => position === index + 1);
          const note = mark && <ReplacedNote status={mark} old={old.map((one) => one.secret)} t={t} />;
          return <SecretRow key={index} index={index} secret={secret} said={said} note={note} report={report} t={t} />;
        })}
      </ol>
      <p role="status" className="sr-only">
        {copied?.said}
      </p>
    </>
  );
}

const ACT = `${buttonClass({ variant: "quiet", size: "sm" })} print:hidden`;

/** What a buyer must know beside a card: it has a predecessor, which is void, or is about to have a successor. */
function ReplacedNote({
  status,
  old,
  t,
}: Readonly<{ status: ReplacedRow["status"]; old: readonly string[]; t: RowWords }>) {
  if (status === "waiting") return <p className="text-sm text-cinnabar">{t.replacing}</p>;
  return (
    <div className="text-sm text-soft">
      {old.length > 0 ? t.replacedRow : t.replacedHidden}
      {old.map((secret) => (
        <del key={secret} className="secret-text block break-all text-faint">
          {secret}
        </del>
      ))}
    </div>
  );
}

interface SecretRowProps {
  index: number;
  secret: string | null;
  said: string | null;
  note: ReactNode;
  report: ReportLink;
  t: RowWords;
}

const SecretRow = memo(function SecretRow({ index, secret, said, note, report, t }: Readonly<SecretRowProps>) {
  const isHidden = secret === null;
  return (
    <li className="flex min-h-13 flex-wrap items-center gap-x-3 py-1.5 sm:flex-nowrap">
      <span className="figures w-7 shrink-0 text-sm text-faint sm:w-9 sm:text-right">{index + 1}</span>
      <div className="min-w-0 flex-1">
        {isHidden ? (
          <span aria-hidden="true" className="secret-text block select-none tracking-widest text-faint">
            ••••••••••••
          </span>
        ) : (
          <code className="secret-text block select-all whitespace-pre-wrap break-all">{secret}</code>
        )}
        {note}
      </div>
      <button
        type="button"
        data-index={index}
        data-act={isHidden ? "show" : "copy"}
        aria-label={fill(isHidden ? t.showOne : t.copyOne, { n: index + 1 })}
        className={ACT}
      >
        {isHidden ? t.revealOne : (said ?? t.copy)}
      </button>
      {/* On a phone below the card, which needs the width. */}
      {isHidden ? null : (
        <span className="basis-full sm:basis-auto">
          <a
            href={`${report.href}?card=${index + 1}`}
            aria-label={fill(report.row, { n: index + 1 })}
            className={`${ACT} ml-7 sm:ml-0`}
          >
            {report.label}
          </a>
        </span>
      )}
    </li>
  );
});
