import { useCallback, useRef, useState } from "react";
import type { VaultItem } from "@/lib/features/vault/item";
import { limits } from "@/lib/kernel/limits";

interface Started {
  first: readonly VaultItem[];
  next: string | null;
  query: string;
}

interface Answer {
  readonly rows: readonly VaultItem[];
  readonly next: string | null;
}

/** "held": as many as this page keeps; the next ones are a page of their own. */
export type RowsState = "ready" | "loading" | "failed" | "end" | "held";

interface Held extends Answer {
  /** The page that these rows began with: when the server sends it anew, they begin anew. */
  readonly first: readonly VaultItem[];
  readonly state: RowsState;
}

const begin = (first: readonly VaultItem[], next: string | null): Held => ({
  first,
  rows: first,
  next,
  state: next === null ? "end" : "ready",
});

/** The rows so far, and how to get the next ones: one question at a time, each from where the last answer ended. */
export function useVaultRows({ first, next, query }: Started) {
  const [held, setHeld] = useState(() => begin(first, next));
  if (held.first !== first) setHeld(begin(first, next));
  const isAsking = useRef(false);
  const { rows, next: cursor } = held;
  const loadMore = useCallback(async () => {
    if (isAsking.current || cursor === null) return;
    if (rows.length >= limits.vaultRowsHeld) return setHeld((before) => ({ ...before, state: "held" }));
    isAsking.current = true;
    setHeld((before) => ({ ...before, state: "loading" }));
    const answer = await fetchRows(query, cursor);
    isAsking.current = false;
    setHeld((before) => {
      // The page was sent anew meanwhile: this answer belongs to rows that are gone.
      if (before.next !== cursor || before.first !== first) return before;
      return answer ? append(before, answer) : { ...before, state: "failed" };
    });
  }, [query, cursor, rows, first]);
  return { rows, state: held.state, loadMore };
}

const append = (before: Held, { rows, next }: Answer): Held => ({
  ...before,
  rows: [...before.rows, ...rows],
  next,
  state: next === null ? "end" : "ready",
});

async function fetchRows(query: string, after: string): Promise<Answer | null> {
  try {
    const asked = new URLSearchParams(query);
    asked.set("after", after);
    const response = await fetch(`/api/merchant/vault?${asked}`, { cache: "no-store" });
    return response.ok ? ((await response.json()) as Answer) : null;
  } catch {
    return null;
  }
}
