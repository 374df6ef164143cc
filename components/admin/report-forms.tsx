import type { ComponentProps, ReactNode } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { getMessages } from "@/lib/i18n";
import { fill } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";

function Sheet({ title, note, children }: Readonly<{ title: string; note: string; children: ReactNode }>) {
  return (
    <section className="rounded-md border bg-surface p-5">
      <h2 className="font-semibold">{title}</h2>
      <p className="mt-1 mb-3 text-sm text-soft">{note}</p>
      {children}
    </section>
  );
}

/** The closes of a span of days as a file; a form, so that nobody is led to take one away by a link. */
export function ClosesFile({ locale, from, to }: Readonly<{ locale: Locale; from: string; to: string }>) {
  const t = getMessages(locale).reports.file;
  return (
    <Sheet title={t.title} note={t.note}>
      <form action="/api/admin/reports" method="post" className="flex flex-wrap items-end gap-3">
        <input type="hidden" name="locale" value={locale} />
        <Day name="from" label={t.from} value={from} />
        <Day name="to" label={t.to} value={to} />
        <Button type="submit">{t.download}</Button>
      </form>
    </Sheet>
  );
}

const Day = ({ name, label, value }: Readonly<{ name: string; label: string; value: string }>) => (
  <label htmlFor={`closes-${name}`} className="text-sm text-soft">
    <span className="mb-1 block">{label}</span>
    <Input id={`closes-${name}`} type="date" name={name} defaultValue={value} required className="w-auto" />
  </label>
);

interface CloseMailFormProps {
  locale: Locale;
  email: string;
  isWanted: boolean;
  canMail: boolean;
  action: ComponentProps<typeof ActionForm>["action"];
}

/** Whether this admin wants the close of each day by mail. */
export function CloseMailForm({ locale, email, isWanted, canMail, action }: Readonly<CloseMailFormProps>) {
  const { reports, staff } = getMessages(locale);
  const t = reports.mail;
  return (
    <Sheet title={t.title} note={fill(t.note, { email })}>
      <ActionForm action={action} locale={locale} errors={staff.errors} saved={t.saved} className="space-y-3">
        <label className="flex min-h-11 items-center gap-2">
          <input type="checkbox" name="isWanted" defaultChecked={isWanted} className="size-5" />
          {t.wanted}
        </label>
        <ActionSubmit pendingLabel={t.saving}>{t.save}</ActionSubmit>
        {canMail ? null : <p className="text-sm text-faint">{t.notConfigured}</p>}
      </ActionForm>
    </Sheet>
  );
}
