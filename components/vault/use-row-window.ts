import { useEffect, useRef, useState } from "react";

/** Every row is as high as every other: `h-11`. */
export const ROW_PX = 44;
/** Rows that stand ready on either side of those in sight. */
const SPARE_ROWS = 20;
/** When fewer rows than this are left below, the next ones are asked for. */
const MORE_BELOW_ROWS = 60;
/** What the server renders, and what a browser shows until it has measured: the whole first page. */
const FIRST_ROWS = 60;

/**
 * Which rows of a long list are in the page: those in sight in `box` and some around them, with the height of the others above and
 * below. A million rows scroll like sixty.
 */
export function useRowWindow(count: number, onNearEnd: () => void) {
  const box = useRef<HTMLElement>(null);
  const [sight, setSight] = useState({ from: 0, to: FIRST_ROWS });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => {
      const top = Math.floor(element.scrollTop / ROW_PX);
      const bottom = Math.ceil((element.scrollTop + element.clientHeight) / ROW_PX);
      setSight((before) => {
        const from = Math.max(0, top - SPARE_ROWS);
        const to = bottom + SPARE_ROWS;
        return before.from === from && before.to === to ? before : { from, to };
      });
      if (element.scrollTop > 0 && count - bottom < MORE_BELOW_ROWS) onNearEnd();
    };
    look();
    element.addEventListener("scroll", look, { passive: true });
    window.addEventListener("resize", look);
    return () => {
      element.removeEventListener("scroll", look);
      window.removeEventListener("resize", look);
    };
  }, [count, onNearEnd]);
  const to = Math.min(count, sight.to);
  const from = Math.min(sight.from, to);
  return { box, from, to, above: from * ROW_PX, below: (count - to) * ROW_PX };
}
