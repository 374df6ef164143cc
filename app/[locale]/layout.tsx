import "../globals.css";
import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { THEME_SCRIPT } from "@/components/shop/theme-script";
import { getMessages } from "@/lib/i18n";
import { LANGUAGE_TAGS, toLocale } from "@/lib/i18n/locale";

interface RootLayoutProps {
  params: Promise<{ locale: string }>;
  children: ReactNode;
}

/** Nothing is rendered at build time, when there is no database, and Next keeps no page: the cache in front of it does. */
export const dynamic = "force-dynamic";

export const viewport: Viewport = { colorScheme: "light dark", viewportFit: "cover" };

export async function generateMetadata({ params }: RootLayoutProps): Promise<Metadata> {
  const { home, common } = getMessages(toLocale((await params).locale)).shop;
  return {
    title: { default: home.title, template: `%s · ${common.brand}` },
    description: home.description,
    icons: { icon: "/icon.svg" },
  };
}

/** The page around every page. An unknown language reads as the default here; the page inside answers 404. */
export default async function RootLayout({ params, children }: RootLayoutProps) {
  const locale = toLocale((await params).locale);
  return (
    // The script below sets attributes before React looks, hence the suppressed warning.
    <html lang={LANGUAGE_TAGS[locale]} suppressHydrationWarning>
      <head>
        <script dangerouslySetInnerHTML={{ __html: THEME_SCRIPT }} />
      </head>
      <body className="min-h-dvh antialiased">{children}</body>
    </html>
  );
}
