"use client";

import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { Locale } from "@/lib/i18n/locale";
import { sentenceOf } from "./action-form";
import { type PasskeyAction, useCeremony, usePasskeySupport } from "./use-passkeys";

interface PasskeyButtonProps {
  locale: Locale;
  /** The host that keys of this shop are bound to. */
  host: string;
  ask: PasskeyAction;
  show: PasskeyAction;
  /** Where the visitor was going. */
  next: string;
  errors: Readonly<Record<string, string>>;
  t: Readonly<Record<"waiting", string>>;
  label: string;
  /** Said after success, when the page does not change by itself. */
  done?: string;
}

const answer = async (options: never): Promise<object> =>
  (await import("@simplewebauthn/browser")).startAuthentication({ optionsJSON: options });

/** The way in without a code, below the form that asks for one; nothing at all where the browser has no passkeys. */
export function PasskeyButton({ locale, host, ask, show, next, errors, t, label, done }: Readonly<PasskeyButtonProps>) {
  const isSupported = usePasskeySupport(host);
  const { run, fault, isDone, isPending } = useCeremony({ locale, ask, answer, hand: show });
  if (!isSupported) return null;
  return (
    <div className="mt-5 space-y-3 border-t pt-5">
      {fault ? (
        <Notice tone="seal" role="alert">
          {sentenceOf(errors, fault)}
        </Notice>
      ) : null}
      {isDone && done ? <Notice role="status">{done}</Notice> : null}
      <Button className="w-full" disabled={isPending} aria-busy={isPending || undefined} onClick={() => run({ next })}>
        {isPending ? t.waiting : label}
      </Button>
    </div>
  );
}
