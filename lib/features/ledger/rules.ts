/** What the ledger says, as text that anyone can build again (docs/ledger.md). Nothing here hashes: see hashes.ts. */

export const ENTRY_KINDS = [
  "import",
  "publish",
  "reserve",
  "deliver",
  "claim",
  "bind",
  "release",
  "withdraw",
  "quarantine",
  "restore",
  "replace",
  "transfer_out",
  "transfer_in",
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** What one entry says; its place and time are not part of it. */
export interface EntryContent {
  readonly kind: EntryKind;
  readonly merchantId: string;
  readonly orderId: string | null;
  readonly batchId: string | null;
  readonly reference: string;
  readonly cardIds: readonly string[];
}

/** The canonical text of an entry: the same content gives the same text, and no two contents give one. */
export const canonicalOf = ({ kind, merchantId, orderId, batchId, reference, cardIds }: EntryContent): string =>
  ["kapu1", kind, merchantId, orderId ?? "", batchId ?? "", reference, cardIds.join(",")].join("|");

const UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const CANONICAL = new RegExp(
  `^kapu1\\|(${ENTRY_KINDS.join("|")})\\|(${UUID})\\|(${UUID})?\\|(${UUID})?\\|([^|]*)\\|(${UUID}(?:,${UUID})*)$`,
);

/** The content that a canonical text tells of, or null when it is none: the inverse of `canonicalOf`. */
export function parseCanonical(text: string): EntryContent | null {
  const found = CANONICAL.exec(text);
  if (!found) return null;
  const [, kind, merchantId = "", orderId = null, batchId = null, reference = "", cardIds = ""] = found;
  return { kind: kind as EntryKind, merchantId, orderId, batchId, reference, cardIds: cardIds.split(",") };
}

/** An entry in the chain: where it stands, when it was written, what it says. */
export interface ChainEntry {
  readonly id: bigint;
  /** The transaction that wrote it; entries are chained by `xid`, then `id`. */
  readonly xid: bigint;
  /** Milliseconds since 1970 by the database's clock. */
  readonly atMs: bigint;
  readonly canonical: string;
}

/** Whether one place comes after another in the chain. */
export const isAfter = (a: { xid: bigint; id: bigint }, b: { xid: bigint; id: bigint }): boolean =>
  a.xid > b.xid || (a.xid === b.xid && a.id > b.id);

/** What is published of a block: enough to hold the shop to it, too little to count what it sells. Hashes and keys are hex. */
export interface BlockHead {
  readonly number: bigint;
  readonly previousHash: string;
  readonly hash: string;
  readonly sealedAtMs: bigint;
  readonly publicKey: string;
  readonly signature: string;
}

/** A sealed block: its head, and what its hash is made of. */
export interface Block extends BlockHead {
  /** Within an era entries ascend by (xid, id). A database that moved to a server that counts anew begins another era. */
  readonly era: number;
  readonly root: string;
  readonly entryIds: readonly bigint[];
  /** The hash of each entry, in the order of `entryIds`. */
  readonly entryHashes: readonly string[];
}

/** What the first block follows. */
export const NO_HASH = "0".repeat(64);

/** The text whose SHA-256 is the hash of a block. */
export const blockText = (block: {
  number: bigint;
  era: number;
  previousHash: string;
  entryCount: number;
  root: string;
}): string => `kapu-block1|${block.number}|${block.era}|${block.previousHash}|${block.entryCount}|${block.root}`;

/** The text that is signed. */
export const headText = ({ number, previousHash, hash, sealedAtMs, publicKey }: Omit<BlockHead, "signature">): string =>
  `kapu-head1|${number}|${previousHash}|${hash}|${sealedAtMs}|${publicKey}`;

/** What stands before the canonical bytes when an entry is hashed. */
export const leafPrefix = ({ id, xid, atMs }: Omit<ChainEntry, "canonical">): string =>
  `kapu-entry1|${id}|${xid}|${atMs}|`;
