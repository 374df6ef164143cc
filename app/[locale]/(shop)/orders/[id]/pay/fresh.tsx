"use client";

import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";

interface FreshProps {
  /** Milliseconds until what is shown opens nothing any more. */
  afterMs: number;
  label: string;
}

const TIMER_MS_MAX = 2_147_483_647;

/** Fetches the way to pay anew when it has gone stale: by itself while somebody looks, else when they are back, or at a press. */
export function Fresh({ afterMs, label }: Readonly<FreshProps>) {
  const [isStale, setIsStale] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsStale(true), Math.min(TIMER_MS_MAX, Math.max(1_000, afterMs)));
    return () => clearTimeout(timer);
  }, [afterMs]);
  useEffect(() => {
    if (!isStale) return;
    const reload = () => {
      if (document.visibilityState === "visible") window.location.reload();
    };
    reload();
    document.addEventListener("visibilitychange", reload);
    return () => document.removeEventListener("visibilitychange", reload);
  }, [isStale]);
  return isStale ? (
    <Button size="sm" onClick={() => window.location.reload()}>
      {label}
    </Button>
  ) : null;
}
