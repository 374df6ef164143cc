import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { TextField } from "@/components/form/fields";
import { PasskeyButton } from "@/components/form/passkey-button";
import { Door } from "@/components/merchant/door";
import type { SearchParams } from "@/lib/entry/query";
import { currentSession } from "@/lib/entry/session";
import { siteOf } from "@/lib/features/identity/passkey-ceremony";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";
import { askPasskeyAction, showPasskeyAction, signInAction } from "../actions";

interface SignInPageProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: SignInPageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).staff.signIn.title };
}

export default async function SignInPage({ params, searchParams }: SignInPageProps) {
  const locale = toLocale((await params).locale);
  const session = await currentSession();
  if (session) redirect(`/${locale}/${session.viewer.kind}`);
  const { next } = await searchParams;
  const { staff, security } = getMessages(locale);
  const { signIn: t, errors } = staff;
  const { passkeys } = security;
  return (
    <Door locale={locale} title={t.title} lead={t.lead}>
      <ActionForm action={signInAction} locale={locale} errors={errors} className="space-y-4">
        <input type="hidden" name="next" value={typeof next === "string" ? next : ""} />
        <TextField name="email" label={t.email} type="email" required autoComplete="username" autoFocus />
        <TextField name="password" label={t.password} type="password" required autoComplete="current-password" />
        <ActionSubmit variant="seal" className="w-full" pendingLabel={t.submitting}>
          {t.submit}
        </ActionSubmit>
        <p className="text-sm text-faint">{t.forgotten}</p>
      </ActionForm>
      <PasskeyButton
        locale={locale}
        host={siteOf(getDeps().env).host}
        ask={askPasskeyAction}
        show={showPasskeyAction}
        next={typeof next === "string" ? next : ""}
        errors={errors}
        t={passkeys}
        label={passkeys.signIn}
      />
    </Door>
  );
}
