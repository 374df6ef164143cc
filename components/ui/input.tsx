import clsx from "clsx";
import type { ComponentProps } from "react";

/** 16 px text, so that a phone does not zoom into the field. */
const BOX =
  "block w-full rounded-md border border-edge bg-surface px-3 text-base text-ink placeholder:text-faint hover:border-ink disabled:opacity-55 aria-invalid:border-cinnabar";

export function Input({ className, ...rest }: Readonly<ComponentProps<"input">>) {
  return <input className={clsx(BOX, "h-11", className)} {...rest} />;
}

export function Textarea({ className, ...rest }: Readonly<ComponentProps<"textarea">>) {
  return <textarea className={clsx(BOX, "min-h-24 py-2", className)} {...rest} />;
}

export function Select({ className, ...rest }: Readonly<ComponentProps<"select">>) {
  return <select className={clsx(BOX, "h-11 pr-8", className)} {...rest} />;
}
