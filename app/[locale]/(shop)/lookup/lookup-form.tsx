"use client";

import { useActionState } from "react";
import { Field } from "@/components/form/field";
import { SubmitButton } from "@/components/form/submit-button";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import type { getMessages } from "@/lib/i18n";
import { lookUpAction, mailLinkAction } from "./actions";

interface FormProps {
  locale: string;
  t: ReturnType<typeof getMessages>["shop"]["lookup"];
  rateLimited: string;
}

export function LookupForm({ locale, t, rateLimited }: Readonly<FormProps>) {
  const [state, look] = useActionState(lookUpAction, {});
  return (
    <form action={look} className="space-y-4">
      <input type="hidden" name="locale" value={locale} />
      {state.outcome ? (
        <Notice tone="seal" role="alert">
          {state.outcome === "rate_limited" ? rateLimited : t.miss}
        </Notice>
      ) : null}
      <Field id="number" label={t.number}>
        <NumberInput id="number" t={t} typed={state.number} />
      </Field>
      <Field id="password" label={t.password}>
        <Input id="password" name="password" type="password" required maxLength={128} autoComplete="off" />
      </Field>
      <SubmitButton variant="ink" className="w-full" pendingLabel={t.submitting}>
        {t.submit}
      </SubmitButton>
    </form>
  );
}

export function MailLinkForm({ locale, t, rateLimited }: Readonly<FormProps>) {
  const [state, send] = useActionState(mailLinkAction, {});
  return (
    <form action={send} className="space-y-4">
      <input type="hidden" name="locale" value={locale} />
      {state.outcome ? (
        <Notice role="status">{state.outcome === "rate_limited" ? rateLimited : t.mailSent}</Notice>
      ) : null}
      <Field id="mail-number" label={t.number}>
        <NumberInput id="mail-number" t={t} typed={state.number} />
      </Field>
      <Field id="mail-email" label={t.mailEmail}>
        <Input id="mail-email" name="email" type="email" required autoComplete="email" />
      </Field>
      <SubmitButton className="w-full" pendingLabel={t.submitting}>
        {t.mailSubmit}
      </SubmitButton>
    </form>
  );
}

function NumberInput({ id, t, typed }: Readonly<{ id: string; t: FormProps["t"]; typed: string | undefined }>) {
  return (
    <Input
      id={id}
      name="number"
      required
      maxLength={64}
      defaultValue={typed}
      placeholder={t.numberPlaceholder}
      autoComplete="off"
      autoCapitalize="characters"
      spellCheck={false}
      className="figures"
    />
  );
}
