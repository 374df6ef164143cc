"use client";

import { useActionState } from "react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { checkPaymentAction } from "./actions";

interface PaidButtonProps {
  orderId: string;
  locale: string;
  t: { iPaid: string; checking: string; pending: string };
  errors: { rate_limited: string; not_found: string };
}

/** "I have paid", and what the gateway said to that. */
export function PaidButton({ orderId, locale, t, errors }: Readonly<PaidButtonProps>) {
  const [state, ask, isPending] = useActionState(checkPaymentAction, {});
  return (
    <form action={ask} className="space-y-3">
      <input type="hidden" name="orderId" value={orderId} />
      <input type="hidden" name="locale" value={locale} />
      <Button type="submit" className="w-full" disabled={isPending} aria-busy={isPending || undefined}>
        {isPending ? t.checking : t.iPaid}
      </Button>
      {state.outcome ? (
        <Notice role="alert">{state.outcome === "pending" ? t.pending : errors[state.outcome]}</Notice>
      ) : null}
    </form>
  );
}
