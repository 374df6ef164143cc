import clsx from "clsx";
import Form from "next/form";
import Link from "next/link";
import type { ReactNode } from "react";
import { Button, buttonClass } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Input } from "@/components/ui/input";
import { getMessages } from "@/lib/i18n";
import { fill } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { type FilterChoice, FilterSelect } from "./filter-select";
import { PendingMark } from "./pending-mark";

interface ListFrameProps {
  locale: Locale;
  /** The address of the list without its query. */
  path: string;
  search?: { value: string; hint: string };
  filters?: readonly FilterChoice[];
  /** Days from and to which the list reaches; empty: no bound. */
  days?: readonly { readonly name: string; readonly label: string; readonly value: string }[];
  page: number;
  hasMore: boolean;
  /** In place of page numbers: the keys of the pages beside this one, for a list that grows while it is read. */
  keys?: { readonly newer: string | null; readonly older: string | null; readonly labels: readonly [string, string] };
  isEmpty: boolean;
  /** Nothing there at all, or nothing that matches. */
  empty: { title: string; text: string };
  none: { title: string; text: string };
  children: ReactNode;
}

/** A list whose search, filters, order and page are its address: it can be sent, kept and gone back to. */
export function ListFrame(props: Readonly<ListFrameProps>) {
  const { locale, path, search, filters = [], days = [], page, hasMore, keys, isEmpty, empty, none, children } = props;
  const t = getMessages(locale).staff.table;
  const isFiltered =
    Boolean(search?.value) ||
    filters.some(({ value, isSort }) => value !== "" && !isSort) ||
    days.some(({ value }) => value !== "") ||
    page > 1;
  const words = isFiltered ? none : empty;
  return (
    <>
      {search || filters.length > 0 ? (
        <Form action={path} className="mb-4 flex flex-wrap items-center gap-2" role="search">
          {search ? (
            <Input
              type="search"
              name="q"
              defaultValue={search.value}
              placeholder={search.hint}
              aria-label={search.hint}
              className={clsx(
                "h-10 flex-1 text-sm sm:max-w-80 sm:min-w-48",
                filters.length + days.length > 0 ? "min-w-full" : "min-w-40",
              )}
            />
          ) : null}
          {filters.map((filter) => (
            <FilterSelect key={filter.name} filter={filter} all={t.all} />
          ))}
          {days.map(({ name, label, value }) => (
            <label
              key={name}
              htmlFor={`day-${name}`}
              className="flex min-w-0 basis-full items-center gap-1.5 whitespace-nowrap text-sm text-faint sm:basis-auto"
            >
              <span className="max-sm:w-10">{label}</span>
              <Input
                id={`day-${name}`}
                key={value}
                type="date"
                name={name}
                defaultValue={value}
                className="h-10 w-auto min-w-0 flex-1 px-2 text-sm sm:px-3"
              />
            </label>
          ))}
          <Button type="submit" size="sm" className="min-h-10">
            {search ? t.search : t.apply}
          </Button>
          {isFiltered ? (
            <Link href={path} prefetch={false} className={buttonClass({ variant: "quiet", size: "sm" })}>
              {t.reset}
            </Link>
          ) : null}
        </Form>
      ) : null}
      {isEmpty ? <EmptyState title={words.title} text={words.text} /> : children}
      {keys ? (
        <KeyPager {...{ locale, path, search, filters, days, keys }} />
      ) : (
        <Pager {...{ locale, path, search, filters, days, page, hasMore }} />
      )}
    </>
  );
}

type Asked = Pick<ListFrameProps, "search" | "filters" | "days">;

/** The list's own address with one more value in it. */
function hrefWith(path: string, { search, filters = [], days = [] }: Asked, name: string, value: string): string {
  const query = new URLSearchParams();
  if (search?.value) query.set("q", search.value);
  for (const { name, value } of [...filters, ...days]) if (value !== "") query.set(name, value);
  if (value !== "") query.set(name, value);
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

function KeyPager({
  locale,
  path,
  keys,
  ...asked
}: Readonly<Asked & Pick<ListFrameProps, "locale" | "path" | "keys">>) {
  const t = getMessages(locale).staff.table;
  if (!keys || (keys.newer === null && keys.older === null)) return null;
  const [newer, older] = keys.labels;
  const link = (name: string, key: string | null, label: string) =>
    key === null ? (
      <span />
    ) : (
      <Link href={hrefWith(path, asked, name, key)} prefetch={false} className={buttonClass({ size: "sm" })}>
        {label}
        <PendingMark />
      </Link>
    );
  return (
    <nav aria-label={t.pages} className="mt-4 flex items-center justify-between gap-3 text-sm">
      {link("before", keys.newer, newer)}
      {link("after", keys.older, older)}
    </nav>
  );
}

function Pager({
  locale,
  path,
  search,
  filters = [],
  days = [],
  page,
  hasMore,
}: Readonly<Omit<ListFrameProps, "children" | "isEmpty" | "empty" | "none" | "keys">>) {
  const t = getMessages(locale).staff.table;
  if (page === 1 && !hasMore) return null;
  const hrefOf = (to: number) => hrefWith(path, { search, filters, days }, "page", to > 1 ? String(to) : "");
  return (
    <nav aria-label={t.pages} className="mt-4 flex items-center justify-between gap-3 text-sm">
      {page > 1 ? (
        <Link href={hrefOf(page - 1)} prefetch={false} className={buttonClass({ size: "sm" })}>
          {t.previous}
          <PendingMark />
        </Link>
      ) : (
        <span />
      )}
      <span className="text-faint">{fill(t.page, { page })}</span>
      {hasMore ? (
        <Link href={hrefOf(page + 1)} prefetch={false} className={buttonClass({ size: "sm" })}>
          {t.next}
          <PendingMark />
        </Link>
      ) : (
        <span />
      )}
    </nav>
  );
}
