import clsx from "clsx";
import type { ComponentProps } from "react";

/** A sheet on the paper: a hairline, no shadow. */
export function Card({ className, ...rest }: Readonly<ComponentProps<"section">>) {
  return <section className={clsx("rounded-md border bg-surface p-5 sm:p-6", className)} {...rest} />;
}
