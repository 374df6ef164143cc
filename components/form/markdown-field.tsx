"use client";

import { type ComponentProps, useId, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Prose } from "@/components/ui/prose";
import type { ActionState } from "@/lib/entry/action";
import type { SafeHtml } from "@/lib/platform/markdown";
import { AreaField } from "./fields";

export type PreviewAction = (previous: null, form: FormData) => Promise<ActionState<unknown>>;

type MarkdownFieldProps = Readonly<
  ComponentProps<typeof AreaField> & {
    preview: PreviewAction;
    words: { show: string; hide: string; title: string; empty: string; failed: string };
  }
>;

/** A text in Markdown, and how buyers will see it: rendered and filtered on the server, as their page is. */
export function MarkdownField({ preview, words, ...field }: MarkdownFieldProps) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState<{ html: SafeHtml } | "failed" | null>(null);
  const [isAsking, setIsAsking] = useState(false);
  const toggle = async () => {
    if (shown !== null) return setShown(null);
    const form = new FormData();
    form.set("text", box.current?.querySelector("textarea")?.value ?? "");
    setIsAsking(true);
    const answer = await preview(null, form).catch(() => null);
    setIsAsking(false);
    setShown(answer?.ok ? { html: answer.data as SafeHtml } : "failed");
  };
  return (
    <div ref={box}>
      <AreaField {...field} />
      <Button
        size="sm"
        variant="quiet"
        className="mt-1 nojs:hidden"
        onClick={toggle}
        disabled={isAsking}
        aria-expanded={shown !== null}
        aria-controls={id}
      >
        {shown === null ? words.show : words.hide}
      </Button>
      <div id={id} role="status">
        {shown === null ? null : (
          <section aria-label={words.title} className="mt-1 rounded-md border border-dashed border-edge p-3">
            {shown === "failed" ? words.failed : shown.html ? <Prose html={shown.html} /> : words.empty}
          </section>
        )}
      </div>
    </div>
  );
}
