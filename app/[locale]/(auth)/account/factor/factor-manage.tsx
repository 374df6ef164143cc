import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { TextField } from "@/components/form/fields";
import { OneTimeCodes } from "@/components/form/one-time-codes";
import { Part } from "@/components/merchant/page-head";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";
import { disableFactorAction, renewRecoveryCodesAction } from "../../actions";
import { PasskeysPart } from "./passkeys-part";

/** Passkeys, new recovery codes, and the end of it; the last two ask for a code once more. */
export function FactorManage({ locale, userId }: Readonly<{ locale: Locale; userId: string }>) {
  const { staff, security } = getMessages(locale);
  const { manage: t, factor } = security;
  return (
    <>
      <PasskeysPart locale={locale} userId={userId} />
      <Part title={t.codesTitle} note={t.codesLead}>
        <OneTimeCodes
          action={renewRecoveryCodesAction}
          locale={locale}
          errors={staff.errors}
          t={security.codes}
          words={{ code: factor.code, hint: factor.codeHint, submit: t.renew, submitting: t.renewing }}
        />
      </Part>
      <Part title={t.disableTitle} note={t.disableLead}>
        <ActionForm action={disableFactorAction} locale={locale} errors={staff.errors} className="max-w-sm space-y-4">
          <TextField
            name="code"
            label={factor.code}
            hint={factor.codeHint}
            required
            autoComplete="one-time-code"
            spellCheck={false}
            className="font-mono"
          />
          <ActionSubmit pendingLabel={t.disabling}>{t.disable}</ActionSubmit>
        </ActionForm>
      </Part>
    </>
  );
}
