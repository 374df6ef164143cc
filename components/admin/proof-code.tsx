import clsx from "clsx";

/** Text as it is, in a box that scrolls; a line longer than the box is broken, so that nothing of it stands outside. */
export function Code({ text, isRed }: Readonly<{ text: string; isRed?: boolean }>) {
  return (
    <pre
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard (WCAG 2.1.1)
      tabIndex={0}
      className={clsx(
        "secret-text mt-1 max-h-80 overflow-auto rounded-sm p-3 text-xs whitespace-pre-wrap wrap-anywhere",
        isRed ? "bg-wash" : "bg-sunken",
      )}
    >
      {text}
    </pre>
  );
}
