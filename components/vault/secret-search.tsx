import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { AreaField } from "@/components/form/fields";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";

interface SecretSearchProps {
  locale: Locale;
  search: ComponentProps<typeof ActionForm>["action"];
  isOpen: boolean;
}

/** Looks for a card by its whole text, which is sent by POST and never stands in an address. */
export function SecretSearch({ locale, search, isOpen }: Readonly<SecretSearchProps>) {
  const { vault: t, staff } = getMessages(locale);
  return (
    <details open={isOpen} className="mb-4 rounded-md border px-4 py-2">
      <summary className="cursor-pointer py-1 text-sm font-medium">{t.secretTitle}</summary>
      <ActionForm action={search} locale={locale} errors={staff.errors} className="max-w-xl space-y-3 py-2">
        <p className="text-sm text-faint">{t.secretLead}</p>
        <AreaField name="secret" label={t.secret} required rows={2} autoComplete="off" spellCheck={false} />
        <ActionSubmit size="sm" pendingLabel={t.finding}>
          {t.find}
        </ActionSubmit>
      </ActionForm>
    </details>
  );
}
