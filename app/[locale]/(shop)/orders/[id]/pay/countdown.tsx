"use client";

import { useEffect, useState } from "react";

interface CountdownProps {
  /** Milliseconds until the deadline when the server wrote the page, by the database's clock. */
  leftMs: number;
  label: string;
  /** Said when nothing is left, until the page shows how things stand then. */
  over: string;
}

const SECOND = 1_000;
/** Time for the sentence to be read, and for the database's clock to be past the deadline too. */
const PAUSE_MS = 2 * SECOND;

function clockFace(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / SECOND));
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
  if (seconds >= 3_600) parts.unshift(Math.floor(seconds / 3_600));
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

/** The time left, counted on from the server's figure: the visitor's own clock may be wrong, its pace is not. At zero it asks the server. */
export function Countdown({ leftMs, label, over }: Readonly<CountdownProps>) {
  const [left, setLeft] = useState(leftMs);
  const isOver = left <= 0;
  useEffect(() => {
    const openedAt = performance.now();
    const timer = setInterval(() => setLeft(leftMs - (performance.now() - openedAt)), SECOND / 2);
    return () => clearInterval(timer);
  }, [leftMs]);
  useEffect(() => {
    if (!isOver) return;
    const timer = setTimeout(() => window.location.reload(), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [isOver]);
  if (isOver)
    return (
      <p role="alert" className="text-sm font-medium text-cinnabar nojs:hidden">
        {over}
      </p>
    );
  return (
    <p className="text-sm text-soft nojs:hidden">
      {label}{" "}
      <span
        role="timer"
        className={`figures text-base font-semibold ${left < 120 * SECOND ? "text-cinnabar" : "text-ink"}`}
      >
        {clockFace(left)}
      </span>
    </p>
  );
}
