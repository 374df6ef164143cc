"use client";

import { useState, useSyncExternalStore, useTransition } from "react";
import type { ActionState } from "@/lib/entry/action";
import type { Locale } from "@/lib/i18n/locale";

export type PasskeyAction = (previous: ActionState<unknown> | null, form: FormData) => Promise<ActionState<unknown>>;

const never = () => () => {};

/** Whether this browser has passkeys for this shop: a key is bound to the shop's own host, and to no other name of it. */
export const usePasskeySupport = (host: string): boolean =>
  useSyncExternalStore(
    never,
    () => typeof PublicKeyCredential === "function" && window.location.hostname === host,
    () => false,
  );

export const formOf = (fields: Readonly<Record<string, string>>): FormData => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
};

interface Ceremony {
  readonly locale: Locale;
  /** What the device is to be told. */
  readonly ask: PasskeyAction;
  /** Has the device answer it. */
  readonly answer: (options: never) => Promise<object>;
  /** What becomes of the answer. */
  readonly hand: PasskeyAction;
}

/** Asks the shop, then the device, then hands its answer over; tells how it stands, and the code of what was refused. */
export function useCeremony({ locale, ask, answer, hand }: Ceremony) {
  const [fault, setFault] = useState<string | null>(null);
  const [isDone, setIsDone] = useState(false);
  const [isPending, startTransition] = useTransition();
  const run = (fields: Readonly<Record<string, string>>) =>
    startTransition(async () => {
      setFault(null);
      setIsDone(false);
      const asked = await ask(null, formOf({ locale }));
      if (!asked.ok) return setFault(asked.code);
      // Whoever closes the device's own window has said no, and so does a device that has no such key.
      const answered = await answer(asked.data as never).catch(faultOf);
      if (typeof answered === "string") return setFault(answered);
      const handed = await hand(null, formOf({ ...fields, locale, answer: JSON.stringify(answered) }));
      if (handed.ok) setIsDone(true);
      else setFault(handed.fields?.name ?? handed.fields?.answer ?? handed.code);
    });
  return { run, fault, isDone, isPending };
}

const faultOf = (error: unknown): string =>
  (error as { code?: string }).code === "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED"
    ? "passkey_known"
    : "passkey_cancelled";
