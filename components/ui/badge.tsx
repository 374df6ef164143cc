import clsx from "clsx";
import type { ReactNode } from "react";

export type BadgeTone = "plain" | "strong" | "seal" | "muted";

const TONES: Record<BadgeTone, string> = {
  plain: "border-line text-soft",
  strong: "border-ink text-ink",
  seal: "border-cinnabar/40 bg-wash text-cinnabar",
  muted: "border-transparent bg-sunken text-faint",
};

/** A state in a word or two; the word carries the meaning, the tone only helps. */
export function Badge({ tone = "plain", children }: Readonly<{ tone?: BadgeTone; children: ReactNode }>) {
  return (
    <span
      className={clsx(
        "inline-flex items-center gap-1 whitespace-nowrap rounded-sm border px-1.5 py-px text-xs font-medium",
        TONES[tone],
      )}
    >
      {children}
    </span>
  );
}
