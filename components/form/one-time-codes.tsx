"use client";

import { startTransition, useActionState, useId } from "react";
import { Button, buttonClass } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import type { ActionState } from "@/lib/entry/action";
import type { Locale } from "@/lib/i18n/locale";
import { sentenceOf } from "./action-form";
import { Field } from "./field";

interface OneTimeCodesProps {
  action: (previous: ActionState<unknown> | null, form: FormData) => Promise<ActionState<unknown>>;
  locale: Locale;
  errors: Readonly<Record<string, string>>;
  t: Readonly<Record<"title" | "lead" | "copy" | "copied" | "copyFailed" | "done", string>>;
  words: Readonly<Record<"code" | "hint" | "submit" | "submitting", string>>;
}

const codesOf = (state: ActionState<unknown> | null): readonly string[] | null =>
  state?.ok ? ((state.data as { codes?: readonly string[] } | null)?.codes ?? null) : null;

/** Asks for a code of the authenticator, and shows in its place the recovery codes that it was answered with, this once. */
export function OneTimeCodes({ action, locale, errors, t, words }: Readonly<OneTimeCodesProps>) {
  const id = useId();
  const [state, dispatch, isPending] = useActionState(action, null);
  const codes = codesOf(state);
  if (codes) return <Codes codes={codes} locale={locale} t={t} />;
  const fault = state && !state.ok ? (state.fields?.code ?? state.code) : null;
  return (
    <form
      action={dispatch}
      onSubmit={(event) => {
        event.preventDefault();
        const sent = new FormData(event.currentTarget);
        if (!isPending) startTransition(() => dispatch(sent));
      }}
      className="max-w-sm space-y-4"
    >
      <input type="hidden" name="locale" value={locale} />
      {fault ? (
        <Notice tone="seal" role="alert">
          {sentenceOf(errors, fault)}
        </Notice>
      ) : null}
      <Field id={id} label={words.code} hint={words.hint || undefined}>
        <Input
          id={id}
          name="code"
          required
          autoComplete="one-time-code"
          spellCheck={false}
          aria-invalid={fault ? true : undefined}
          aria-describedby={words.hint ? `${id}-hint` : undefined}
          className="font-mono"
        />
      </Field>
      <Button type="submit" variant="ink" disabled={isPending} aria-busy={isPending || undefined}>
        {isPending ? words.submitting : words.submit}
      </Button>
    </form>
  );
}

function Codes({
  codes,
  locale,
  t,
}: Readonly<{ codes: readonly string[]; locale: Locale; t: OneTimeCodesProps["t"] }>) {
  return (
    <div className="space-y-3" role="status">
      <h2 className="font-semibold">{t.title}</h2>
      <p className="text-sm text-soft">{t.lead}</p>
      <ol className="grid max-w-md gap-x-8 gap-y-1 sm:grid-cols-2">
        {codes.map((code) => (
          <li key={code}>
            <code className="secret-text select-all">{code}</code>
          </li>
        ))}
      </ol>
      <div className="flex flex-wrap gap-2">
        <CopyButton text={codes.join("\n")} label={t.copy} copiedLabel={t.copied} failedLabel={t.copyFailed} />
        <a href={`/${locale}/account`} className={buttonClass({ variant: "ink", size: "sm" })}>
          {t.done}
        </a>
      </div>
    </div>
  );
}
