import { hashBlock, hashEntry, isHeadSigned, keyIdOf, merkleRoot } from "./hashes";
import type { Block, ChainEntry } from "./rules";
import { isAfter } from "./rules";

/** The first thing that is not as it was sealed. */
export interface LedgerBreak {
  readonly kind:
    | "altered"
    | "missing"
    | "inserted"
    | "reordered"
    | "chain"
    | "block"
    | "signature"
    | "key"
    | "head"
    | "broken_off";
  readonly block: bigint | null;
  readonly entryId: bigint | null;
  readonly sentence: string;
}

export const breakOf = (
  kind: LedgerBreak["kind"],
  block: bigint | null,
  entryId: bigint | null,
  sentence: string,
): LedgerBreak => ({ kind, block, entryId, sentence });

/** What of an entry is kept until its block ends: never its bytes. */
export interface Seen {
  readonly id: bigint;
  readonly xid: bigint;
  readonly hash: string;
  readonly fault: string | undefined;
}

export const seenOf = (entry: ChainEntry, fault: string | undefined): Seen => ({
  id: entry.id,
  xid: entry.xid,
  hash: hashEntry(entry),
  fault,
});

/** Whether a block follows the one before it, hashes to what it says, and is signed by a key that is trusted. */
export function checkBlock(block: Block, before: Block | null, trusted: ReadonlySet<string>): LedgerBreak | null {
  const { number, entryIds, entryHashes } = block;
  const bad = (kind: LedgerBreak["kind"], sentence: string) => breakOf(kind, number, null, sentence);
  const expected = (before?.number ?? 0n) + 1n;
  if (number !== expected) return bad("chain", `Block ${expected} is missing: block ${number} stands in its place.`);
  if (before && block.previousHash !== before.hash) {
    return bad(
      "chain",
      `Block ${number} does not follow block ${before.number}: it names another hash as the one before.`,
    );
  }
  if (!before && !/^0{64}$/.test(block.previousHash)) return bad("chain", "The first block names a block before it.");
  if (entryIds.length !== entryHashes.length) return bad("block", `Block ${number} has not one hash for each entry.`);
  const root = merkleRoot(entryHashes.map((hash) => Buffer.from(hash, "hex"))).toString("hex");
  if (root !== block.root) return bad("block", `The hashes of the entries of block ${number} do not give its root.`);
  if (hashBlock({ ...block, entryCount: entryIds.length }) !== block.hash) {
    return bad("block", `Block ${number} does not hash to what it says: its number, era, root or count was changed.`);
  }
  if (!trusted.has(block.publicKey)) {
    return bad("key", `Block ${number} is signed with the key ${keyIdOf(block.publicKey)}, which is not the shop's.`);
  }
  if (!isHeadSigned(block)) return bad("signature", `The signature of block ${number} is not the shop's.`);
  return null;
}

/** Whether the entries that stand in a block's range now are the ones it sealed, in their order; names the first that is not. */
export function checkEntries({ number, entryIds, entryHashes }: Block, seen: readonly Seen[]): LedgerBreak | null {
  const byId = new Map(seen.map((entry) => [entry.id, entry]));
  const sealed = new Set(entryIds);
  for (const [index, id] of entryIds.entries()) {
    const bad = (kind: LedgerBreak["kind"], entryId: bigint, what: string) =>
      breakOf(kind, number, entryId, `Entry ${entryId} of block ${number} ${what}`);
    const found = byId.get(id);
    const here = seen[index];
    // Past the bound of what is kept of a block, what was put in has pushed out what was sealed.
    const isPushedOut = !found && seen.length > entryIds.length;
    if (isPushedOut && here && !sealed.has(here.id))
      return bad("inserted", here.id, "was inserted: it was never sealed there.");
    if (!found || !here) return bad("missing", id, "is missing: it was sealed and is not there any more.");
    if (found.hash !== entryHashes[index]) {
      return bad("altered", id, `was altered: it hashes to ${found.hash}, and was sealed as ${entryHashes[index]}.`);
    }
    if (found.fault) return bad("altered", id, `was altered: ${found.fault}`);
    if (here.id !== id && !sealed.has(here.id))
      return bad("inserted", here.id, "was inserted: it was never sealed there.");
    if (here.id !== id) return bad("reordered", here.id, `was reordered: entry ${id} was sealed in its place.`);
  }
  const extra = seen[entryIds.length];
  if (!extra) return null;
  return breakOf(
    "inserted",
    number,
    extra.id,
    `Entry ${extra.id} was inserted into block ${number} after it was sealed.`,
  );
}

/**
 * Whether each entry comes after the one before it, so that none can be in the chain twice: by transaction and id within
 * an era, and by id alone from one era to the next.
 */
export class ChainOrder {
  #last: Seen | null = null;
  #era = 1;
  #highestId = 0n;
  #floorId = 0n;

  check({ number, era }: Block, seen: readonly Seen[]): LedgerBreak | null {
    if (era < this.#era) return breakOf("chain", number, null, `Block ${number} goes back to era ${era}.`);
    if (era > this.#era) {
      this.#era = era;
      this.#floorId = this.#highestId;
      this.#last = null;
    }
    for (const entry of seen) {
      const isInOrder = entry.id > this.#floorId && (this.#last === null || isAfter(entry, this.#last));
      if (!isInOrder) {
        return breakOf(
          "reordered",
          number,
          entry.id,
          `Entry ${entry.id} stands in block ${number}, and belongs before it.`,
        );
      }
      this.#last = entry;
      if (entry.id > this.#highestId) this.#highestId = entry.id;
    }
    return null;
  }

  /** Whether an entry that no block holds comes after all that blocks hold. */
  isAfterAll = (entry: ChainEntry): boolean =>
    entry.id > this.#floorId && (this.#last === null || isAfter(entry, this.#last));
}
