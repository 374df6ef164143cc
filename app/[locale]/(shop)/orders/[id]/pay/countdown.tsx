"use client";

import { useEffect, useState } from "react";

interface CountdownProps {
  /** Milliseconds until the deadline when the server wrote the page, by the database's clock. */
  leftMs: number;
  label: string;
}

const SECOND = 1_000;

function clockFace(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / SECOND));
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
  if (seconds >= 3_600) parts.unshift(Math.floor(seconds / 3_600));
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

/** The time left, counted on from the server's figure: the visitor's own clock may be wrong, its pace is not. */
export function Countdown({ leftMs, label }: Readonly<CountdownProps>) {
  const [left, setLeft] = useState(leftMs);
  useEffect(() => {
    const openedAt = performance.now();
    const timer = setInterval(() => setLeft(leftMs - (performance.now() - openedAt)), SECOND / 2);
    return () => clearInterval(timer);
  }, [leftMs]);
  const isShort = left < 120 * SECOND;
  return (
    <p className="text-sm text-soft nojs:hidden">
      {label}{" "}
      <span role="timer" className={`figures text-base font-semibold ${isShort ? "text-cinnabar" : "text-ink"}`}>
        {clockFace(left)}
      </span>
    </p>
  );
}
