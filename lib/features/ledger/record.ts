import type { Block, ChainEntry } from "./rules";

/**
 * The ledger as a stream, from a database or from a file: each block is followed by the entries that stand in its range
 * now; after the last block come the entries that no block holds yet, and then the end.
 */
export type LedgerRecord =
  | { readonly kind: "block"; readonly block: Block }
  | {
      readonly kind: "entry" | "unsealed";
      readonly entry: ChainEntry;
      /** What is wrong with it before any hash is looked at: its columns do not say what its canonical bytes say. */
      readonly fault?: string;
    }
  | { readonly kind: "end" }
  /** The source itself is broken, for instance cut off; nothing follows. */
  | { readonly kind: "broken_off"; readonly line: number; readonly sentence: string };
