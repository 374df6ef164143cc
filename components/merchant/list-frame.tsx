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
  page: number;
  hasMore: boolean;
  isEmpty: boolean;
  /** Nothing there at all, or nothing that matches. */
  empty: { title: string; text: string };
  none: { title: string; text: string };
  children: ReactNode;
}

/** A list whose search, filters, order and page are its address: it can be sent, kept and gone back to. */
export function ListFrame(props: Readonly<ListFrameProps>) {
  const { locale, path, search, filters = [], page, hasMore, isEmpty, empty, none, children } = props;
  const t = getMessages(locale).staff.table;
  const isFiltered = Boolean(search?.value) || filters.some(({ value, isSort }) => value !== "" && !isSort) || page > 1;
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
              className="h-10 max-w-80 min-w-48 flex-1 text-sm"
            />
          ) : null}
          {filters.map((filter) => (
            <FilterSelect key={filter.name} filter={filter} all={t.all} />
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
      <Pager {...{ locale, path, search, filters, page, hasMore }} />
    </>
  );
}

function Pager({
  locale,
  path,
  search,
  filters = [],
  page,
  hasMore,
}: Readonly<Omit<ListFrameProps, "children" | "isEmpty" | "empty" | "none">>) {
  const t = getMessages(locale).staff.table;
  if (page === 1 && !hasMore) return null;
  const hrefOf = (to: number) => {
    const query = new URLSearchParams();
    if (search?.value) query.set("q", search.value);
    for (const { name, value } of filters) if (value !== "") query.set(name, value);
    if (to > 1) query.set("page", String(to));
    const text = query.toString();
    return text ? `${path}?${text}` : path;
  };
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
