"use client";

import { useForm } from "@/components/form/action-form";
import { CopyButton } from "@/components/ui/copy-button";
import { Notice } from "@/components/ui/notice";

interface ShownOnceProps {
  title: string;
  hint: string;
  words: { copy: string; copied: string; copyFailed: string };
}

/** The secret that the form around it has just been answered: here once, and nowhere else ever. */
export function ShownOnce({ title, hint, words }: Readonly<ShownOnceProps>) {
  const { answer } = useForm();
  const secret = typeof answer === "object" && answer !== null && "secret" in answer ? String(answer.secret) : "";
  if (!secret) return null;
  return (
    <Notice role="status" title={title} className="my-3">
      <p className="text-sm">{hint}</p>
      <p className="mt-2 flex flex-wrap items-center gap-3">
        <code className="secret-text select-all break-all">{secret}</code>
        <CopyButton text={secret} label={words.copy} copiedLabel={words.copied} failedLabel={words.copyFailed} />
      </p>
    </Notice>
  );
}
