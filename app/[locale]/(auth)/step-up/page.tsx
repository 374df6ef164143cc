import type { Metadata } from "next";
import Link from "next/link";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { TextField } from "@/components/form/fields";
import { PasskeyButton } from "@/components/form/passkey-button";
import { Door } from "@/components/merchant/door";
import { readQuery, type SearchParams } from "@/lib/entry/query";
import { requireUser } from "@/lib/entry/session";
import { siteOf } from "@/lib/features/identity/passkey-ceremony";
import { listPasskeys } from "@/lib/features/identity/passkeys";
import { NextQuery } from "@/lib/features/identity/schema";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";
import { askPasskeyAction, showPasskeyAction, stepUpAction } from "../actions";

interface StepUpPageProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: StepUpPageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).security.stepUp.title };
}

/** Asks once more who is there, and leads back to where they were. */
export default async function StepUpPage({ params, searchParams }: StepUpPageProps) {
  const locale = toLocale((await params).locale);
  const { hasFactor, email, userId } = await requireUser(locale, "/account");
  const deps = getDeps();
  const hasPasskeys = hasFactor && (await listPasskeys(deps, userId)).length > 0;
  const { next } = await readQuery(NextQuery, searchParams);
  const { staff, security } = getMessages(locale);
  const t = security.stepUp;
  return (
    <Door locale={locale} title={t.title} lead={hasFactor ? t.leadFactor : t.leadPassword}>
      <ActionForm action={stepUpAction} locale={locale} errors={staff.errors} saved={t.done} className="space-y-4">
        <input type="hidden" name="next" value={next ?? ""} />
        <input type="hidden" name="username" value={email} autoComplete="username" />
        {hasFactor ? (
          <TextField
            name="answer"
            label={security.factor.code}
            hint={security.factor.codeHint}
            required
            autoFocus
            autoComplete="one-time-code"
            spellCheck={false}
            className="font-mono"
          />
        ) : (
          <TextField
            name="answer"
            label={t.password}
            type="password"
            required
            autoFocus
            autoComplete="current-password"
          />
        )}
        <ActionSubmit variant="seal" className="w-full" pendingLabel={t.submitting}>
          {t.submit}
        </ActionSubmit>
        {hasFactor ? null : (
          <p className="text-sm text-faint">
            {t.advise}{" "}
            <Link href={`/${locale}/account`} prefetch={false} className="underline underline-offset-4">
              {t.adviseLink}
            </Link>
          </p>
        )}
      </ActionForm>
      {hasPasskeys ? (
        <PasskeyButton
          locale={locale}
          host={siteOf(deps.env).host}
          ask={askPasskeyAction}
          show={showPasskeyAction}
          next={next ?? ""}
          errors={staff.errors}
          t={security.passkeys}
          label={security.passkeys.stepUp}
          done={t.done}
        />
      ) : null}
    </Door>
  );
}
