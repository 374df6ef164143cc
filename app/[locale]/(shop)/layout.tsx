import type { ReactNode } from "react";
import { PageMissing } from "@/components/shop/page-missing";
import { ShopFooter } from "@/components/shop/shop-footer";
import { ShopHeader } from "@/components/shop/shop-header";
import { answerNotFound } from "@/lib/entry/answer-not-found";
import { isLocale, toLocale } from "@/lib/i18n/locale";

interface ShopLayoutProps {
  params: Promise<{ locale: string }>;
  children: ReactNode;
}

export default async function ShopLayout({ params, children }: ShopLayoutProps) {
  const { locale: language } = await params;
  const locale = toLocale(language);
  const isKnown = isLocale(language);
  if (!isKnown) answerNotFound();
  return (
    <div className="flex min-h-dvh flex-col has-data-buy-bar:max-lg:pb-24">
      <ShopHeader locale={locale} />
      <main id="content" className="mx-auto w-full max-w-6xl flex-1 px-4 py-6 sm:px-6 sm:py-10">
        {isKnown ? children : <PageMissing locale={locale} />}
      </main>
      <ShopFooter locale={locale} />
    </div>
  );
}
