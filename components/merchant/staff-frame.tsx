import type { ComponentProps, ReactNode } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { LanguageLink } from "@/components/shop/language-link";
import { ThemeSwitch } from "@/components/shop/theme-switch";
import { Seal } from "@/components/ui/seal";
import { countWaiting } from "@/lib/features/disputes/queries";
import type { SignedIn } from "@/lib/features/identity/sessions";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";
import { Jump } from "./jump";
import { type NavGroup, NavLinks, NavMenu } from "./nav-links";
import { navOf } from "./navigation";

type SignOut = ComponentProps<typeof ActionForm>["action"];

interface StaffFrameProps {
  locale: Locale;
  session: SignedIn;
  signOut: SignOut;
  children: ReactNode;
}

/** The frame of every merchant and admin page: navigation on the left, on a phone in a menu; who is signed in; the way out. */
export async function StaffFrame({ locale, session, signOut, children }: Readonly<StaffFrameProps>) {
  const { staff, shop } = getMessages(locale);
  const t = staff.frame;
  const { kind } = session.viewer;
  const counts = { disputes: await countWaiting(getDeps(), session.viewer) };
  const groups = navOf(kind, locale, counts);
  const links = { locale, email: session.email, t, signOut, switchLanguage: shop.common.switchLanguage };
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[13.5rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded-md focus:bg-ink focus:px-4 focus:py-2 focus:text-on-ink"
      >
        {t.skip}
      </a>
      <header className="flex h-14 items-center justify-between gap-3 border-b px-4 md:sticky md:top-0 md:h-dvh md:flex-col md:items-stretch md:justify-start md:gap-4 md:overflow-y-auto md:border-r md:border-b-0 md:px-3 md:py-4">
        <a href={`/${locale}/${kind}`} className="flex min-w-0 items-center gap-2.5 py-1 font-semibold md:px-2">
          <Seal className="size-7 shrink-0" />
          <span className="min-w-0">
            <span className="block truncate leading-tight">{session.merchantName ?? shop.common.brand}</span>
            <span className="block text-xs font-normal text-faint">{kind === "admin" ? t.admin : t.merchant}</span>
          </span>
        </a>
        <div className="flex items-center gap-2 md:block">
          <Jump groups={groups} ordersHref={`/${locale}/${kind}/orders`} t={t} />
          <NavMenu groups={[...groups, accountGroup(locale, t)]} label={t.menu} />
        </div>
        <nav aria-label={t.menu} className="hidden md:block">
          <NavLinks groups={groups} />
        </nav>
        <div className="mt-auto hidden space-y-3 border-t pt-3 md:block">
          <SessionLinks {...links} />
          <ThemeSwitch t={shop.common.theme} />
        </div>
      </header>
      <div className="flex min-h-dvh min-w-0 flex-col">
        <main id="content" className="mx-auto w-full max-w-6xl flex-1 px-4 py-5 sm:px-6 md:py-7">
          {children}
        </main>
        <footer className="flex flex-wrap items-center justify-between gap-3 border-t px-4 py-4 md:hidden *:first:-ml-2">
          <SessionLinks {...links} />
          <ThemeSwitch t={shop.common.theme} />
        </footer>
      </div>
    </div>
  );
}

type FrameWords = ReturnType<typeof getMessages>["staff"]["frame"];

const accountGroup = (locale: Locale, t: FrameWords): NavGroup => ({
  label: t.account,
  items: [
    { href: `/${locale}/account`, label: t.account },
    { href: `/${locale}`, label: t.shop },
  ],
});

interface SessionLinksProps {
  locale: Locale;
  email: string;
  t: FrameWords;
  switchLanguage: string;
  signOut: SignOut;
}

function SessionLinks({ locale, email, t, switchLanguage, signOut }: Readonly<SessionLinksProps>) {
  const { errors } = getMessages(locale).staff;
  return (
    <div className="min-w-0 text-sm">
      <a href={`/${locale}/account`} className="block truncate px-2 py-1 text-soft hover:text-ink">
        {email}
      </a>
      <div className="flex flex-wrap items-center">
        <a href={`/${locale}`} className="px-2 py-2 text-soft hover:text-ink">
          {t.shop}
        </a>
        <LanguageLink locale={locale} label={switchLanguage} />
        <ActionForm action={signOut} locale={locale} errors={errors}>
          <ActionSubmit pendingLabel={t.signingOut} variant="quiet" size="sm" className="px-2! font-normal!">
            {t.signOut}
          </ActionSubmit>
        </ActionForm>
      </div>
    </div>
  );
}
