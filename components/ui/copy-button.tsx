"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button, type ButtonSize, type ButtonVariant } from "@/components/ui/button";

interface CopyButtonProps {
  /** The text itself, or how to obtain it at the moment of the press. */
  text: string | (() => string);
  label: string;
  /** What is copied, for whoever hears the button: where several stand side by side. */
  spokenLabel?: string;
  copiedLabel: string;
  failedLabel: string;
  variant?: ButtonVariant;
  size?: ButtonSize;
}

/** Copies, and says whether it did. Without scripts it is not shown: the text beside it can be selected. */
export function CopyButton(props: Readonly<CopyButtonProps>) {
  const { text, label, spokenLabel, copiedLabel, failedLabel, variant = "outline", size = "sm" } = props;
  const [outcome, setOutcome] = useState<"copied" | "failed" | null>(null);
  useEffect(() => {
    if (!outcome) return;
    const timer = setTimeout(() => setOutcome(null), 2500);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async () => {
    setOutcome((await writeClipboard(typeof text === "string" ? text : text())) ? "copied" : "failed");
  };
  const spoken = outcome === "copied" ? copiedLabel : outcome === "failed" ? failedLabel : "";
  const Icon = outcome === "copied" ? Check : Copy;
  return (
    <Button variant={variant} size={size} onClick={copy} className="nojs:hidden print:hidden">
      <Icon size={16} aria-hidden="true" className={outcome === "copied" ? "text-cinnabar" : undefined} />
      <span aria-hidden={spokenLabel ? true : undefined}>{spoken || label}</span>
      {spokenLabel ? <span className="sr-only">{spokenLabel}</span> : null}
      <span className="sr-only" role="status">
        {spoken}
      </span>
    </Button>
  );
}

/** The clipboard interface exists only on https and localhost; a shop on a bare address falls back to a selection. */
export async function writeClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    area.style.opacity = "0";
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    return copied;
  }
}
