import type { ReactNode } from "react";
import { ShopFooter } from "@/components/shop/shop-footer";
import { ShopHeader } from "@/components/shop/shop-header";
import { toLocale } from "@/lib/i18n/locale";

interface ShopLayoutProps {
  params: Promise<{ locale: string }>;
  children: ReactNode;
}

export default async function ShopLayout({ params, children }: ShopLayoutProps) {
  const locale = toLocale((await params).locale);
  return (
    <div className="flex min-h-dvh flex-col has-data-buy-bar:max-lg:pb-24">
      <ShopHeader locale={locale} />
      <main id="content" className="mx-auto w-full max-w-6xl flex-1 px-4 py-6 sm:px-6 sm:py-10">
        {children}
      </main>
      <ShopFooter locale={locale} />
    </div>
  );
}
