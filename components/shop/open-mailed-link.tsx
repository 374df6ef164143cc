"use client";

import { useActionState } from "react";
import { SubmitButton } from "@/components/form/submit-button";
import { MailedLinkField } from "@/components/shop/mailed-link-field";
import { buttonClass } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { getMessages } from "@/lib/i18n";

interface OpenMailedLinkProps {
  locale: string;
  t: ReturnType<typeof getMessages>["shop"]["link"] | ReturnType<typeof getMessages>["wallets"]["link"];
  action: (state: { isUsed?: boolean }, form: FormData) => Promise<{ isUsed?: boolean }>;
  /** Where another link is asked for. */
  againHref: string;
}

/** A press of the button sends the link's token, so that a mail scanner that opens the link does not use it up. */
export function OpenMailedLink({ locale, t, action, againHref }: Readonly<OpenMailedLinkProps>) {
  const [state, open] = useActionState(action, {});
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
      <MailedLinkField t={t} />
      <SubmitButton variant="ink" size="lg" className="w-full" pendingLabel={t.opening}>
        {t.open}
      </SubmitButton>
    </form>
  );
}
