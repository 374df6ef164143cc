"use client";

import { useActionState } from "react";
import { SubmitButton } from "@/components/form/submit-button";
import { MailedLinkField } from "@/components/shop/mailed-link-field";
import { Notice } from "@/components/ui/notice";
import type { getMessages } from "@/lib/i18n";
import type { RestockEndState } from "../actions";

interface EndFormProps {
  t: ReturnType<typeof getMessages>["life"]["restock"];
  action: (state: RestockEndState, form: FormData) => Promise<RestockEndState>;
}

/** A press of the button sends the link's token, and ends the asking. */
export function EndForm({ t, action }: Readonly<EndFormProps>) {
  const [state, end] = useActionState(action, {});
  if (state.isEnded) return <Notice role="status">{t.ended}</Notice>;
  return (
    <form action={end} className="space-y-4">
      {state.isBroken ? (
        <Notice tone="seal" role="alert">
          {t.broken}
        </Notice>
      ) : null}
      <MailedLinkField t={t} />
      <SubmitButton variant="ink" size="lg" className="w-full" pendingLabel={t.ending}>
        {t.end}
      </SubmitButton>
    </form>
  );
}
