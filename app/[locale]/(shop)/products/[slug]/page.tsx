import type { Metadata } from "next";
import { cache } from "react";
import { BandBadge } from "@/components/shop/band-badge";
import { PageMissing } from "@/components/shop/page-missing";
import { buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { Prose } from "@/components/ui/prose";
import { answerNotFound } from "@/lib/entry/answer-not-found";
import { unitPriceMinor } from "@/lib/features/catalog/pricing";
import { bandOnShelf, findProduct, type ProductPage, type VariantView } from "@/lib/features/catalog/queries";
import { bestBand, pictureSource } from "@/lib/features/catalog/rules";
import { ProductSlug } from "@/lib/features/catalog/schema";
import { openAccounts } from "@/lib/features/payments/accounts";
import { waysToPay } from "@/lib/features/payments/ways";
import { ChosenQuery } from "@/lib/features/previews/schema";
import { findOfferedAnywhere } from "@/lib/features/previews/store";
import { canMail } from "@/lib/flows/mail-order-link";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount, formatDate } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import { getDeps } from "@/lib/platform/deps";
import { renderMarkdown } from "@/lib/platform/markdown";
import { localeOf } from "../../page-locale";
import { askRestockAction } from "../../restock/actions";
import { BuyForm } from "./buy-form";
import type { BuyChosen, BuyVariant } from "./buy-state";
import { RestockForm } from "./restock-form";

