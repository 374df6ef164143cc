"use client";

import { type ComponentProps, useState } from "react";
import type { ActionForm } from "@/components/form/action-form";
import type { VaultItem } from "@/lib/features/vault/item";
import type { getMessages } from "@/lib/i18n";
import { fill, formatCount } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { limits } from "@/lib/kernel/limits";
import type { Role } from "@/lib/kernel/viewer";
import { useRowWindow } from "./use-row-window";
import { useVaultRows } from "./use-vault-rows";
import { VaultBulk } from "./vault-bulk";
import { VaultRowView } from "./vault-row";

type Words = ReturnType<typeof getMessages>["vault"];

interface VaultListProps {
  locale: Locale;
  base: string;
  role: Role;
  first: readonly VaultItem[];
  next: string | null;
  /** The filters as an address carries them, for the pages that follow and for acts on all; null where it is not a filter that chose. */
  query: string | null;
  move: ComponentProps<typeof ActionForm>["action"];
  /** Made with the page: the same form sent twice is one move. */
  moveId: string;
  t: Words;
  words: Readonly<Record<"states" | "kinds" | "errors" | "pool", Readonly<Record<string, string>>>>;
  pools: readonly { readonly id: string; readonly slug: string; readonly name: string }[];
}

/**
 * Cards under each other, of which only those in sight are in the page, however far one scrolls. Without scripts it is the first
 * page, and the link under it leads to the next.
 */
export function VaultList(props: Readonly<VaultListProps>) {
  const { locale, base, role, first, next, query, move, moveId, t, words, pools } = props;
  const { rows, state, loadMore } = useVaultRows({ first, next, query: query ?? "" });
  const { box, from, to, above, below } = useRowWindow(rows.length, loadMore);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const pick = (id: string, isPicked: boolean) =>
    setPicked((before) => {
      const after = new Set(before);
      if (isPicked && after.size < limits.vaultCardsNamed) after.add(id);
      else after.delete(id);
      return after;
    });
  const pickAll = (isPicked: boolean) =>
    setPicked(isPicked ? new Set(rows.slice(0, limits.vaultCardsNamed).map(({ id }) => id)) : new Set());
  const isAdmin = role === "admin";
  const heads = [t.columns.card, t.columns.secret, t.columns.state, t.columns.item, t.columns.batch, t.columns.order];
  return (
    <>
      <section
        ref={box}
        aria-label={t.title}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard (WCAG 2.1.1)
        tabIndex={0}
        className="relative max-h-[70dvh] overflow-auto border-y"
      >
        <table
          aria-rowcount={state === "end" ? rows.length + 1 : -1}
          className="w-full border-collapse text-left text-sm"
        >
          <thead>
            <tr aria-rowindex={1} className="sticky top-0 z-10 h-10 bg-paper">
              <th scope="col" className="border-b pr-3 nojs:hidden">
                <span className="sr-only">{t.columns.pick}</span>
                <input
                  type="checkbox"
                  aria-label={t.pickAll}
                  checked={picked.size > 0 && picked.size >= Math.min(rows.length, limits.vaultCardsNamed)}
                  onChange={(event) => pickAll(event.target.checked)}
                  className="size-4 align-middle"
                />
              </th>
              {[...heads, t.columns.expires, t.columns.pool, ...(isAdmin ? [t.columns.merchant] : [])].map((name) => (
                <th key={name} scope="col" className="whitespace-nowrap border-b pr-4 font-medium text-faint">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {above > 0 ? <tr style={{ height: above }} /> : null}
            {rows.slice(from, to).map((item, at) => (
              <VaultRowView
                key={item.id}
                {...{ item, locale, base, isAdmin, t, pick }}
                index={from + at + 2}
                stateWord={words.states[item.state] ?? item.state}
                isPicked={picked.has(item.id)}
              />
            ))}
            {below > 0 ? <tr style={{ height: below }} /> : null}
          </tbody>
        </table>
      </section>
      <p role="status" className="mt-2 min-h-5 text-sm text-faint nojs:hidden">
        {statusOf(state, t, locale) ?? fill(t.rows, { count: formatCount(rows.length, locale) })}
      </p>
      <VaultBulk {...{ locale, role, query, move, moveId, picked, t, words, pools }} />
    </>
  );
}

function statusOf(state: ReturnType<typeof useVaultRows>["state"], t: Words, locale: Locale): string | null {
  if (state === "loading") return t.loading;
  if (state === "failed") return t.loadFailed;
  return state === "held" ? fill(t.held, { count: formatCount(limits.vaultRowsHeld, locale) }) : null;
}
