/** One exact piece of a source file, and what stands in its place in the broken build. */
export interface Patch {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A file of tests (`unit`, `integration`, `simulation`, by Vitest's project), or a short run of the fault harness. */
export type Check =
  | { readonly project: "unit" | "integration" | "simulation"; readonly file: string }
  | { readonly faults: readonly string[]; readonly seed: number };

/** A mistake that somebody might make, and what is expected to find it. */
export interface Bug {
  readonly name: string;
  /** The promise that it breaks. */
  readonly breaks: string;
  readonly patches: readonly Patch[];
  /** The cheapest first; one of them has to catch it. */
  readonly checks: readonly Check[];
}

export const unit = (file: string): Check => ({ project: "unit", file: `tests/unit/${file}.test.ts` });
export const integration = (file: string): Check => ({
  project: "integration",
  file: `tests/integration/${file}.test.ts`,
});
export const simulation: Check = { project: "simulation", file: "tests/simulation/shop.test.ts" };
export const chaos = (seed: number, ...faults: string[]): Check => ({ faults, seed });

/** How a check is named in a report. */
export const nameOf = (check: Check): string =>
  "file" in check ? check.file : `chaos --seed ${check.seed} --faults ${check.faults.join(",")}`;
