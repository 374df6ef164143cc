import type { Metadata } from "next";
import type { ReactNode } from "react";
import { StaffFrame } from "@/components/merchant/staff-frame";
import { requireRole } from "@/lib/entry/session";
import { toLocale } from "@/lib/i18n/locale";
import { signOutAction } from "../(auth)/actions";

interface AdminLayoutProps {
  params: Promise<{ locale: string }>;
  children: ReactNode;
}

export const metadata: Metadata = { robots: { index: false, follow: false } };

/** The frame only: each page asks for its viewer itself, because a layout is not rendered again with every page. */
export default async function AdminLayout({ params, children }: AdminLayoutProps) {
  const locale = toLocale((await params).locale);
  const session = await requireRole("admin", locale, "/admin");
  return (
    <StaffFrame locale={locale} session={session} signOut={signOutAction}>
      {children}
    </StaffFrame>
  );
}
