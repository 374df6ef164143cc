import type { Metadata } from "next";
import type { ReactNode } from "react";
import { baseOf, type ViewProps } from "@/components/merchant/view";
import type { SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import type { SignedIn } from "@/lib/features/identity/sessions";
import { type Locale, toLocale } from "@/lib/i18n/locale";
import type { Role } from "@/lib/kernel/viewer";

interface Props {
  params: Promise<{ locale: string; id?: string }>;
  searchParams: SearchParams;
}

interface Asked {
  readonly view: ViewProps;
  readonly session: SignedIn;
  /** Of the address, where it names a thing. */
  readonly id: string;
  readonly searchParams: SearchParams;
}

interface StaffPage {
  /** Under the address of the role; a visitor comes back to it after signing in. */
  readonly path: string;
  readonly title?: (locale: Locale) => string;
  readonly show: (asked: Asked) => Promise<ReactNode>;
}

/** A page that merchants have of their own things and admins of everybody's: one for each role, and each asks for its own. */
export const staffPage =
  ({ path, title, show }: StaffPage) =>
  (role: Role) => {
    async function generateMetadata({ params }: Props): Promise<Metadata> {
      return title ? { title: title(toLocale((await params).locale)) } : {};
    }
    async function Page({ params, searchParams }: Props) {
      const { locale: language, id = "" } = await params;
      const locale = toLocale(language);
      const session = await requireRole(role, locale, `/${role}${path}${id ? `/${id}` : ""}`);
      const { viewer } = session;
      return show({ view: { locale, viewer, base: baseOf(locale, viewer) }, session, id, searchParams });
    }
    return { Page, generateMetadata };
  };
