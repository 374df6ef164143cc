"use client";

import { Download, Eye, EyeOff, Printer } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Notice } from "@/components/ui/notice";
import type { getMessages } from "@/lib/i18n";
import { fill, formatCount } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { type ReplacedRow, type ReportLink, SecretRows, type Shown } from "./secret-rows";

type Shop = ReturnType<typeof getMessages>["shop"];

interface RevealPanelProps {
  orderId: string;
  number: string;
  count: number;
  locale: Locale;
  replacements: readonly ReplacedRow[];
  report: ReportLink;
  t: Shop["receipt"] & Shop["common"];
}

/** How many masked rows stand there before anyone asks; thousands of dots would help nobody. */
const MASKED_ROWS_MAX = 10;

/**
 * The cards of a delivered order. They are fetched when the buyer asks, stay in this tab's memory only, and are on record
 * each time. Without scripts the form asks the shop for a page of its own.
 */
export function RevealPanel({ orderId, number, count, locale, replacements, report, t }: Readonly<RevealPanelProps>) {
  const { secrets, replaced, shown, isPending, hasFailed, show, hide } = useReveal(orderId);
  const rows = shown === "all" ? count : Math.min(count, MASKED_ROWS_MAX);
  return (
    <section aria-label={t.cards}>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="font-semibold">
          {t.cards}
          <span className="figures ml-2 font-normal text-faint">
            {fill(t.cardCount, { count: formatCount(count, locale) })}
          </span>
        </h2>
        <form
          method="post"
          action={`/api/v1/orders/${orderId}/reveal`}
          onSubmit={(event) => {
            event.preventDefault();
            if (shown === "all") hide();
            else void show("all");
          }}
          className="print:hidden"
        >
          <Button
            type="submit"
            variant={shown === "all" ? "outline" : "ink"}
            size="sm"
            aria-busy={isPending || undefined}
          >
            {shown === "all" ? <EyeOff size={16} aria-hidden="true" /> : <Eye size={16} aria-hidden="true" />}
            {shown === "all" ? t.hideAll : isPending ? t.revealing : t.revealAll}
          </Button>
        </form>
      </div>
      <p className="mt-1 text-sm text-faint print:hidden">{shown === "all" ? t.recorded : t.hidden}</p>
      {hasFailed ? (
        <Notice tone="seal" role="alert" className="mt-3">
          {t.revealFailed}
        </Notice>
      ) : null}
      <SecretRows {...{ rows, secrets, shown, replacements, replaced, report, t }} onShow={show} />
      {rows < count ? (
        <p className="figures pt-2 text-sm text-faint">{fill(t.more, { count: formatCount(count - rows, locale) })}</p>
      ) : null}
      {secrets ? (
        <div className="mt-4 flex flex-wrap gap-2 print:hidden">
          <CopyButton
            text={() => secrets.join("\n")}
            label={t.copyAll}
            copiedLabel={t.copied}
            failedLabel={t.copyFailed}
          />
          <Button size="sm" onClick={() => download(secrets, number)}>
            <Download size={16} aria-hidden="true" />
            {t.download}
          </Button>
          <Button size="sm" onClick={() => window.print()}>
            <Printer size={16} aria-hidden="true" />
            {t.print}
          </Button>
        </div>
      ) : null}
    </section>
  );
}

interface Revealed {
  readonly secrets: readonly string[];
  readonly replaced?: readonly { readonly position: number; readonly secret: string }[];
}

const NONE: NonNullable<Revealed["replaced"]> = [];

function useReveal(orderId: string) {
  const [revealed, setRevealed] = useState<Revealed | null>(null);
  const [shown, setShown] = useState<Shown>(new Set());
  const [isPending, setIsPending] = useState(false);
  const [hasFailed, setHasFailed] = useState(false);
  // One question per page, however many rows are opened: each answer is a line on the shop's record.
  const asked = useRef<Promise<Revealed | null>>(null);
  const show = async (which: number | "all") => {
    setIsPending(true);
    asked.current ??= fetchSecrets(orderId);
    const got = await asked.current;
    setIsPending(false);
    setHasFailed(got === null);
    if (!got) {
      asked.current = null;
      return;
    }
    setRevealed(got);
    setShown((before) => (which === "all" || before === "all" ? "all" : new Set([...before, which])));
  };
  const { secrets = null, replaced = NONE } = revealed ?? {};
  return { secrets, replaced, shown, isPending, hasFailed, show, hide: () => setShown(new Set()) };
}

async function fetchSecrets(orderId: string): Promise<Revealed | null> {
  try {
    const response = await fetch(`/api/v1/orders/${orderId}/reveal`, {
      method: "POST",
      headers: { accept: "application/json" },
      cache: "no-store",
    });
    if (!response.ok) return null;
    return (await response.json()) as Revealed;
  } catch {
    return null;
  }
}

function download(secrets: readonly string[], number: string) {
  const url = URL.createObjectURL(new Blob([`${secrets.join("\n")}\n`], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `kapu-${number}.txt`;
  link.click();
  URL.revokeObjectURL(url);
}
