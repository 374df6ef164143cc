import type { ComponentProps } from "react";

/** 卡 in relief on vermilion: the mark of the shop. It always stands beside a name, so it is silent. */
export function Seal(props: Readonly<ComponentProps<"svg">>) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" {...props}>
      <path
        fill="var(--color-seal)"
        d="M3.1.7 12 .4l8.7.5c1.5.1 2.5 1 2.6 2.4l.3 8.8-.4 8.6c-.1 1.6-1 2.5-2.5 2.6l-8.9.3-8.4-.4C1.7 23.1.8 22.2.7 20.6L.4 11.8l.4-8.5C.9 1.8 1.7.8 3.1.7Z"
      />
      <path
        fill="none"
        stroke="var(--color-on-seal)"
        strokeWidth="2.1"
        strokeLinecap="square"
        d="M12 4.2v7M12.2 7.2h4.6M4.6 11.6h14.8M12 11.8v8M12.8 14.7l3.5 2.3"
      />
    </svg>
  );
}
