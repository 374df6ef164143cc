import type { ReactNode } from "react";

interface EmptyStateProps {
  title: string;
  text: string;
  /** "h1" where this is all that the page has to say. */
  heading?: "h1" | "h2";
  children?: ReactNode;
}

/** Nothing here, why, and where to go instead. */
export function EmptyState({ title, text, heading: Heading = "h2", children }: Readonly<EmptyStateProps>) {
  return (
    <div className="mx-auto max-w-md py-16 text-center">
      <svg viewBox="0 0 64 40" className="mx-auto mb-5 h-10 text-edge" aria-hidden="true">
        <path
          d="M3 33.5c14-1.5 41-1.8 58-.3M10 33V14.5c0-2 1-3 3-3l38-.5c2 0 3 1 3 3V33M10 20.5c14 .8 30 .6 44 0M28 25.5h8"
          fill="none"
          stroke="currentColor"
          strokeWidth="2"
          strokeLinecap="round"
        />
      </svg>
      <Heading className="text-lg font-semibold">{title}</Heading>
      <p className="mt-1 text-soft">{text}</p>
      {children ? <div className="mt-6 flex flex-wrap justify-center gap-3">{children}</div> : null}
    </div>
  );
}