interface ProductProps {
  params: Promise<{ locale: string; slug: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

const readProduct = cache(async (slug: string) => {
  const valid = ProductSlug.safeParse(slug);
  return valid.success ? findProduct(getDeps(), valid.data) : null;
});

export async function generateMetadata({ params }: ProductProps): Promise<Metadata> {
  const locale = await localeOf(params);
  const product = await readProduct((await params).slug);
  if (!product) return { title: getMessages(locale).shop.missing.title, robots: { index: false } };
  return {
    title: product.title[locale],
    description: product.summary[locale],
    alternates: {
      canonical: `/${locale}/products/${product.slug}`,
      languages: { "zh-CN": `/zh/products/${product.slug}`, en: `/en/products/${product.slug}` },
    },
  };
}

/** The same for every visitor: no cookie is read, so the page may be cached whole. */
export default async function Product({ params, searchParams }: Readonly<ProductProps>) {
  const locale = await localeOf(params);
  const product = await readProduct((await params).slug);
  if (!product) {
    answerNotFound();
    return <PageMissing locale={locale} />;
  }
  const deps = getDeps();
  const { shop, errors } = getMessages(locale);
  const t = shop.product;
  const accounts = await openAccounts(deps);
  const gateways = [...new Set(product.variants.map(({ currency }) => currency))]
    .flatMap((currency) => waysToPay(accounts.values(), { merchantId: product.merchantId, currency }))
    .map(({ id, titleZh, titleEn, currency }) => ({ id, title: locale === "zh" ? titleZh : titleEn, currency }));
  const chosen = await readChosen(product, locale, await searchParams);
  const variants = chosen ? product.variants.filter(({ id }) => id === chosen.variantId) : product.variants;
  const minutes = Math.max(1, Math.round(deps.env.reservationSeconds / 60));
  return (
    <article className="lg:grid lg:grid-cols-[1fr_26rem] lg:grid-rows-[auto_1fr] lg:items-start lg:gap-x-10 lg:gap-y-8">
      <ProductHead product={product} locale={locale} />
      <Card className="mt-5 lg:sticky lg:top-6 lg:col-start-2 lg:row-span-2 lg:row-start-1 lg:mt-0">
        {chosen ? null : (
          <Choosing product={product} isGone={(await searchParams).card !== undefined} locale={locale} />
        )}
        {product.isSellable ? (
          <BuyForm
            title={product.title[locale]}
            locale={locale}
            variants={variants.map((variant) => toBuyVariant(variant, locale))}
            gateways={gateways}
            card={chosen}
            choose={shop.choose}
            t={t}
            band={shop.band}
            errors={errors}
          />
        ) : (
          <Notice>{t.notForSale}</Notice>
        )}
        {product.isSellable && !chosen && canMail(deps) ? <Restock product={product} locale={locale} /> : null}
        <Rules variants={product.variants} locale={locale} />
        <p className="mt-4 text-sm text-faint">
          {product.variants.every(({ promise }) => promise) ? null : (
            <>
              <span className="block">{t.delivery}</span>
              <span className="block">{fill(t.reserved, { minutes })}</span>
            </>
          )}
        </p>
      </Card>
      <div className="mt-8 space-y-6 lg:mt-0">
        <Passage title={t.details} text={product.description[locale]} />
        <Passage title={t.usage} text={product.usageNote[locale]} />
      </div>
    </article>
  );
}

type Chosen = BuyChosen & { readonly variantId: string };

/** The card that the address names, also when it is gone: a form that was for it must not become one for any card. The price beside it is of one piece. */
async function readChosen(
  product: ProductPage,
  locale: Locale,
  query: Readonly<Record<string, string | string[] | undefined>>,
): Promise<Chosen | null> {
  const { card: previewId } = ChosenQuery.parse(query);
  const offered = previewId && product.isSellable ? await findOfferedAnywhere(getDeps().db, previewId) : null;
  const variant = offered && product.variants.find(({ id }) => id === offered.variantId);
  if (!previewId || !offered || !variant) return null;
  const productHref = `/${locale}/products/${product.slug}`;
  return {
    id: toPublicId("preview", previewId),
    variantId: variant.id,
    preview: offered.preview,
    isTaken: !offered.isFree,
    extraMinor: offered.extraMinor.toString(),
    baseMinor: unitPriceMinor(variant.priceMinor, variant.tiers, 1).toString(),
    listHref: `${productHref}/cards?variant=${toPublicId("variant", variant.id)}`,
    productHref,
  };
}

/** The way to the cards that can be chosen, above the form for those that nobody chooses. */
function Choosing({ product, isGone, locale }: Readonly<{ product: ProductPage; isGone: boolean; locale: Locale }>) {
  const t = getMessages(locale).shop.choose;
  const pickable = product.isSellable
    ? product.variants.filter(({ isPickable, phase }) => isPickable && phase === "open")
    : [];
  const gone = isGone ? (
    <Notice tone="seal" role="alert" className="mb-4">
      {t.gone}
    </Notice>
  ) : null;
  if (pickable.length === 0) return gone;
  return (
    <>
      {gone}
      <ul className="mb-5 space-y-2">
        {pickable.map((variant) => (
          <li
            key={variant.id}
            className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-md bg-sunken p-3"
          >
            <span className="min-w-40 flex-1 text-sm text-soft">
              {fill(t.enterLead, { title: variant.title[locale] })}
            </span>
            <a
              href={`/${locale}/products/${product.slug}/cards?variant=${toPublicId("variant", variant.id)}`}
              className={buttonClass()}
            >
              {t.enter}
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

/** For what is sold out, where the shop can send mail. */
function Restock({ product, locale }: Readonly<{ product: ProductPage; locale: Locale }>) {
  const { life, errors } = getMessages(locale);
  const soldOut = product.variants.filter(({ band }) => band === "sold_out");
  return (
    <RestockForm
      locale={locale}
      variants={soldOut.map(({ id, title }) => ({ id: toPublicId("variant", id), title: title[locale] }))}
      action={askRestockAction}
      t={life.restock}
      errors={{ ...errors, ...life.errors }}
    />
  );
}

function ProductHead({ product, locale }: Readonly<{ product: ProductPage; locale: Locale }>) {
  const { band } = getMessages(locale).shop;
  return (
    <header className="flex items-center gap-4 lg:block">
      {product.picture ? (
        <img
          {...pictureSource(product.picture)}
          alt={product.pictureAlt[locale]}
          width={480}
          height={360}
          sizes="(min-width: 64rem) 40rem, 11rem"
          fetchPriority="high"
          className="aspect-4/3 w-28 shrink-0 rounded-md border bg-sunken object-cover sm:w-44 lg:mb-6 lg:w-full"
        />
      ) : null}
      <div>
        <p className="mb-1 text-sm text-faint">
          <a href={`/${locale}?category=${product.category.slug}`} className="hover:text-ink hover:underline">
            {product.category.title[locale]}
          </a>
        </p>
        <h1 className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xl font-semibold tracking-tight sm:text-2xl">
          {product.title[locale]}
          <BandBadge band={bestBand(product.variants.map(bandOnShelf))} t={band} />
        </h1>
        <p className="mt-1 text-soft max-sm:text-sm">{product.summary[locale]}</p>
      </div>
    </header>
  );
}

/** When and how many: said once for each variant that has a rule of its own. */
function Rules({ variants, locale }: Readonly<{ variants: readonly VariantView[]; locale: Locale }>) {
  const t = getMessages(locale).shop.product;
  const rules = variants.flatMap(({ id, title, phase, window, buyerMax }) => {
    const { saleFrom, saleUntil } = window;
    const said = [
      ...(phase === "before" && saleFrom ? [fill(t.opens, { at: formatDate(saleFrom, locale) })] : []),
      ...(phase === "open" && saleUntil ? [fill(t.closes, { at: formatDate(saleUntil, locale) })] : []),
      ...(phase === "over" ? [t.phases.over] : []),
      ...(buyerMax === null ? [] : [fill(t.buyerMax, { count: formatCount(buyerMax, locale) })]),
    ];
    return said.length > 0 ? [{ id, title: title[locale], said: said.join(locale === "zh" ? "，" : "; ") }] : [];
  });
  if (rules.length === 0) return null;
  return (
    <ul className="mt-4 space-y-1 border-t pt-3 text-sm text-soft" aria-label={t.rules}>
      {rules.map(({ id, title, said }) => (
        <li key={id}>
          <span className="font-medium text-ink">{title}</span> {said}
        </li>
      ))}
    </ul>
  );
}

function Passage({ title, text }: Readonly<{ title: string; text: string }>) {
  if (!text) return null;
  return (
    <section>
      <h2 className="mb-2 font-semibold">{title}</h2>
      <Prose html={renderMarkdown(text)} />
    </section>
  );
}

const toBuyVariant = (variant: VariantView, locale: Locale): BuyVariant => ({
  id: toPublicId("variant", variant.id),
  title: variant.title[locale],
  priceMinor: variant.priceMinor.toString(),
  currency: variant.currency,
  isSoldOut: variant.band === "sold_out" || variant.phase !== "open",
  closed: variant.phase === "open" ? "" : getMessages(locale).shop.product.phases[variant.phase],
  isLow: variant.band === "low" && variant.phase === "open",
  quantityMin: variant.quantityMin,
  quantityMax: variant.quantityMax,
  tiers: variant.tiers.map((tier) => ({ ...tier, unitPriceMinor: tier.unitPriceMinor.toString() })),
  promise: promiseOf(variant, locale),
  fields: (variant.promise?.fields ?? []).map(({ key, zh, en, isRequired }) => ({
    key,
    label: locale === "zh" ? zh : en,
    isRequired,
  })),
});

function promiseOf({ promise }: VariantView, locale: Locale): string {
  const t = getMessages(locale).shop.product.promise;
  if (!promise) return "";
  if (promise.dueAt) return fill(t.presale, { at: formatDate(promise.dueAt, locale) });
  const said = fill(t.manual, { hours: formatCount(promise.hours ?? 0, locale) });
  return promise.fields.length > 0 ? said + t.ask : said;
}
