"use client";

import { useLinkStatus } from "next/link";

/**
 * Inside a link: tells that its page is on the way. The page at hand stays until then, so nothing jumps, and a browser
 * without scripts, which could not swap a placeholder for the page, loses nothing.
 */
export function PendingMark() {
  const { pending } = useLinkStatus();
  return pending ? (
    <span
      role="status"
      className="ml-2 inline-block size-1.5 animate-breathe rounded-full bg-cinnabar align-middle motion-reduce:animate-none"
    >
      <span className="sr-only">…</span>
    </span>
  ) : null;
}
