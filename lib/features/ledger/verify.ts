import { breakOf, ChainOrder, checkBlock, checkEntries, type LedgerBreak, type Seen, seenOf } from "./check-block";
import { isHeadSigned } from "./hashes";
import type { LedgerRecord } from "./record";
import { type Block, type BlockHead, type ChainEntry, parseCanonical } from "./rules";

export interface VerifyOptions {
  /** The keys that the shop is known by. Empty: the key of the first block is taken, and the report says so. */
  readonly trustedKeys: ReadonlySet<string>;
  /** Heads that were published earlier, kept by somebody whom the shop cannot reach. */
  readonly savedHeads: readonly BlockHead[];
}

export interface LedgerReport {
  readonly isIntact: boolean;
  readonly break: LedgerBreak | null;
  /** What was found in order, up to the break. */
  readonly blocks: number;
  readonly entries: number;
  /** Entries that no block holds yet: nothing proves them so far. */
  readonly unsealed: { readonly entries: number; readonly oldestAtMs: bigint | null };
  readonly head: BlockHead | null;
  /** The only key in the chain. */
  readonly publicKey: string | null;
  /** False when the key was taken from the ledger itself: then the signatures prove only that one hand wrote it all. */
  readonly isKeyTrusted: boolean;
  readonly savedHeadsCompared: number;
}

/**
 * Recomputes a ledger from its first block, in memory for one block, and stops at the first thing that is not as it was
 * sealed. It knows nothing of where the records come from, and believes none of their hashes.
 */
export async function verifyLedger(
  records: AsyncIterable<LedgerRecord>,
  options: VerifyOptions,
): Promise<LedgerReport> {
  const verification = new Verification(options);
  let found = verification.checkSavedHeads();
  for await (const record of found ? [] : records) {
    found = verification.take(record);
    if (found) break;
  }
  return verification.report(found);
}

class Verification {
  readonly #trusted: Set<string>;
  readonly #isKeyTrusted: boolean;
  readonly #savedHeads: ReadonlyMap<bigint, BlockHead>;
  readonly #order = new ChainOrder();
  #last: Block | null = null;
  #open: Block | null = null;
  #seen: Seen[] = [];
  #blocks = 0;
  #entries = 0;
  #unsealed = 0;
  #oldestUnsealedAtMs: bigint | null = null;
  #compared = 0;
  #hasEnded = false;

  constructor({ trustedKeys, savedHeads }: VerifyOptions) {
    this.#trusted = new Set(trustedKeys);
    this.#isKeyTrusted = trustedKeys.size > 0;
    this.#savedHeads = new Map(savedHeads.map((head) => [head.number, head]));
  }

  /** A saved head that was never signed would accuse a shop that did nothing. */
  checkSavedHeads(): LedgerBreak | null {
    for (const head of this.#savedHeads.values()) {
      if (this.#isKeyTrusted && !this.#trusted.has(head.publicKey)) {
        return breakOf(
          "key",
          head.number,
          null,
          `The saved head ${head.number} is signed with a key that is not the shop's.`,
        );
      }
      if (!isHeadSigned(head)) {
        return breakOf(
          "signature",
          head.number,
          null,
          `The saved head ${head.number} is not signed: it proves nothing.`,
        );
      }
      if (!this.#isKeyTrusted) this.#trusted.add(head.publicKey);
    }
    return null;
  }

  take(record: LedgerRecord): LedgerBreak | null {
    if (this.#hasEnded) return breakOf("broken_off", null, null, "Something follows the end of the ledger.");
    switch (record.kind) {
      case "block":
        return this.#closeBlock() ?? this.#openBlock(record.block);
      case "entry":
        return this.#takeEntry(record.entry, record.fault);
      case "unsealed":
        return this.#closeBlock() ?? this.#takeUnsealed(record.entry, record.fault);
      case "broken_off":
        return this.#closeBlock() ?? breakOf("broken_off", null, null, `Line ${record.line}: ${record.sentence}`);
      case "end":
        this.#hasEnded = true;
        return this.#closeBlock() ?? this.#findHeadBeyond();
    }
  }

  report(found: LedgerBreak | null): LedgerReport {
    const cut = breakOf("broken_off", null, null, "The ledger breaks off before its end.");
    const first = found ?? (this.#hasEnded ? null : cut);
    const last = this.#last;
    return {
      isIntact: first === null,
      break: first,
      blocks: this.#blocks,
      entries: this.#entries,
      unsealed: { entries: this.#unsealed, oldestAtMs: this.#oldestUnsealedAtMs },
      head: last,
      publicKey: last?.publicKey ?? null,
      isKeyTrusted: this.#isKeyTrusted || this.#savedHeads.size > 0,
      savedHeadsCompared: this.#compared,
    };
  }

  #openBlock(block: Block): LedgerBreak | null {
    // The first block's key stands for the chain when nobody told us the shop's.
    if (this.#trusted.size === 0) this.#trusted.add(block.publicKey);
    const found = checkBlock(block, this.#last, this.#trusted) ?? this.#compareHead(block);
    if (!found) this.#open = block;
    return found;
  }

  #compareHead({ number, hash }: Block): LedgerBreak | null {
    const saved = this.#savedHeads.get(number);
    if (!saved) return null;
    this.#compared++;
    if (saved.hash === hash) return null;
    return breakOf(
      "head",
      number,
      null,
      `Block ${number} was published with another hash: the chain was written anew.`,
    );
  }

  #takeEntry(entry: ChainEntry, fault: string | undefined): LedgerBreak | null {
    if (!this.#open) return breakOf("broken_off", null, entry.id, `Entry ${entry.id} stands outside every block.`);
    // One more than the block sealed is enough to know that something was inserted, however much it was.
    if (this.#seen.length <= this.#open.entryIds.length) this.#seen.push(seenOf(entry, fault));
    return null;
  }

  #closeBlock(): LedgerBreak | null {
    const block = this.#open;
    if (!block) return null;
    const found = checkEntries(block, this.#seen) ?? this.#order.check(block, this.#seen);
    if (found) return found;
    this.#open = null;
    this.#seen = [];
    this.#last = block;
    this.#blocks++;
    this.#entries += block.entryIds.length;
    return null;
  }

  #takeUnsealed(entry: ChainEntry, fault: string | undefined): LedgerBreak | null {
    const { id } = entry;
    if (!this.#order.isAfterAll(entry)) {
      return breakOf(
        "inserted",
        null,
        id,
        `Entry ${id} is in no block and belongs before the last one: it was inserted.`,
      );
    }
    if (fault) return breakOf("altered", null, id, `Entry ${id}, which is not sealed yet, was altered: ${fault}`);
    if (!parseCanonical(entry.canonical))
      return breakOf("altered", null, id, `Entry ${id} says nothing that an entry can say.`);
    this.#unsealed++;
    if (this.#oldestUnsealedAtMs === null || entry.atMs < this.#oldestUnsealedAtMs)
      this.#oldestUnsealedAtMs = entry.atMs;
    return null;
  }

  #findHeadBeyond(): LedgerBreak | null {
    const last = this.#last?.number ?? 0n;
    for (const { number } of this.#savedHeads.values()) {
      if (number > last) {
        return breakOf(
          "head",
          number,
          null,
          `Block ${number} was published, and the chain ends at block ${last}: its end was cut off.`,
        );
      }
    }
    return null;
  }
}
