import { err, ok, type Result } from "@/lib/kernel/result";

/** A wholesale price: from this many pieces on, each costs this much. */
export interface TierDraft {
  readonly quantityMin: number;
  readonly unitPriceMinor: bigint;
}

export type TierProblem = "tier_order" | "tier_range" | "tier_price";

/**
 * Accepts tiers that a buyer can understand at a glance: ascending quantities above one piece and within what one order may
 * hold, each cheaper than the step before.
 */
export function judgeTiers(
  tiers: readonly TierDraft[],
  { priceMinor, quantityMax }: { priceMinor: bigint; quantityMax: number },
): Result<null, TierProblem> {
  let before: TierDraft = { quantityMin: 1, unitPriceMinor: priceMinor };
  for (const tier of tiers) {
    if (tier.quantityMin <= before.quantityMin) return err("tier_order");
    if (tier.quantityMin > quantityMax) return err("tier_range");
    if (tier.unitPriceMinor >= before.unitPriceMinor) return err("tier_price");
    before = tier;
  }
  return ok(null);
}

const wordsOf = (value: unknown): string =>
  typeof value === "object" && value !== null && !(value instanceof Date) ? JSON.stringify(value) : String(value ?? "");

/** What was changed, by name, for the audit event; texts by name only, so that the trail stays short. */
export function changedFields(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): string[] {
  return Object.keys(after).filter((name) => wordsOf(before[name]) !== wordsOf(after[name]));
}

/** The UUIDv7 that no id made before this moment exceeds: turns a point in time into a place in an index of ids. */
export function firstIdAt(ms: number): string {
  const hex = Math.max(0, Math.floor(ms)).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7000-8000-000000000000`;
}

/** A page of rows, and whether another follows. */
export interface Page<T> {
  readonly rows: readonly T[];
  readonly page: number;
  readonly hasMore: boolean;
}

/** Cuts one row too many, fetched on purpose, off a page: its presence says that there is more. */
export const toPage = <T>(rows: readonly T[], page: number, size: number): Page<T> => ({
  rows: rows.slice(0, size),
  page,
  hasMore: rows.length > size,
});

/** A name of at most 63 letters that ends with a mark of its own: what a copy is called. */
export const copiedName = (name: string, mark: string): string => `${name.slice(0, 63 - mark.length - 1)}-${mark}`;
