import { limits } from "@/lib/kernel/limits";
import type { Secret } from "@/lib/kernel/secret";
import { createCoalescer } from "@/lib/platform/coalescer";
import { sha256 } from "@/lib/platform/crypto";
import { type Deps, ofDeps } from "@/lib/platform/deps";
import { observeBatch } from "@/lib/platform/measures";
import { runOpen, runSpend, type SpendAnswer, type SpendRow } from "./hot/spend-statement";

export interface SpendQuota {
  /** The card that the buyer was given. */
  readonly key: Secret;
  /** One per intention: asked again, it is answered again and counted once. */
  readonly callId: string;
  readonly uses: number;
}

/**
 * - spent, replayed: counted, now or before; the figures are those of that moment
 * - exhausted: less is left than was asked for; the call id stays unused · idempotency_conflict: it was used with other input
 * - not_found: no such key, or none that its order gives out now · busy: ask again
 */
export interface Spent {
  readonly verdict: "spent" | "replayed" | "exhausted" | "idempotency_conflict" | "not_found" | "busy";
  readonly uses: number;
  readonly used: number;
  readonly usesMax: number;
}

const keyOf = (row: SpendRow): string => `${row.key_hash}\n${row.call_id}`;

/** Calls of one name are one row of the batch; whoever asked for the same again hears of the first, and for anything else asks again. */
async function runBatch(deps: Deps, rows: readonly SpendRow[], isAlone: boolean): Promise<SpendAnswer[]> {
  const first = new Map<string, { row: SpendRow; n: number }>();
  for (const row of rows) if (!first.has(keyOf(row))) first.set(keyOf(row), { row, n: first.size });
  const distinct = [...first.values()].map(({ row }) => row);
  const answers = await runSpend(deps.hot, distinct, { isAlone });
  return rows.map((row) => {
    const known = first.get(keyOf(row)) as { row: SpendRow; n: number };
    const answer = answers[known.n] as SpendAnswer;
    if (known.row === row) return answer;
    if (known.row.uses !== row.uses) return { ...answer, verdict: "crowded" };
    return answer.verdict === "spent" ? { ...answer, verdict: "replayed" } : answer;
  });
}

const spending = (deps: Deps) =>
  ofDeps(deps, "quota.spend", () =>
    createCoalescer<SpendRow, SpendAnswer>({
      name: "spend",
      run: (rows) => runBatch(deps, rows, false),
      // A batch whose answer was lost may have been counted: a call that is asked again is found by its name.
      runAlone: async (row) => (await runBatch(deps, [row], true))[0] as SpendAnswer,
      onBatch: (batch) => observeBatch(deps.log, "spend", batch),
      now: () => performance.now(),
    }),
  );

/** Once for each key, and it may wait for an order that somebody is changing: not over the lines that orders leave by. */
const opening = (deps: Deps) =>
  ofDeps(deps, "quota.open", () =>
    createCoalescer<string, boolean>({
      name: "open-quota",
      run: async (hashes) => {
        const open = await runOpen(deps.db, [...new Set(hashes)]);
        return hashes.map((hash) => open.has(hash));
      },
      runAlone: async (hash) => (await runOpen(deps.db, [hash])).has(hash),
      onBatch: (batch) => observeBatch(deps.log, "open-quota", batch),
      now: () => performance.now(),
    }),
  );

const NONE = { used: 0, uses_max: 0 } as const;
type Judged = Omit<SpendAnswer, "verdict"> & { readonly verdict: Spent["verdict"] };

async function judge(deps: Deps, row: SpendRow): Promise<Judged> {
  let isOpened = false;
  for (let tries = 0; tries < limits.quotaRetries; tries++) {
    const asked = await spending(deps).ask(row);
    if (!asked.ok) break;
    const { verdict } = asked.value;
    switch (verdict) {
      case "unknown":
        return { ...NONE, verdict: "not_found" };
      case "closed": {
        // Opened and closed again in between: taken away at this very moment.
        const opened = isOpened ? null : await opening(deps).ask(row.key_hash);
        if (opened && !opened.ok) return { ...NONE, verdict: "busy" };
        if (!opened?.value) return { ...NONE, verdict: "not_found" };
        isOpened = true;
        break;
      }
      case "held":
        if (tries > 0) return { ...NONE, verdict: "busy" };
        break;
      case "crowded":
        break;
      case "conflict":
        return { ...asked.value, verdict: "idempotency_conflict" };
      default:
        return { ...asked.value, verdict };
    }
  }
  return { ...NONE, verdict: "busy" };
}

/**
 * Spends `uses` of a key, once for each call id and never beyond its maximum; when this says `spent`, that is committed. Only as long as the
 * key's buyer may read it: what a refund or a replacement takes from him cannot be spent from its commit on. Leaves with a batch.
 */
export async function spendQuota(deps: Deps, { key, callId, uses }: SpendQuota): Promise<Spent> {
  const keyHash = sha256(key.reveal()).toString("hex");
  const { verdict, used, uses_max: usesMax } = await judge(deps, { key_hash: keyHash, call_id: callId, uses });
  return { verdict, uses, used, usesMax };
}
