"use client";

import { useEffect, useState } from "react";
import { stateOf } from "./order-state";

interface OrderWatchProps {
  /** The order's public id. */
  orderId: string;
  /** What this page shows; anything else means that it is out of date. */
  state: string;
  /** Where the order is shown as it stands now. */
  href: string;
  waiting: string;
  offline: string;
}

const FIRST_MS = 2_500;
const SLOWEST_MS = 15_000;

/**
 * Asks how the order stands, less and less often, and only while someone is looking; leaves for `href` when it has
 * changed. The status is the database's: refresh, back and a second tab show the same.
 */
export function OrderWatch({ orderId, state, href, waiting, offline }: Readonly<OrderWatchProps>) {
  const [isOffline, setIsOffline] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let pauseMs = FIRST_MS;
    let isOver = false;
    const ask = async () => {
      clearTimeout(timer);
      if (isOver) return;
      if (document.visibilityState === "visible") {
        const seen = await readState(orderId);
        if (isOver) return;
        if (seen !== null && seen !== state) {
          isOver = true;
          window.location.replace(href);
          return;
        }
        setIsOffline(seen === null);
        pauseMs = Math.min(SLOWEST_MS, pauseMs * 1.1);
      }
      timer = setTimeout(ask, pauseMs);
    };
    const wake = () => {
      if (document.visibilityState !== "visible") return;
      pauseMs = FIRST_MS;
      void ask();
    };
    timer = setTimeout(ask, FIRST_MS);
    document.addEventListener("visibilitychange", wake);
    window.addEventListener("online", wake);
    return () => {
      isOver = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", wake);
      window.removeEventListener("online", wake);
    };
  }, [orderId, state, href]);
  return (
    <p role="status" className="text-center text-sm text-faint nojs:hidden print:hidden">
      <span
        aria-hidden="true"
        className="mr-2 mb-px inline-block size-2 rounded-full bg-seal motion-safe:animate-breathe"
      />
      {isOffline ? offline : waiting}
    </p>
  );
}

/** Null when the shop cannot be reached just now. */
async function readState(orderId: string): Promise<string | null> {
  try {
    const response = await fetch(`/api/v1/orders/${orderId}`, {
      headers: { accept: "application/json" },
      cache: "no-store",
    });
    if (response.status === 404) return "gone";
    if (!response.ok) return null;
    const order: { status: string; exception: string } = await response.json();
    return stateOf(order);
  } catch {
    return null;
  }
}
