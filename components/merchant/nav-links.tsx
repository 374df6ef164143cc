"use client";

import clsx from "clsx";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { PendingMark } from "./pending-mark";

export interface NavItem {
  readonly href: string;
  readonly label: string;
  /** How much waits there for whoever looks; nothing is said of none. */
  readonly count?: number;
}
export interface NavGroup {
  readonly label?: string;
  readonly items: readonly NavItem[];
}

const COUNT_MAX = 99;

/** The longest address that the page stands under is where we are. */
const currentOf = (groups: readonly NavGroup[], path: string): string | undefined =>
  groups
    .flatMap(({ items }) => items.map(({ href }) => href))
    .filter((href) => path === href || path.startsWith(`${href}/`))
    .sort((left, right) => right.length - left.length)[0];

export function NavLinks({ groups }: Readonly<{ groups: readonly NavGroup[] }>) {
  const current = currentOf(groups, usePathname());
  return (
    <ul className="space-y-4">
      {groups.map((group) => (
        <li key={group.label ?? "first"}>
          {group.label ? <p className="px-2 pb-1 text-xs text-faint">{group.label}</p> : null}
          <ul>
            {group.items.map(({ href, label, count }) => (
              <li key={href}>
                <Link
                  href={href}
                  prefetch={false}
                  aria-current={href === current ? "page" : undefined}
                  className={clsx(
                    "block rounded-sm px-2 py-2 text-sm md:py-1.5",
                    href === current ? "bg-sunken font-medium text-ink" : "text-soft hover:bg-sunken hover:text-ink",
                  )}
                >
                  {label}
                  {count ? (
                    <span className="figures ml-1.5 rounded-sm bg-wash px-1 py-px text-xs font-semibold text-cinnabar">
                      {count > COUNT_MAX ? `${COUNT_MAX}+` : count}
                    </span>
                  ) : null}
                  <PendingMark />
                </Link>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}

/** The same on a phone, folded away; it folds again on the next page, because it is keyed by the path. */
export function NavMenu({ groups, label }: Readonly<{ groups: readonly NavGroup[]; label: string }>) {
  const path = usePathname();
  return (
    <details key={path} className="group relative md:hidden">
      <summary className="rounded-sm border border-edge px-3 py-1.5 text-sm font-medium">{label}</summary>
      <nav
        aria-label={label}
        className="absolute right-0 z-20 mt-2 max-h-[75dvh] w-60 overflow-y-auto rounded-md border bg-surface p-2"
      >
        <NavLinks groups={groups} />
      </nav>
    </details>
  );
}
