"use client";

import { useId } from "react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import type { Locale } from "@/lib/i18n/locale";
import { sentenceOf } from "./action-form";
import { Field } from "./field";
import { type PasskeyAction, useCeremony, usePasskeySupport } from "./use-passkeys";

interface NewPasskeyProps {
  locale: Locale;
  host: string;
  ask: PasskeyAction;
  add: PasskeyAction;
  nameMax: number;
  /** Where one shows who one is, and comes back from. */
  stepUp: string;
  errors: Readonly<Record<string, string>>;
  t: Readonly<Record<"name" | "nameHint" | "add" | "waiting" | "unsupported", string>>;
}

const answer = async (options: never): Promise<object> =>
  (await import("@simplewebauthn/browser")).startRegistration({ optionsJSON: options });

/** Has this device make a key, under a name that its person gives it. */
export function NewPasskey({ locale, host, ask, add, nameMax, stepUp, errors, t }: Readonly<NewPasskeyProps>) {
  const id = useId();
  const isSupported = usePasskeySupport(host);
  const { run, fault, isDone, isPending } = useCeremony({ locale, ask, answer, hand: add });
  if (!isSupported) return <p className="text-sm text-faint">{t.unsupported}</p>;
  return (
    <form
      key={isDone ? "again" : "first"}
      className="max-w-sm space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        const name = new FormData(event.currentTarget).get("name");
        if (!isPending) run({ name: String(name) });
      }}
    >
      {fault ? (
        <Notice tone="seal" role="alert">
          {sentenceOf(errors, fault)}{" "}
          {fault === "step_up" ? (
            <a href={stepUp} className="font-medium underline underline-offset-4">
              {sentenceOf(errors, "step_up_here")}
            </a>
          ) : null}
        </Notice>
      ) : null}
      <Field id={id} label={t.name} hint={t.nameHint}>
        <Input id={id} name="name" required maxLength={nameMax} autoComplete="off" aria-describedby={`${id}-hint`} />
      </Field>
      <Button type="submit" variant="ink" disabled={isPending} aria-busy={isPending || undefined}>
        {isPending ? t.waiting : t.add}
      </Button>
    </form>
  );
}
