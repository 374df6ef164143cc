import type { Metadata } from "next";
import { PeopleView } from "@/components/admin/people-view";
import { requireRole } from "@/lib/entry/session";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { createMerchantAction, resetFactorAction, setUserStatusAction } from "../actions";

interface PageProps {
  params: Promise<{ locale: string }>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).admin.people.title };
}

export default async function PeoplePage({ params }: PageProps) {
  const locale = toLocale((await params).locale);
  const { userId } = await requireRole("admin", locale, "/admin/people");
  return (
    <PeopleView
      locale={locale}
      ownUserId={userId}
      createMerchant={createMerchantAction}
      setUserStatus={setUserStatusAction}
      resetFactor={resetFactorAction}
    />
  );
}
