import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { PageHead } from "@/components/merchant/page-head";
import { StaffFrame } from "@/components/merchant/staff-frame";
import { requireUser } from "@/lib/entry/session";
import { findPendingSecret } from "@/lib/features/identity/factors";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";
import { signOutAction } from "../../actions";
import { FactorManage } from "./factor-manage";
import { FactorSetup } from "./factor-setup";

interface FactorPageProps {
  params: Promise<{ locale: string }>;
}

export async function generateMetadata({ params }: FactorPageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).security.account.title };
}

/** The secret is on this page until it is in use, and then nowhere any more. */
export default async function AccountFactorPage({ params }: FactorPageProps) {
  const locale = toLocale((await params).locale);
  const session = await requireUser(locale, "/account/factor");
  const pending = session.hasFactor ? null : await findPendingSecret(getDeps(), session.userId);
  if (!session.hasFactor && !pending) redirect(`/${locale}/account`);
  const t = getMessages(locale).security;
  return (
    <StaffFrame locale={locale} session={session} signOut={signOutAction}>
      <PageHead
        title={session.hasFactor ? t.manage.title : t.setup.title}
        lead={session.hasFactor ? undefined : t.setup.lead}
      />
      {pending ? (
        <FactorSetup locale={locale} secret={pending} email={session.email} shop={session.merchantName} />
      ) : (
        <FactorManage locale={locale} userId={session.userId} />
      )}
    </StaffFrame>
  );
}
