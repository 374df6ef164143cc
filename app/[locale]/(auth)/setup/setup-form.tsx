"use client";

import { useSyncExternalStore } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { TextField } from "@/components/form/fields";
import { Notice } from "@/components/ui/notice";
import { fill } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { limits } from "@/lib/kernel/limits";
import { setupAction } from "../actions";

interface SetupFormProps {
  locale: Locale;
  t: Readonly<
    Record<"noToken" | "needsScript" | "submit" | "submitting" | "passwordHint" | "email" | "password", string>
  >;
  errors: Readonly<Record<string, string>>;
}

function subscribe(onChange: () => void) {
  window.addEventListener("hashchange", onChange);
  return () => window.removeEventListener("hashchange", onChange);
}

/** The token is read from behind the `#`, where only this page can see it, and sent in the form's body. */
export function SetupForm({ locale, t, errors }: Readonly<SetupFormProps>) {
  const token = useSyncExternalStore(
    subscribe,
    () => window.location.hash.slice(1),
    () => null,
  );
  if (token === null) return <Notice>{t.needsScript}</Notice>;
  if (!/^[\w-]{43}$/.test(token)) return <Notice tone="seal">{t.noToken}</Notice>;
  return (
    <ActionForm action={setupAction} locale={locale} errors={errors} className="space-y-4">
      <input type="hidden" name="token" value={token} />
      <TextField
        name="email"
        label={t.email}
        type="email"
        required
        maxLength={limits.emailMax}
        autoComplete="username"
      />
      <TextField
        name="password"
        label={t.password}
        hint={fill(t.passwordHint, { min: limits.passwordMin })}
        type="password"
        required
        maxLength={limits.passwordMax}
        autoComplete="new-password"
      />
      <ActionSubmit variant="seal" className="w-full" pendingLabel={t.submitting}>
        {t.submit}
      </ActionSubmit>
    </ActionForm>
  );
}
