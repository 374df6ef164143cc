import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from "yauzl";

export type { Entry as ZipEntry, ZipFile };

/** Bytes of which any part can be read, wherever they lie: a spooled file, or pieces in the database. */
export interface RangeSource {
  readonly byteCount: number;
  /** From the beginning, or a part of it. */
  read(from?: number, to?: number): AsyncGenerator<Buffer>;
}

class RangeReader extends RandomAccessReader {
  readonly #source: RangeSource;

  constructor(source: RangeSource) {
    super();
    this.#source = source;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#source.read(start, end), { objectMode: false });
  }
}

/** The archive is at fault: cut off, changed on the way, or none. */
export class BrokenZip extends Error {
  override readonly name = "BrokenZip";
}

/** Whether the archive is at fault, and not the disk or the database: the reader's own complaints have no system's code. */
const isAboutTheArchive = (error: unknown): boolean => {
  if (error instanceof BrokenZip) return true;
  // A kind of its own, TypeError and the like, is a fault of a program.
  if (!(error instanceof Error) || error.constructor !== Error) return false;
  const { code } = error as { code?: unknown };
  return code === undefined || (typeof code === "string" && code.startsWith("Z_"));
};

function asBroken(error: unknown): unknown {
  return isAboutTheArchive(error) ? new BrokenZip("the archive is broken", { cause: error }) : error;
}

/**
 * Opens an archive by its directory, which it reads first; nothing is unpacked. Names are left as bytes, in whatever encoding they are.
 * Throws `BrokenZip` when the archive is at fault.
 */
export async function openZip(source: RangeSource): Promise<ZipFile> {
  const reader = new RangeReader(source);
  const options = { autoClose: false, decodeStrings: false };
  return fromRandomAccessReaderPromise(reader, source.byteCount, options).catch((error: unknown) => {
    throw asBroken(error);
  });
}

/** The entries of an archive, as its directory lists them. Throws `BrokenZip` when the archive is at fault. */
export async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  try {
    for await (const entry of zip.eachEntry()) yield entry;
  } catch (error) {
    throw asBroken(error);
  }
}

/**
 * Unpacks one entry piece by piece, and checks its sum at the end. It never yields more than the directory says of it. Throws
 * `BrokenZip` when the archive is at fault.
 */
export async function* readZipEntry(zip: ZipFile, entry: Entry): AsyncGenerator<Buffer> {
  let sum = 0;
  let stream: Readable | null = null;
  try {
    stream = await zip.openReadStreamPromise(entry);
    for await (const bytes of stream) {
      sum = crc32(bytes as Buffer, sum);
      yield bytes as Buffer;
    }
  } catch (error) {
    throw asBroken(error);
  } finally {
    stream?.destroy();
  }
  if (sum !== entry.crc32) throw new BrokenZip("the sum of an entry is wrong");
}
