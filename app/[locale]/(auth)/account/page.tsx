import type { Metadata } from "next";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { TextField } from "@/components/form/fields";
import { PageHead, Part } from "@/components/merchant/page-head";
import { StaffFrame } from "@/components/merchant/staff-frame";
import { requireUser } from "@/lib/entry/session";
import { viewFactor } from "@/lib/features/identity/factors";
import { listSessions } from "@/lib/features/identity/sessions";
import { getMessages } from "@/lib/i18n";
import { fill } from "@/lib/i18n/format";
import { toLocale } from "@/lib/i18n/locale";
import { limits } from "@/lib/kernel/limits";
import { getDeps } from "@/lib/platform/deps";
import { changePasswordAction, signOutAction } from "../actions";
import { FactorPart } from "./factor-part";
import { SessionTable } from "./session-table";

interface AccountPageProps {
  params: Promise<{ locale: string }>;
}

export async function generateMetadata({ params }: AccountPageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).staff.account.title };
}

export default async function AccountPage({ params }: AccountPageProps) {
  const locale = toLocale((await params).locale);
  const session = await requireUser(locale, "/account");
  const deps = getDeps();
  const [sessions, factor] = await Promise.all([listSessions(deps, session.userId), viewFactor(deps, session.userId)]);
  const { account: t, setup, errors } = getMessages(locale).staff;
  return (
    <StaffFrame locale={locale} session={session} signOut={signOutAction}>
      <PageHead title={t.title} lead={`${t.signedInAs} ${session.email}`} />
      <Part title={t.sessionsTitle} note={t.sessionsLead}>
        <SessionTable locale={locale} sessions={sessions} currentId={session.sessionId} />
      </Part>
      <FactorPart locale={locale} factor={factor} />
      <Part title={t.passwordTitle}>
        <ActionForm
          action={changePasswordAction}
          locale={locale}
          errors={errors}
          saved={t.changed}
          className="max-w-md space-y-4"
        >
          <TextField name="current" label={t.current} type="password" required autoComplete="current-password" />
          <TextField
            name="password"
            label={t.next}
            hint={fill(setup.passwordHint, { min: limits.passwordMin })}
            type="password"
            required
            maxLength={limits.passwordMax}
            autoComplete="new-password"
          />
          <ActionSubmit variant="ink" pendingLabel={t.changing}>
            {t.change}
          </ActionSubmit>
        </ActionForm>
      </Part>
    </StaffFrame>
  );
}
