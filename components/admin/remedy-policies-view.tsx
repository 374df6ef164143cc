import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { SelectField, TextField } from "@/components/form/fields";
import { PageHead, QuietLink } from "@/components/merchant/page-head";
import { Card } from "@/components/ui/card";
import { listPolicies, type PolicyRow, policyText } from "@/lib/features/reconciliation/remedy-policies";
import { AUTOMATIC } from "@/lib/flows/remedies/registry";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";

type FormAction = ComponentProps<typeof ActionForm>["action"];

interface PoliciesProps {
  readonly locale: Locale;
  readonly save: FormAction;
  readonly stop: FormAction;
}

/** What the shop may mend by itself, how often in a day, and the button that stops all of it. */
export async function RemedyPoliciesView({ locale, save, stop }: PoliciesProps) {
  const { findings, staff } = getMessages(locale);
  const t = findings.policies;
  const policies = await listPolicies(getDeps().db, AUTOMATIC);
  return (
    <>
      <PageHead title={t.title} lead={t.lead}>
        <QuietLink href={`/${locale}/admin/findings`}>{findings.page.back}</QuietLink>
        {policies.some(({ isOn }) => isOn) ? (
          <ActionForm action={stop} locale={locale} errors={staff.errors}>
            <ActionSubmit variant="seal" size="sm" pendingLabel={t.stopping}>
              {t.stop}
            </ActionSubmit>
          </ActionForm>
        ) : null}
      </PageHead>
      <ul className="grid gap-4 lg:grid-cols-2">
        {policies.map((policy) => (
          <li key={policy.remedy}>
            <Policy {...{ locale, policy, save }} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Policy({ locale, policy, save }: Readonly<{ locale: Locale; policy: PolicyRow; save: FormAction }>) {
  const { findings, staff } = getMessages(locale);
  const t = findings.policies;
  const { remedy, isOn, dailyMax, today, changedAt, changedByEmail } = policy;
  return (
    <Card className="flex h-full flex-col">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h2 className="font-semibold">{findings.remedies.names[remedy]}</h2>
        <p className="figures text-sm text-faint">
          {fill(t.today, { count: formatCount(today, locale), max: formatCount(dailyMax, locale) })}
        </p>
      </div>
      <p className="mt-1 mb-4 text-sm text-soft">{t.does[remedy as keyof typeof t.does]}</p>
      <ActionForm
        key={policyText(policy)}
        action={save}
        locale={locale}
        errors={staff.errors}
        saved={t.saved}
        className="mt-auto grid grid-cols-2 items-end gap-3 sm:grid-cols-[1fr_1fr_auto]"
      >
        <input type="hidden" name="remedy" value={remedy} />
        <input type="hidden" name="seen" value={policyText(policy)} />
        <SelectField name="isOn" label={t.state} defaultValue={isOn ? "on" : "off"}>
          <option value="off">{t.off}</option>
          <option value="on">{t.on}</option>
        </SelectField>
        <TextField name="dailyMax" label={t.dailyMax} inputMode="numeric" required defaultValue={String(dailyMax)} />
        <ActionSubmit pendingLabel={staff.form.saving} className="col-span-2 sm:col-span-1">
          {t.save}
        </ActionSubmit>
      </ActionForm>
      {changedAt && changedByEmail ? (
        <p className="mt-3 text-xs text-faint">
          {fill(t.changed, { who: changedByEmail, at: formatStamp(changedAt, locale) })}
        </p>
      ) : null}
    </Card>
  );
}
