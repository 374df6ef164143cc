"use client";

import { Search } from "lucide-react";
import { useState } from "react";
import { ProductCard, type ShelfProduct } from "@/components/shop/product-card";
import { Button, buttonClass } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Input } from "@/components/ui/input";
import { matchesTerms, type StockBand, searchTerms } from "@/lib/features/catalog/rules";
import type { getMessages } from "@/lib/i18n";
import { fill } from "@/lib/i18n/format";

interface ShelfProps {
  home: string;
  category: string | null;
  query: string;
  products: readonly ShelfProduct[];
  /** Whether `products` is everything there is, so that typing can be answered right here. */
  isWhole: boolean;
  t: ReturnType<typeof getMessages>["shop"]["home"];
  band: Record<StockBand, string>;
  fromFirst: boolean;
}

/** The search and the cards below it: filters while the visitor types, and is a plain GET form without scripts. */
export function Shelf({ home, category, query, products, isWhole, t, band, fromFirst }: Readonly<ShelfProps>) {
  const [typed, setTyped] = useState(query);
  const terms = searchTerms(typed);
  const shown =
    isWhole || typed !== query ? products.filter((product) => matchesTerms([product.words], terms)) : products;
  return (
    <>
      <form action={home} method="get" className="mb-5 flex gap-2">
        {category ? <input type="hidden" name="category" value={category} /> : null}
        <div className="relative flex-1">
          <Search size={18} aria-hidden="true" className="pointer-events-none absolute top-3.5 left-3 text-faint" />
          <Input
            type="search"
            name="q"
            maxLength={100}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            placeholder={t.searchPlaceholder}
            aria-label={t.search}
            autoComplete="off"
            enterKeyHint="search"
            className="pl-10"
          />
        </div>
        <Button type="submit" className={isWhole ? "js:hidden" : undefined}>
          {t.searchButton}
        </Button>
      </form>
      <p role="status" className="sr-only">
        {terms.length > 0 ? fill(t.resultCount, { count: shown.length }) : ""}
      </p>
      {shown.length > 0 ? (
        <ul className="grid grid-cols-2 gap-3 sm:gap-4 lg:grid-cols-3 xl:grid-cols-4">
          {shown.map((product, index) => (
            <li key={product.slug}>
              <ProductCard product={product} isFirst={index < 2} t={{ band, from: t.from, fromFirst }} />
            </li>
          ))}
        </ul>
      ) : (
        <EmptyState title={t.emptyTitle} text={emptyText(t, typed.trim(), category)}>
          {typed.trim() || category ? (
            <a href={home} className={buttonClass()}>
              {t.showAll}
            </a>
          ) : null}
        </EmptyState>
      )}
    </>
  );
}

function emptyText(t: ShelfProps["t"], query: string, category: string | null): string {
  if (query) return fill(t.emptySearch, { query });
  return category ? t.emptyCategory : t.emptyShop;
}
