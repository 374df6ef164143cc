"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

const EVERY_MS = 3_000;
const ROUNDS_MAX = 200;

/** Looks again every few seconds while something is awaited and the page is in view, for ten minutes at most. */
export function Refresher() {
  const { refresh } = useRouter();
  useEffect(() => {
    let rounds = 0;
    const timer = setInterval(() => {
      if (document.visibilityState !== "visible") return;
      rounds += 1;
      if (rounds > ROUNDS_MAX) clearInterval(timer);
      else refresh();
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [refresh]);
  return null;
}
