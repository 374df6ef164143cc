import clsx from "clsx";
import type { ComponentProps } from "react";

/** A table that scrolls sideways inside itself on a narrow screen, fades where it goes on, and is reachable by keyboard; `relative` keeps labels for screen readers inside it too. */
export function Table({ className, "aria-label": label, ...rest }: Readonly<ComponentProps<"table">>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard (WCAG 2.1.1)
    <section className="fades-out relative overflow-x-auto" aria-label={label} tabIndex={0}>
      <table className={clsx("w-full border-collapse text-left text-sm wrap-break-word", className)} {...rest} />
    </section>
  );
}

export function HeadCell({ className, ...rest }: Readonly<ComponentProps<"th">>) {
  return (
    <th
      scope="col"
      className={clsx("whitespace-nowrap border-b py-2 pr-4 font-medium text-faint last:pr-0", className)}
      {...rest}
    />
  );
}

/** Head cells that differ by their names alone. */
export const HeadCells = ({ names, className }: Readonly<{ names: readonly string[]; className?: string }>) =>
  names.map((name) => (
    <HeadCell key={name} className={className}>
      {name}
    </HeadCell>
  ));

export function Cell({ className, ...rest }: Readonly<ComponentProps<"td">>) {
  return <td className={clsx("border-b py-2.5 pr-4 align-top last:pr-0", className)} {...rest} />;
}
