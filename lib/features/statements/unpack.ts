import { Readable } from "node:stream";
import { crc32, createGunzip } from "node:zlib";
import { type Entry, fromFdPromise, type ZipFile } from "yauzl";
import { limits } from "@/lib/kernel/limits";
import type { FileRefusal } from "./rules";

/** A file as it was sent; the part of `platform/spool` that is needed here. */
export interface SentFile {
  readonly fd: number;
  readonly byteCount: number;
  read(from?: number, to?: number): AsyncGenerator<Buffer>;
}

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
const isTable = (entry: Entry): boolean => {
  const name = entry.fileNameRaw.toString("latin1").toLowerCase();
  return /\.(csv|txt)$/.test(name) && !/[/\\\0]|\.\./.test(name);
};

async function* unzip(file: SentFile): AsyncGenerator<Unpacked> {
  const archive = await openArchive(file);
  if (!archive) return yield refused("corrupt");
  if (archive.entryCount > limits.statementEntriesMax) return yield refused("too_many_entries");
  let tables = 0;
  try {
    for await (const entry of archive.eachEntry()) {
      if (!isTable(entry)) continue;
      tables += 1;
      if (entry.isEncrypted()) return yield refused("encrypted");
      if (entry.uncompressedSize > limits.statementUnpackedBytesMax) return yield refused("too_large");
      for await (const next of readEntry(archive, entry)) yield next;
    }
  } catch (error) {
    if (!isAboutTheArchive(error)) throw error;
    return yield refused("corrupt");
  }
  if (tables === 0) yield refused("no_statement_inside");
}

async function openArchive(file: SentFile): Promise<ZipFile | null> {
  try {
    // The names are in whatever encoding the gateway uses, and are no business of ours; the file is closed by who opened it.
    return await fromFdPromise(file.fd, { autoClose: false, decodeStrings: false });
  } catch (error) {
    if (!isAboutTheArchive(error)) throw error;
    return null;
  }
}

async function* readEntry(archive: ZipFile, entry: Entry): AsyncGenerator<Unpacked> {
  const stream = await archive.openReadStreamPromise(entry);
  let sum = 0;
  try {
    for await (const bytes of stream) {
      sum = crc32(bytes as Buffer, sum);
      yield piece(bytes as Buffer);
    }
  } finally {
    stream.destroy();
  }
  yield sum === entry.crc32 ? END : refused("corrupt");
}

/** Whether the archive is at fault, and not the disk: the reader's own complaints have no system's code. */
const isAboutTheArchive = (error: unknown): boolean => {
  // A kind of its own, TypeError and the like, is a fault of a program.
  if (!(error instanceof Error) || error.constructor !== Error) return false;
  const { code } = error as { code?: unknown };
  return code === undefined || (typeof code === "string" && code.startsWith("Z_"));
};
