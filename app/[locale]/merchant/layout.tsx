import type { Metadata } from "next";
import type { ReactNode } from "react";
import { StaffFrame } from "@/components/merchant/staff-frame";
import { currentSession } from "@/lib/entry/session";
import { toLocale } from "@/lib/i18n/locale";
import { signOutAction } from "../(auth)/actions";

interface MerchantLayoutProps {
  params: Promise<{ locale: string }>;
  children: ReactNode;
}

export const metadata: Metadata = { robots: { index: false, follow: false } };

/**
 * The frame only. Each page asks for its viewer itself: a layout is not rendered again with every page, and does not know
 * which page a visitor must come back to after signing in.
 */
export default async function MerchantLayout({ params, children }: MerchantLayoutProps) {
  const session = await currentSession();
  if (!session) return children;
  return (
    <StaffFrame locale={toLocale((await params).locale)} session={session} signOut={signOutAction}>
      {children}
    </StaffFrame>
  );
}
