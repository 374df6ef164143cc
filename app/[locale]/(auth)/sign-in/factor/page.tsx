import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { TextField } from "@/components/form/fields";
import { PasskeyButton } from "@/components/form/passkey-button";
import { Door } from "@/components/merchant/door";
import { readQuery, type SearchParams } from "@/lib/entry/query";
import { currentAwaited } from "@/lib/entry/session";
import { siteOf } from "@/lib/features/identity/passkey-ceremony";
import { listPasskeys } from "@/lib/features/identity/passkeys";
import { NextQuery } from "@/lib/features/identity/schema";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";
import { askPasskeyAction, showFactorAction, showPasskeyAction } from "../../actions";

interface FactorPageProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: FactorPageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).security.factor.title };
}

export default async function FactorPage({ params, searchParams }: FactorPageProps) {
  const locale = toLocale((await params).locale);
  const awaited = await currentAwaited();
  if (!awaited) redirect(`/${locale}/sign-in`);
  const deps = getDeps();
  const hasPasskeys = (await listPasskeys(deps, awaited.viewer.userId)).length > 0;
  const { next } = await readQuery(NextQuery, searchParams);
  const { staff, security } = getMessages(locale);
  const t = security.factor;
  return (
    <Door locale={locale} title={t.title} lead={t.lead}>
      <ActionForm action={showFactorAction} locale={locale} errors={staff.errors} className="space-y-4">
        <input type="hidden" name="next" value={next ?? ""} />
        <TextField
          name="code"
          label={t.code}
          hint={t.codeHint}
          required
          autoFocus
          autoComplete="one-time-code"
          autoCapitalize="characters"
          spellCheck={false}
          className="font-mono"
        />
        <ActionSubmit variant="seal" className="w-full" pendingLabel={t.submitting}>
          {t.submit}
        </ActionSubmit>
        <p className="text-sm text-faint">{t.lost}</p>
        <a href={`/${locale}/sign-in`} className="inline-block py-2 text-sm text-soft underline underline-offset-4">
          {t.back}
        </a>
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
          label={security.passkeys.signIn}
        />
      ) : null}
    </Door>
  );
}
