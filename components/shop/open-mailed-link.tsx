"use client";

import { useActionState, useEffect, useState } from "react";
import { Field } from "@/components/form/field";
import { SubmitButton } from "@/components/form/submit-button";
import { buttonClass } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import type { getMessages } from "@/lib/i18n";

interface OpenMailedLinkProps {
  locale: string;
  t: ReturnType<typeof getMessages>["shop"]["link"] | ReturnType<typeof getMessages>["wallets"]["link"];
  action: (state: { isUsed?: boolean }, form: FormData) => Promise<{ isUsed?: boolean }>;
  /** Where another link is asked for. */
  againHref: string;
}

/**
 * The token stands in the address's fragment, which browsers send to nobody; a press of the button sends it, so that a
 * mail scanner that opens the link does not use it up.
 */
export function OpenMailedLink({ locale, t, action, againHref }: Readonly<OpenMailedLinkProps>) {
  const [state, open] = useActionState(action, {});
  const [token, setToken] = useState("");
  useEffect(() => setToken(window.location.hash.slice(1)), []);
  if (state.isUsed) {
    return (
      <Notice tone="seal" role="alert" title={t.used}>
        <p>{t.usedText}</p>
        <a href={againHref} className={`${buttonClass({ size: "sm" })} mt-3`}>
          {t.again}
        </a>
      </Notice>
    );
  }
  return (
    <form action={open} className="space-y-4">
      <input type="hidden" name="locale" value={locale} />
      {token ? (
        <input type="hidden" name="link" value={token} />
      ) : (
        <Field id="link" label={t.paste} hint={t.pasteHint}>
          <Input id="link" name="link" required autoComplete="off" />
        </Field>
      )}
      <SubmitButton variant="ink" size="lg" className="w-full" pendingLabel={t.opening}>
        {t.open}
      </SubmitButton>
    </form>
  );
}
