import Link from "next/link";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { Part } from "@/components/merchant/page-head";
import { buttonClass } from "@/components/ui/button";
import type { FactorView } from "@/lib/features/identity/factors";
import { getMessages } from "@/lib/i18n";
import { fill, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { startEnrolmentAction } from "../actions";

/** So few recovery codes that it is time for new ones. */
const FEW_CODES = 3;

/** Whether the second factor is in use, and the way to it. */
export function FactorPart({ locale, factor }: Readonly<{ locale: Locale; factor: FactorView }>) {
  const { staff, security } = getMessages(locale);
  const t = security.account;
  const { confirmedAt, codesLeft } = factor;
  if (!confirmedAt)
    return (
      <Part title={t.title} note={t.offLead}>
        <ActionForm action={startEnrolmentAction} locale={locale} errors={staff.errors} className="space-y-3">
          <ActionSubmit variant="ink" pendingLabel={t.starting}>
            {t.start}
          </ActionSubmit>
        </ActionForm>
      </Part>
    );
  return (
    <Part title={t.title}>
      <p className="text-sm text-soft">
        {fill(t.onSince, { date: formatStamp(confirmedAt, locale) })} {fill(t.codesLeft, { count: codesLeft })}
        {codesLeft <= FEW_CODES ? ` ${t.codesLow}` : ""}
      </p>
      <Link href={`/${locale}/account/factor`} prefetch={false} className={`${buttonClass({ size: "sm" })} mt-3`}>
        {t.manage}
      </Link>
    </Part>
  );
}
