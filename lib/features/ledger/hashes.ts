import { hash } from "node:crypto";
import { assert } from "@/lib/kernel/assert";
import { isSignedBy } from "@/lib/platform/signing";
import { type BlockHead, blockText, type ChainEntry, headText, leafPrefix } from "./rules";

const sha256 = (bytes: string | Uint8Array): Buffer => hash("sha256", bytes, "buffer");
/** RFC 9162 keeps leaves and nodes apart by their first byte, so that no node passes for an entry. */
const LEAF = "\0";
const NODE = Buffer.of(1);

/** The hash of one entry, in hex. */
export const hashEntry = (entry: ChainEntry): string =>
  sha256(`${LEAF}${leafPrefix(entry)}${entry.canonical}`).toString("hex");

/**
 * The root of the Merkle tree over hashes of entries, as RFC 9162 §2.1.1 builds it: pairs from the left, and one that has
 * no partner goes up as it is.
 */
export function merkleRoot(leaves: readonly Uint8Array[]): Buffer {
  assert(leaves.length > 0, "a block has an entry");
  let level = leaves;
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let index = 0; index < level.length; index += 2) {
      const left = level[index] as Uint8Array;
      const right = level[index + 1];
      above.push(right ? sha256(Buffer.concat([NODE, left, right])) : left);
    }
    level = above;
  }
  return Buffer.from(level[0] as Uint8Array);
}

/** The hash of a block, in hex. */
export const hashBlock = (block: Parameters<typeof blockText>[0]): string => sha256(blockText(block)).toString("hex");

/** Whether a head carries the signature of the key that it names. Whether that is the shop's key is another question. */
export const isHeadSigned = (head: BlockHead): boolean =>
  isSignedBy(Buffer.from(head.publicKey, "hex"), headText(head), Buffer.from(head.signature, "hex"));

/** A short name of a key for people: the first 16 digits of the SHA-256 of its 32 bytes. */
export const keyIdOf = (publicKey: string): string =>
  sha256(Buffer.from(publicKey, "hex")).toString("hex").slice(0, 16);
