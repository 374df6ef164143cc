import clsx from "clsx";
import Link from "next/link";
import type { ReactNode } from "react";
import { buttonClass } from "@/components/ui/button";

interface PageHeadProps {
  title: string;
  lead?: string;
  /** What can be done here, at the right. */
  children?: ReactNode;
}

export function PageHead({ title, lead, children }: Readonly<PageHeadProps>) {
  return (
    <div className="mb-5 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        <h1 className="text-xl font-semibold">{title}</h1>
        {lead ? <p className="mt-1 max-w-prose text-sm text-soft">{lead}</p> : null}
      </div>
      {children ? <div className="flex flex-wrap items-center gap-2">{children}</div> : null}
    </div>
  );
}

/** A way to elsewhere, as a button without an edge: its words, not that edge, stand in line with what is around them. */
export function QuietLink({ href, children }: Readonly<{ href: string; children: ReactNode }>) {
  return (
    <Link
      href={href}
      prefetch={false}
      className={clsx(buttonClass({ size: "sm", variant: "quiet" }), "-ml-3 sm:-mr-3 sm:ml-0")}
    >
      {children}
    </Link>
  );
}

/** A titled part of a page. */
export function Part({ title, note, children }: Readonly<{ title: string; note?: string; children: ReactNode }>) {
  return (
    <section className="mt-8 first:mt-0">
      <h2 className="mb-2 text-base font-semibold">{title}</h2>
      {note ? <p className="-mt-1 mb-3 text-sm text-faint">{note}</p> : null}
      {children}
    </section>
  );
}

/** Names and values, two to a row on a wide screen. */
export function Facts({ facts }: Readonly<{ facts: readonly (readonly [string, ReactNode])[] }>) {
  return (
    <dl className="grid gap-x-8 gap-y-2 text-sm sm:grid-cols-2">
      {facts.map(([name, value]) => (
        <div key={name} className="flex justify-between gap-4 border-b pb-2">
          <dt className="shrink-0 text-faint">{name}</dt>
          <dd className="figures min-w-0 text-right">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
