"use client";

import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Input } from "@/components/ui/input";
import { fill } from "@/lib/i18n/format";
import type { NavGroup } from "./nav-links";

interface JumpProps {
  groups: readonly NavGroup[];
  ordersHref: string;
  t: { jump: string; jumpHint: string; jumpEmpty: string; jumpOrders: string; close: string };
}

/** ⌘K: any page by its name, any order by what is typed. */
export function Jump({ groups, ordersHref, t }: Readonly<JumpProps>) {
  const dialog = useRef<HTMLDialogElement>(null);
  const router = useRouter();
  const [text, setText] = useState("");
  const query = text.trim();
  const pages = groups
    .flatMap(({ items }) => items)
    .filter(({ label }) => label.toLowerCase().includes(query.toLowerCase()));
  const search = query
    ? [{ href: `${ordersHref}?q=${encodeURIComponent(query)}`, label: fill(t.jumpOrders, { query }) }]
    : [];
  const choices = [...pages, ...search];

  useEffect(() => {
    const open = (event: globalThis.KeyboardEvent) => {
      if (!(event.metaKey || event.ctrlKey) || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      dialog.current?.showModal();
    };
    window.addEventListener("keydown", open);
    return () => window.removeEventListener("keydown", open);
  }, []);

  const go = (href: string) => {
    dialog.current?.close();
    setText("");
    router.push(href);
  };
  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    const first = choices[0];
    if (event.key === "Enter" && first) {
      event.preventDefault();
      go(first.href);
    }
  };
  return (
    <>
      <button
        type="button"
        onClick={() => dialog.current?.showModal()}
        className="flex min-h-9 items-center gap-2 rounded-sm border border-edge px-2.5 text-sm text-faint hover:border-ink nojs:hidden md:w-full"
      >
        <Search size={15} aria-hidden="true" />
        <span className="sr-only md:not-sr-only">{t.jump}</span>
        <kbd className="ml-auto hidden font-sans text-xs md:inline">⌘K</kbd>
      </button>
      <dialog
        ref={dialog}
        aria-label={t.jump}
        className="m-auto mt-[12dvh] w-[min(32rem,calc(100vw-2rem))] rounded-md border bg-surface p-3 text-ink backdrop:bg-black/40"
      >
        <Input
          type="search"
          autoFocus
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKey}
          aria-label={t.jumpHint}
          placeholder={t.jumpHint}
        />
        <ul className="mt-2 max-h-[50dvh] overflow-y-auto">
          {choices.map(({ href, label }) => (
            <li key={href}>
              <button
                type="button"
                onClick={() => go(href)}
                className="block w-full rounded-sm px-2 py-2 text-left text-sm text-soft hover:bg-sunken hover:text-ink focus-visible:bg-sunken"
              >
                {label}
              </button>
            </li>
          ))}
        </ul>
        <form method="dialog" className="mt-2 text-right">
          <button type="submit" className="rounded-sm px-2 py-1 text-sm text-faint hover:text-ink">
            {t.close}
          </button>
        </form>
      </dialog>
    </>
  );
}
