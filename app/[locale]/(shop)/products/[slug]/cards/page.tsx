import clsx from "clsx";
import type { Metadata } from "next";
import { cache } from "react";
import { PageMissing } from "@/components/shop/page-missing";
import { Button, buttonClass } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { answerNotFound } from "@/lib/entry/answer-not-found";
import { answerRateLimited } from "@/lib/entry/answer-rate-limited";
import { currentClient } from "@/lib/entry/peer";
import { takeRate } from "@/lib/entry/rate-limit";
import { unitPriceMinor } from "@/lib/features/catalog/pricing";
import { findProduct, type ProductPage, type VariantView } from "@/lib/features/catalog/queries";
import { ProductSlug } from "@/lib/features/catalog/schema";
import { type ListedCards, listPreviews } from "@/lib/features/previews/queries";
import { PreviewsQuery } from "@/lib/features/previews/schema";
import { getMessages } from "@/lib/i18n";
import { fill, formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { getDeps } from "@/lib/platform/deps";
import { localeOf } from "../../../page-locale";
import { PreviewGrid } from "./preview-grid";

interface CardsProps {
  params: Promise<{ locale: string; slug: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

const readProduct = cache(async (slug: string) => {
  const valid = ProductSlug.safeParse(slug);
  return valid.success ? findProduct(getDeps(), valid.data) : null;
});

export async function generateMetadata({ params }: CardsProps): Promise<Metadata> {
  const locale = await localeOf(params);
  const product = await readProduct((await params).slug);
  const { choose, missing } = getMessages(locale).shop;
  const title = product ? `${choose.title} · ${product.title[locale]}` : missing.title;
  return { title, robots: { index: false } };
}

/** The same for every visitor: no cookie is read, so the page may be cached whole, unless it is searched. What is gone by the time of an order, the claim says. */
export default async function Cards({ params, searchParams }: Readonly<CardsProps>) {
  const locale = await localeOf(params);
  const product = await readProduct((await params).slug);
  const asked = PreviewsQuery.parse(await searchParams);
  const variants = product?.isSellable ? product.variants.filter(({ phase }) => phase === "open") : [];
  const variant =
    variants.find(({ id }) => id === asked.variant) ?? variants.find(({ isPickable }) => isPickable) ?? variants[0];
  if (!product || !variant) {
    answerNotFound();
    return <PageMissing locale={locale} />;
  }
  const { q, cursor } = asked;
  const wish = { variantId: variant.id, seller: `web_${locale}`, q, cursor, limit: limits.previewsPerPage };
  const cards = q && !(await mayLookFor()) ? null : await listPreviews(getDeps(), wish);
  const path = `/${locale}/products/${product.slug}`;
  return (
    <>
      <Head product={product} variant={variant} path={path} locale={locale} />
      <VariantTabs variants={variants} current={variant} path={path} locale={locale} />
      <SearchForm path={path} variant={variant} q={q ?? ""} locale={locale} />
      {cards ? (
        <CardList
          cards={cards}
          variant={variant}
          path={path}
          asked={{ q, isFirst: cursor === undefined }}
          locale={locale}
        />
      ) : (
        <Notice role="alert">{getMessages(locale).shop.choose.tooOften}</Notice>
      )}
    </>
  );
}

/** Whether there is another search for who asks. A list that nobody searches is answered from kept pages, where nobody is known. */
async function mayLookFor(): Promise<boolean> {
  const { address } = await currentClient();
  const { ok: isFree } = await takeRate(getDeps(), "cardSearch", address);
  if (!isFree) answerRateLimited();
  return isFree;
}

interface PartProps {
  variant: VariantView;
  path: string;
  locale: Locale;
}

function Head({ product, variant, path, locale }: Readonly<PartProps & { product: ProductPage }>) {
  const t = getMessages(locale).shop.choose;
  return (
    <header className="mb-5">
      <p className="mb-1 text-sm text-faint">
        <a href={path} className="hover:text-ink hover:underline">
          {product.title[locale]} · {variant.title[locale]}
        </a>
      </p>
      <h1 className="text-xl font-semibold tracking-tight sm:text-2xl">{t.title}</h1>
      <p className="mt-1 max-w-prose text-soft">{t.lead}</p>
    </header>
  );
}

const listHref = (path: string, { id }: VariantView, more: Readonly<Record<string, string>> = {}): string =>
  `${path}/cards?${new URLSearchParams({ variant: toPublicId("variant", id), ...more })}`;

/** Only where there is more than one option to choose cards of. */
function VariantTabs({
  variants,
  current,
  path,
  locale,
}: Readonly<{ variants: readonly VariantView[]; current: VariantView; path: string; locale: Locale }>) {
  const pickable = variants.filter((variant) => variant.isPickable || variant === current);
  if (pickable.length < 2) return null;
  return (
    <nav aria-label={getMessages(locale).shop.choose.variants} className="-mx-4 mb-4 overflow-x-auto px-4">
      <ul className="flex gap-1">
        {pickable.map((variant) => (
          <li key={variant.id}>
            <a
              href={listHref(path, variant)}
              aria-current={variant === current ? "page" : undefined}
              className={clsx(
                "block whitespace-nowrap rounded-md px-3 py-2 text-sm",
                variant === current ? "bg-sunken font-medium text-ink" : "text-soft hover:text-ink",
              )}
            >
              {variant.title[locale]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function SearchForm({ path, variant, q, locale }: Readonly<PartProps & { q: string }>) {
  const t = getMessages(locale).shop.choose;
  return (
    <form action={`${path}/cards`} method="get" className="mb-5 flex max-w-xl gap-2">
      <input type="hidden" name="variant" value={toPublicId("variant", variant.id)} />
      <Input
        type="search"
        name="q"
        maxLength={limits.previewQueryMax}
        defaultValue={q}
        placeholder={t.search}
        aria-label={t.search}
        autoComplete="off"
        enterKeyHint="search"
      />
      <Button type="submit">{t.searchButton}</Button>
    </form>
  );
}

interface CardListProps extends PartProps {
  cards: ListedCards;
  asked: { readonly q: string | undefined; readonly isFirst: boolean };
}

function CardList({ cards, variant, path, asked: { q, isFirst }, locale }: Readonly<CardListProps>) {
  const t = getMessages(locale).shop.choose;
  const more: Record<string, string> = q ? { q } : {};
  if (cards.items.length === 0) {
    return (
      <EmptyState title={q ? fill(t.noMatchTitle, { query: q }) : t.emptyTitle} text={q ? t.noMatchText : t.emptyText}>
        <a href={q || !isFirst ? listHref(path, variant) : path} className={buttonClass()}>
          {q || !isFirst ? t.all : t.back}
        </a>
      </EmptyState>
    );
  }
  const written = (minor: bigint) => formatMinor(minor.toString(), variant.currency, locale);
  const base = unitPriceMinor(variant.priceMinor, variant.tiers, 1);
  return (
    <>
      <PreviewGrid
        cards={cards.items.map(({ id, preview, extraMinor }) => ({
          href: `${path}?card=${toPublicId("preview", id)}`,
          preview,
          extra: extraMinor === 0n ? t.noExtra : fill(t.extra, { amount: written(extraMinor) }),
          total: written(base + extraMinor),
        }))}
        t={t}
      />
      {cards.nextCursor || !isFirst ? (
        <nav className="mt-8 flex justify-center gap-3">
          {isFirst ? null : (
            <a href={listHref(path, variant, more)} className={buttonClass({ variant: "quiet" })}>
              {t.first}
            </a>
          )}
          {cards.nextCursor ? (
            <a
              href={listHref(path, variant, { ...more, cursor: cards.nextCursor })}
              className={buttonClass()}
              rel="next"
            >
              {t.next}
            </a>
          ) : null}
        </nav>
      ) : null}
    </>
  );
}
