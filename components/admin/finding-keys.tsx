"use client";

import { useEffect, useRef } from "react";
import { Button } from "@/components/ui/button";

interface KeyWords {
  readonly open: string;
  readonly title: string;
  readonly close: string;
  readonly list: Readonly<Record<string, string>>;
}

const ROWS = "[data-finding]";
const rowsOf = () => [...document.querySelectorAll<HTMLElement>(ROWS)];
const rowAt = (element: Element | null) => element?.closest<HTMLElement>(ROWS) ?? null;
const boxOf = (row: HTMLElement) => row.querySelector<HTMLInputElement>("input[type=checkbox]");
const linkOf = (row: HTMLElement | undefined) => row?.querySelector<HTMLAnchorElement>("a");

/** Whether what is typed belongs to a field and not to the list. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && target.type === "checkbox") return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

function move(step: 1 | -1): void {
  const rows = rowsOf();
  const here = rowAt(document.activeElement);
  const next = here ? rows.indexOf(here) + step : step === 1 ? 0 : rows.length - 1;
  linkOf(rows[Math.max(0, Math.min(rows.length - 1, next))])?.focus();
}

function choose(): void {
  const row = rowAt(document.activeElement);
  if (row) boxOf(row)?.click();
}

/** Takes what is chosen; with nothing chosen, the row that one is at. */
function take(): void {
  const here = rowAt(document.activeElement);
  const box = here && boxOf(here);
  if (box && !rowsOf().some((row) => boxOf(row)?.checked)) box.checked = true;
  document.querySelector<HTMLButtonElement>("[data-act=take]")?.click();
}

const focus = (selector: string) => document.querySelector<HTMLElement>(selector)?.focus();

/** The list by its keys; everything that a key does, a link, a box or a button does, too. */
export function FindingKeys({ t }: Readonly<{ t: KeyWords }>) {
  const sheet = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const acts: Readonly<Record<string, () => void>> = {
      j: () => move(1),
      k: () => move(-1),
      x: choose,
      t: take,
      n: () => focus("input[name=words]"),
      "/": () => focus("input[name=q]"),
      "?": () => sheet.current?.showModal(),
    };
    const onKey = (event: KeyboardEvent) => {
      const act = acts[event.key];
      if (!act || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target) || sheet.current?.open)
        return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  return (
    <>
      <Button
        size="sm"
        variant="quiet"
        className="-ml-3 nojs:hidden max-md:hidden"
        onClick={() => sheet.current?.showModal()}
      >
        {t.open} <kbd className="font-sans text-xs">?</kbd>
      </Button>
      <dialog
        ref={sheet}
        aria-label={t.title}
        className="m-auto w-[min(22rem,calc(100vw-2rem))] rounded-md border bg-surface p-5 text-ink backdrop:bg-black/40"
      >
        <h2 className="mb-3 font-semibold">{t.title}</h2>
        <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-2 text-sm">
          {Object.entries(t.list).map(([key, does]) => (
            <div key={key} className="contents">
              <dt>
                <kbd className="rounded-sm border px-1.5 font-sans text-xs">{key}</kbd>
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
        <Button size="sm" className="mt-4" onClick={() => sheet.current?.close()}>
          {t.close}
        </Button>
      </dialog>
    </>
  );
}
