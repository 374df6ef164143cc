import type { Metadata } from "next";
import type { ShelfProduct } from "@/components/shop/product-card";
import { buttonClass } from "@/components/ui/button";
import { listCategories, listProducts, type ProductListItem } from "@/lib/features/catalog/queries";
import { smallPicture } from "@/lib/features/catalog/rules";
import { ListingQuery } from "@/lib/features/catalog/schema";
import { getMessages } from "@/lib/i18n";
import { formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";
import { CategoryRail } from "./category-rail";
import { localeOf } from "./page-locale";
import { Shelf } from "./shelf";

interface HomeProps {
  params: Promise<{ locale: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata({ params, searchParams }: HomeProps): Promise<Metadata> {
  const [{ locale }, query] = [await params, await searchParams];
  return {
    alternates: { canonical: `/${locale}`, languages: { "zh-CN": "/zh", en: "/en" } },
    robots: query.q || query.cursor ? { index: false } : undefined,
  };
}

/** The same for every visitor: no cookie is read, so the page may be cached whole. */
export default async function Home({ params, searchParams }: Readonly<HomeProps>) {
  const locale = await localeOf(params);
  const { home, band } = getMessages(locale).shop;
  const deps = getDeps();
  const asked = ListingQuery.parse(await searchParams);
  const [categories, shelf] = await Promise.all([listCategories(deps), readShelf(asked)]);
  const next = new URLSearchParams({
    ...(asked.category ? { category: asked.category } : {}),
    ...(asked.q ? { q: asked.q } : {}),
  });
  if (shelf.nextCursor) next.set("cursor", shelf.nextCursor);
  return (
    <>
      <div className="mb-6 sm:mb-8">
        <h1 className="text-2xl font-semibold tracking-tight sm:text-3xl">{home.heading}</h1>
        <p className="mt-1.5 text-soft">{home.lead}</p>
      </div>
      <div className="md:grid md:grid-cols-[10rem_1fr] md:gap-8">
        <CategoryRail locale={locale} categories={categories} current={asked.category ?? null} t={home} />
        <section aria-label={home.all}>
          <Shelf
            home={`/${locale}`}
            category={asked.category ?? null}
            query={asked.q ?? ""}
            products={shelf.items.map((item) => toShelfProduct(item, locale))}
            isWhole={shelf.isWhole}
            t={home}
            band={band}
            fromFirst={locale === "en"}
          />
          {shelf.nextCursor || asked.cursor ? (
            <nav className="mt-8 flex justify-center gap-3">
              {asked.cursor ? (
                <a href={`/${locale}`} className={buttonClass({ variant: "quiet" })}>
                  {home.firstPage}
                </a>
              ) : null}
              {shelf.nextCursor ? (
                <a href={`/${locale}?${next}`} className={buttonClass()} rel="next">
                  {home.nextPage}
                </a>
              ) : null}
            </nav>
          ) : null}
        </section>
      </div>
    </>
  );
}

/** A shelf that fits one page is handed over whole, so that the browser can search it; a longer one is searched here. */
async function readShelf(asked: ListingQuery) {
  const { q, ...rest } = asked;
  const deps = getDeps();
  const whole = await listProducts(deps, rest);
  const isWhole = whole.nextCursor === null && !asked.cursor;
  return isWhole || !q ? { ...whole, isWhole } : { ...(await listProducts(deps, asked)), isWhole };
}

const toShelfProduct = (item: ProductListItem, locale: Locale): ShelfProduct => ({
  slug: item.slug,
  href: `/${locale}/products/${item.slug}`,
  title: item.title[locale],
  summary: item.summary[locale],
  picture: smallPicture(item.picture) || "/pictures/none.svg",
  band: item.band,
  price: formatMinor(item.priceFrom.amountMinor.toString(), item.priceFrom.currency, locale),
  hasRange: item.variants.length > 1 || item.variants.some((variant) => variant.tiers.length > 0),
  words: [item.title.zh, item.title.en, item.summary.zh, item.summary.en].join("\n"),
});
