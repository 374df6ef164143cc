"use client";

import { type FormEvent, useId, useState } from "react";
import { Field } from "@/components/form/field";
import { Button, buttonClass } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import type { getMessages } from "@/lib/i18n";
import { limits } from "@/lib/kernel/limits";
import type { Role } from "@/lib/kernel/viewer";

interface CardRevealProps {
  cardId: string;
  role: Role;
  isProved: boolean;
  stepUpHref: string;
  t: ReturnType<typeof getMessages>["vault"]["card"];
}

type Outcome =
  | { readonly kind: "masked" }
  | { readonly kind: "open"; readonly text: string }
  | { readonly kind: "step_up" }
  | { readonly kind: "failed" };

/**
 * The text of one card, fetched when it is asked for and kept in this tab's memory alone. Without scripts the form asks for a page
 * of nothing but the text.
 */
export function CardReveal({ cardId, role, isProved, stepUpHref, t }: Readonly<CardRevealProps>) {
  const [outcome, setOutcome] = useState<Outcome>({ kind: isProved ? "masked" : "step_up" });
  const [isPending, setIsPending] = useState(false);
  const isAdmin = role === "admin";
  const reveal = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const sent = new FormData(event.currentTarget);
    setIsPending(true);
    setOutcome(await fetchText(sent));
    setIsPending(false);
  };
  if (outcome.kind === "step_up")
    return (
      <div className="flex flex-wrap items-center gap-3 text-sm">
        <span className="text-soft">{t.stepUp}</span>
        <a href={stepUpHref} className={buttonClass({ variant: "ink", size: "sm" })}>
          {t.goStepUp}
        </a>
      </div>
    );
  if (outcome.kind === "open")
    return (
      <div className="space-y-3" role="status">
        <code className="secret-text block select-all whitespace-pre-wrap break-all rounded-md border bg-surface px-4 py-3">
          {outcome.text}
        </code>
        <div className="flex flex-wrap gap-2">
          <CopyButton text={outcome.text} label={t.copy} copiedLabel={t.copied} failedLabel={t.copyFailed} />
          <Button size="sm" variant="quiet" onClick={() => setOutcome({ kind: "masked" })}>
            {t.hide}
          </Button>
        </div>
      </div>
    );
  return (
    <form method="post" action="/api/merchant/vault/reveal" onSubmit={reveal} className="max-w-xl space-y-3">
      <input type="hidden" name="card" value={cardId} />
      {outcome.kind === "failed" ? (
        <Notice tone="seal" role="alert">
          {t.failed}
        </Notice>
      ) : null}
      <p className="text-sm text-faint">{isAdmin ? t.glassLead : t.own}</p>
      {isAdmin ? <ReasonField label={t.reason} /> : null}
      <Button
        type="submit"
        variant={isAdmin ? "outline" : "ink"}
        disabled={isPending}
        aria-busy={isPending || undefined}
      >
        {isPending ? t.revealing : isAdmin ? t.breakGlass : t.reveal}
      </Button>
    </form>
  );
}

function ReasonField({ label }: Readonly<{ label: string }>) {
  const id = useId();
  return (
    <Field id={id} label={label}>
      <Input id={id} name="reason" required maxLength={limits.vaultReasonMax} />
    </Field>
  );
}

async function fetchText(form: FormData): Promise<Outcome> {
  try {
    const response = await fetch("/api/merchant/vault/reveal", {
      method: "POST",
      headers: { accept: "application/json" },
      body: form,
      cache: "no-store",
    });
    const body = (await response.json()) as { ok: boolean; text?: string; code?: string };
    if (body.ok && body.text !== undefined) return { kind: "open", text: body.text };
    return { kind: body.code === "step_up" ? "step_up" : "failed" };
  } catch {
    return { kind: "failed" };
  }
}
