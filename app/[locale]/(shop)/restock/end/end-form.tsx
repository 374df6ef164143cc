"use client";

import { useActionState, useEffect, useState } from "react";
import { Field } from "@/components/form/field";
import { SubmitButton } from "@/components/form/submit-button";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import type { getMessages } from "@/lib/i18n";
import type { RestockEndState } from "../actions";

interface EndFormProps {
  t: ReturnType<typeof getMessages>["life"]["restock"];
  action: (state: RestockEndState, form: FormData) => Promise<RestockEndState>;
}

/** The token stands in the address's fragment, which browsers send to nobody; a press of the button sends it. */
export function EndForm({ t, action }: Readonly<EndFormProps>) {
  const [state, end] = useActionState(action, {});
  const [token, setToken] = useState("");
  useEffect(() => setToken(window.location.hash.slice(1)), []);
  if (state.isEnded) return <Notice role="status">{t.ended}</Notice>;
  return (
    <form action={end} className="space-y-4">
      {state.isBroken ? (
        <Notice tone="seal" role="alert">
          {t.broken}
        </Notice>
      ) : null}
      {token ? (
        <input type="hidden" name="link" value={token} />
      ) : (
        <Field id="link" label={t.paste} hint={t.pasteHint}>
          <Input id="link" name="link" required autoComplete="off" />
        </Field>
      )}
      <SubmitButton variant="ink" size="lg" className="w-full" pendingLabel={t.ending}>
        {t.end}
      </SubmitButton>
    </form>
  );
}
