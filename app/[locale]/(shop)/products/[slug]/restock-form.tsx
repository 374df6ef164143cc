"use client";

import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { SelectField, TextField } from "@/components/form/fields";
import type { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";

interface RestockFormProps {
  locale: Locale;
  /** What is sold out, by public id. */
  variants: readonly { readonly id: string; readonly title: string }[];
  action: ComponentProps<typeof ActionForm>["action"];
  t: ReturnType<typeof getMessages>["life"]["restock"];
  errors: Readonly<Record<string, string>>;
}

/** One mail when it is back. The answer says nothing of what the shop knows of an address. */
export function RestockForm({ locale, variants, action, t, errors }: Readonly<RestockFormProps>) {
  const [first] = variants;
  if (!first) return null;
  return (
    <section className="mt-5 border-t pt-4" aria-label={t.title}>
      <h2 className="font-semibold">{t.title}</h2>
      <p className="mt-1 mb-3 text-sm text-soft">{t.lead}</p>
      <ActionForm action={action} locale={locale} errors={errors} saved={t.done} className="space-y-3">
        {variants.length === 1 ? (
          <input type="hidden" name="variantId" value={first.id} />
        ) : (
          <SelectField name="variantId" label={t.variant}>
            {variants.map(({ id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </SelectField>
        )}
        <TextField name="email" type="email" label={t.email} required autoComplete="email" maxLength={254} />
        <ActionSubmit variant="outline" className="w-full" pendingLabel={t.submitting}>
          {t.submit}
        </ActionSubmit>
      </ActionForm>
    </section>
  );
}
