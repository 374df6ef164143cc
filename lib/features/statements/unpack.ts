import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { limits } from "@/lib/kernel/limits";
import { BrokenZip, entriesOf, openZip, type RangeSource, readZipEntry, type ZipEntry } from "@/lib/platform/zip";
import type { FileRefusal } from "./rules";

/** A file as it was sent; the part of `platform/spool` that is needed here. */
export type SentFile = RangeSource;

export type Packing = "none" | "gzip" | "zip";

/** What an unpacked file tells, in order: its pieces, the end of each file inside, or why it cannot be unpacked. */
export type Unpacked =
  | { readonly kind: "piece"; readonly bytes: Buffer }
  | { readonly kind: "end_of_file" }
  | { readonly kind: "refused"; readonly reason: FileRefusal };

const piece = (bytes: Buffer): Unpacked => ({ kind: "piece", bytes });
const refused = (reason: FileRefusal): Unpacked => ({ kind: "refused", reason });
const END: Unpacked = { kind: "end_of_file" };

/** How a file that begins so is packed. */
export function packingOf(head: Uint8Array): Packing {
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  return head[0] === 0x50 && head[1] === 0x4b && (head[2] === 3 || head[2] === 5) ? "zip" : "none";
}

/**
 * Unpacks a file piece by piece. Nothing is held whole and nothing is written anywhere; what unfolds to more than
 * `limits.statementUnpackedBytesMax`, as a bomb does, ends there. Names inside an archive are read for their ending alone.
 */
export async function* unpack(file: SentFile): AsyncGenerator<Unpacked> {
  const [head = Buffer.alloc(0)] = await firstOf(file.read(0, 4));
  const packing = packingOf(head);
  const pieces = packing === "zip" ? unzip(file) : packing === "gzip" ? gunzip(file) : plain(file);
  let bytes = 0;
  for await (const next of pieces) {
    if (next.kind === "piece") bytes += next.bytes.length;
    if (bytes > limits.statementUnpackedBytesMax) return yield refused("too_large");
    yield next;
    if (next.kind === "refused") return;
  }
}

async function firstOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  for await (const item of items) return [item];
  return [];
}

async function* plain(file: SentFile): AsyncGenerator<Unpacked> {
  for await (const bytes of file.read()) yield piece(bytes);
  yield END;
}

async function* gunzip(file: SentFile): AsyncGenerator<Unpacked> {
  const packed = Readable.from(file.read());
  const unpacked = packed.pipe(createGunzip());
  packed.on("error", (error) => unpacked.destroy(error));
  try {
    for await (const bytes of unpacked) yield piece(bytes as Buffer);
    yield END;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (typeof code !== "string" || !code.startsWith("Z_")) throw error;
    yield refused(code === "Z_BUF_ERROR" ? "truncated" : "corrupt");
  } finally {
    packed.destroy();
    unpacked.destroy();
  }
}

/** A text file in the archive's own folder; the others, and those that would climb out of it, are passed by. */
const isTable = (entry: ZipEntry): boolean => {
  const name = entry.fileNameRaw.toString("latin1").toLowerCase();
  return /\.(csv|txt)$/.test(name) && !/[/\\\0]|\.\./.test(name);
};

async function* unzip(file: SentFile): AsyncGenerator<Unpacked> {
  try {
    yield* tablesIn(file);
  } catch (error) {
    if (!(error instanceof BrokenZip)) throw error;
    yield refused("corrupt");
  }
}

async function* tablesIn(file: SentFile): AsyncGenerator<Unpacked> {
  const archive = await openZip(file);
  if (archive.entryCount > limits.statementEntriesMax) return yield refused("too_many_entries");
  let tables = 0;
  for await (const entry of entriesOf(archive)) {
    if (!isTable(entry)) continue;
    tables += 1;
    if (entry.isEncrypted()) return yield refused("encrypted");
    if (entry.uncompressedSize > limits.statementUnpackedBytesMax) return yield refused("too_large");
    for await (const bytes of readZipEntry(archive, entry)) yield piece(bytes);
    yield END;
  }
  if (tables === 0) yield refused("no_statement_inside");
}
