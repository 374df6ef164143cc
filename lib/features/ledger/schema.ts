import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import type { Block, BlockHead, ChainEntry } from "./rules";

/** How the ledger is written down outside the database: published heads, and the lines of an export (docs/ledger.md). */

export const LEDGER_FORMAT = "kapu-ledger1";

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
const whole = z.int().min(0);
/** 64-bit numbers travel as text: JSON's own numbers end at 2^53 in most languages. */
const big = z.string().regex(/^(0|[1-9]\d{0,19})$/);

export const HeadView = z
  .object({
    number: z.int().min(1),
    previousHash: hex(32).meta({ description: "The hash of the block before; 64 zeros in the first." }),
    hash: hex(32).meta({
      description: "SHA-256 over the block, which binds every entry in it and every block before.",
    }),
    sealedAtMs: whole.meta({ description: "Milliseconds since 1970, by the database's clock." }),
    publicKey: hex(32).meta({ description: "Ed25519." }),
    signature: hex(64).meta({ description: "Ed25519 over kapu-head1|number|previousHash|hash|sealedAtMs|publicKey." }),
  })
  .meta({ id: "LedgerHead" });
export type HeadView = z.infer<typeof HeadView>;

export const LedgerView = z
  .object({
    format: z.literal(LEDGER_FORMAT),
    publicKey: hex(32).meta({ description: "The key that signs new blocks." }),
    keyId: z.string().meta({ description: "A short name of the key, for people." }),
    head: HeadView.nullable().meta({ description: "The newest block; null before the first." }),
  })
  .meta({ id: "Ledger" });

export const HeadPage = z
  .object({
    items: z.array(HeadView),
    nextAfter: z.int().nullable().meta({ description: "Send it as after for the next page; null at the end." }),
  })
  .meta({ id: "LedgerHeads" });

export const HeadsQuery = z.strictObject({
  after: z.coerce
    .number()
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .meta({ description: "Heads of blocks with a higher number; 0 when absent." }),
  limit: z.coerce.number().int().min(1).max(limits.ledgerHeadsPerPage).optional(),
});

export const HeaderLine = z.strictObject({
  format: z.literal(LEDGER_FORMAT),
  publicKey: hex(32),
  exportedAtMs: whole,
});
const BlockLine = HeadView.extend({
  era: z.int().min(1),
  root: hex(32),
  entryIds: z.array(big).min(1),
  entryHashes: z.array(hex(32)).min(1),
});
const EntryLine = z.object({ id: big, xid: big, atMs: z.int(), canonical: z.string() });
const EndLine = z.object({ blocks: whole, entries: whole, unsealed: whole });

/** Any line of an export but the first. */
export const Line = z.union([
  z.strictObject({ entry: EntryLine }),
  z.strictObject({ block: BlockLine }),
  z.strictObject({ unsealed: EntryLine }),
  z.strictObject({ end: EndLine }),
]);
export type Line = z.infer<typeof Line>;

export const toHeadView = (head: BlockHead): HeadView => ({
  number: Number(head.number),
  previousHash: head.previousHash,
  hash: head.hash,
  sealedAtMs: Number(head.sealedAtMs),
  publicKey: head.publicKey,
  signature: head.signature,
});

export const fromHeadView = (view: HeadView): BlockHead => ({
  ...view,
  number: BigInt(view.number),
  sealedAtMs: BigInt(view.sealedAtMs),
});

export const toBlockLine = (block: Block): z.infer<typeof BlockLine> => ({
  ...toHeadView(block),
  era: block.era,
  root: block.root,
  entryIds: block.entryIds.map(String),
  entryHashes: [...block.entryHashes],
});

export const fromBlockLine = (line: z.infer<typeof BlockLine>): Block => ({
  ...fromHeadView(line),
  era: line.era,
  root: line.root,
  entryIds: line.entryIds.map(BigInt),
  entryHashes: line.entryHashes,
});

export const toEntryLine = ({ id, xid, atMs, canonical }: ChainEntry): z.infer<typeof EntryLine> => ({
  id: id.toString(),
  xid: xid.toString(),
  atMs: Number(atMs),
  canonical,
});

export const fromEntryLine = (line: z.infer<typeof EntryLine>): ChainEntry => ({
  id: BigInt(line.id),
  xid: BigInt(line.xid),
  atMs: BigInt(line.atMs),
  canonical: line.canonical,
});
