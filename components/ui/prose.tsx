import clsx from "clsx";
import type { SafeHtml } from "@/lib/platform/markdown";

/** A merchant's text as it was rendered and filtered on the server. */
export function Prose({ html, className }: Readonly<{ html: SafeHtml; className?: string }>) {
  return (
    // SafeHtml is made by renderMarkdown alone, which filters it.
    <div className={clsx("prose", className)} dangerouslySetInnerHTML={{ __html: html }} />
  );
}
