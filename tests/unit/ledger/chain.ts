import { hashBlock, hashEntry, merkleRoot } from "@/lib/features/ledger/hashes";
import type { LedgerRecord } from "@/lib/features/ledger/record";
import { type Block, type ChainEntry, canonicalOf, ENTRY_KINDS, headText, NO_HASH } from "@/lib/features/ledger/rules";
import { signingKeyOf } from "@/lib/platform/signing";

/** A key that anybody may know: 32 bytes of 7. */
export const KEY = signingKeyOf(Buffer.alloc(32, 7));

const uuid = (n: number): string => `01939f6e-7c11-7d0a-9a7e-${n.toString(16).padStart(12, "0")}`;

/** An entry that says something, the same each time for the same number. */
export const entryOf = (n: number): ChainEntry => ({
  id: BigInt(n),
  xid: BigInt(700 + Math.floor(n / 2)),
  atMs: 1_795_000_000_000n + BigInt(n),
  canonical: canonicalOf({
    kind: ENTRY_KINDS[n % ENTRY_KINDS.length] ?? "reserve",
    merchantId: uuid(1),
    orderId: n % 3 === 0 ? null : uuid(100 + n),
    batchId: n % 3 === 0 ? uuid(200 + n) : null,
    reference: n % 4 === 0 ? "expired" : "",
    cardIds: Array.from({ length: (n % 3) + 1 }, (_, card) => uuid(1_000 + 10 * n + card)),
  }),
});

/** Seals entries as the shop does, without a database. */
export function sealedBlocks(sizes: readonly number[], key = KEY): { block: Block; entries: ChainEntry[] }[] {
  let previousHash = NO_HASH;
  let next = 1;
  return sizes.map((size, index) => {
    const entries = Array.from({ length: size }, () => entryOf(next++));
    const entryHashes = entries.map(hashEntry);
    const root = merkleRoot(entryHashes.map((hash) => Buffer.from(hash, "hex"))).toString("hex");
    const number = BigInt(index + 1);
    const hash = hashBlock({ number, era: 1, previousHash, entryCount: size, root });
    const publicKey = key.publicKey.toString("hex");
    const head = { number, previousHash, hash, sealedAtMs: 1_795_000_010_000n + number, publicKey };
    const signature = key.sign(headText(head)).toString("hex");
    previousHash = hash;
    const block = { ...head, signature, era: 1, root, entryIds: entries.map(({ id }) => id), entryHashes };
    return { block, entries };
  });
}

export const recordsOf = (
  blocks: readonly { block: Block; entries: readonly ChainEntry[] }[],
  unsealed = 0,
): LedgerRecord[] => {
  const sealed = blocks.reduce((sum, { entries }) => sum + entries.length, 0);
  return [
    ...blocks.flatMap(({ block, entries }): LedgerRecord[] => [
      { kind: "block", block },
      ...entries.map((entry): LedgerRecord => ({ kind: "entry", entry })),
    ]),
    ...Array.from({ length: unsealed }, (_, n): LedgerRecord => ({ kind: "unsealed", entry: entryOf(sealed + n + 1) })),
    { kind: "end" },
  ];
};

/** A list as the stream that a database or a file gives. */
export async function* streamOf<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
