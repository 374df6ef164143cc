import { isUtf8 } from "node:buffer";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";

export type LineRefusal = "empty" | "too_long" | "nul" | "not_utf8";
export type FileRefusal = "empty_file" | "binary_file" | "file_too_large";

/** One line of a file: the card's bytes, or the reason why it is none. Lines count from 1. */
export type ImportLine =
  | { readonly line: number; readonly bytes: Uint8Array; readonly refusal: null }
  | { readonly line: number; readonly bytes: null; readonly refusal: LineRefusal };

export interface LineSplitter {
  /** The lines that these bytes complete. */
  push(chunk: Uint8Array): ImportLine[];
  /** The last line, when the file does not end with a line break. */
  end(): ImportLine[];
}

const LF = 10;
const CR = 13;

/**
 * Splits bytes at LF, CRLF and lone CR, and keeps every other byte of a line as it is. The lines do not depend on how the
 * bytes were cut into chunks. It never holds more than `limits.importLineBytesMax` of an unfinished line: the rest of a
 * longer one is passed over. A line break at the end of the file opens no further line.
 */
export function createLineSplitter(): LineSplitter {
  let line = 0;
  let parts: Uint8Array[] = [];
  let length = 0;
  let isAfterCr = false;

  function hold(piece: Uint8Array): void {
    if (piece.length === 0) return;
    if (length <= limits.importLineBytesMax) parts.push(piece);
    length += piece.length;
    if (length > limits.importLineBytesMax) parts = [];
  }

  function finish(last: Uint8Array): ImportLine {
    line += 1;
    const bytes = takeLine(last);
    const refusal = bytes === null ? "too_long" : refusalOf(bytes);
    return refusal === null && bytes !== null ? { line, bytes, refusal } : { line, bytes: null, refusal: refusal! };
  }

  function takeLine(last: Uint8Array): Uint8Array | null {
    const isWhole = length === 0;
    hold(last);
    const bytes = length > limits.importLineBytesMax ? null : isWhole ? last : Buffer.concat(parts);
    parts = [];
    length = 0;
    return bytes;
  }

  return {
    push(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      if (bytes.length === 0) return [];
      const lines: ImportLine[] = [];
      let start = isAfterCr && bytes[0] === LF ? 1 : 0;
      for (const lineBreak of findBreaks(bytes, start)) {
        lines.push(finish(bytes.subarray(start, lineBreak.at)));
        start = lineBreak.next;
      }
      isAfterCr = bytes.at(-1) === CR;
      hold(bytes.subarray(start));
      return lines;
    },
    end: () => (length > 0 ? [finish(new Uint8Array())] : []),
  };
}

/** Where each line ends and the next one begins; both searches run at the speed of memory. */
function* findBreaks(bytes: Buffer, from: number): Generator<{ at: number; next: number }> {
  let lf = bytes.indexOf(LF, from);
  let cr = bytes.indexOf(CR, from);
  while (lf >= 0 || cr >= 0) {
    const isCr = cr >= 0 && (lf < 0 || cr < lf);
    const at = isCr ? cr : lf;
    const next = isCr && lf === at + 1 ? at + 2 : at + 1;
    yield { at, next };
    if (lf >= 0 && lf < next) lf = bytes.indexOf(LF, next);
    if (cr >= 0 && cr < next) cr = bytes.indexOf(CR, next);
  }
}

/** A line of blanks only is empty: nobody can use such a card, and files made by hand are full of them. */
function refusalOf(bytes: Uint8Array): LineRefusal | null {
  if (bytes.includes(0)) return "nul";
  if (bytes.every((byte) => byte === 0x20 || byte === 0x09)) return "empty";
  return isUtf8(bytes) ? null : "not_utf8";
}

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const SNIFFED_BYTES = 8 * 1024;

/** First bytes of what people upload by mistake: archives and spreadsheets, PDF, pictures, programs, UTF-16 text. */
const MAGICS = ["PK\x03\x04", "\x1f\x8b", "%PDF-", "\x89PNG", "\xff\xd8\xff", "GIF8", "7z\xbc\xaf\x27\x1c", "Rar!\x1a"]
  .concat(["SQLite format 3\0", "\x7fELF", "MZ\x90\0", "\xd0\xcf\x11\xe0", "BZh", "\xfd7zXZ", "\x28\xb5\x2f\xfd"])
  .concat(["\xff\xfe", "\xfe\xff"])
  .map((text) => Buffer.from(text, "latin1"));

export interface FileBounds {
  readonly bytesMax: number;
  readonly linesMax: number;
}

/**
 * Opens a file of one card per line, UTF-8 with or without a byte order mark, as groups of lines. A file without a byte, or
 * one whose first bytes are not text, is refused before any line is read; a file past its bounds is found out on the way, and then the last group is the refusal.
 */
export async function openImportFile(
  source: AsyncIterable<Uint8Array>,
  bounds: FileBounds = { bytesMax: limits.importFileBytesMax, linesMax: limits.importLinesMax },
): Promise<Result<AsyncIterable<Result<ImportLine[], "file_too_large">>, "empty_file" | "binary_file">> {
  const chunks = source[Symbol.asyncIterator]();
  const first = await readFirst(chunks);
  const text = first.subarray(0, BOM.length).equals(BOM) ? first.subarray(BOM.length) : first;
  if (text.length === 0) return err("empty_file");
  if (looksBinary(text.subarray(0, SNIFFED_BYTES))) {
    await chunks.return?.();
    return err("binary_file");
  }
  return ok(readLines(text, chunks, bounds));
}

async function readFirst(chunks: AsyncIterator<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for (let length = 0; length < SNIFFED_BYTES + BOM.length; ) {
    const next = await chunks.next();
    if (next.done) break;
    parts.push(next.value);
    length += next.value.length;
  }
  return Buffer.concat(parts);
}

async function* readLines(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
  bounds: FileBounds,
): AsyncGenerator<Result<ImportLine[], "file_too_large">> {
  const splitter = createLineSplitter();
  let byteCount = 0;
  let lineCount = 0;
  try {
    for (let chunk: Uint8Array | null = first; chunk !== null; chunk = await nextOf(rest)) {
      byteCount += chunk.length;
      const lines = splitter.push(chunk);
      lineCount += lines.length;
      if (byteCount > bounds.bytesMax || lineCount > bounds.linesMax) {
        yield err("file_too_large");
        return;
      }
      yield ok(lines);
    }
    yield ok(splitter.end());
  } finally {
    await rest.return?.();
  }
}

async function nextOf(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array | null> {
  const next = await chunks.next();
  return next.done ? null : next.value;
}

/** One stray NUL is a bad line of a text; many control bytes are no text at all. */
function looksBinary(block: Buffer): boolean {
  if (MAGICS.some((magic) => block.subarray(0, magic.length).equals(magic))) return true;
  const controls = block.reduce((count, byte) => count + (isControl(byte) ? 1 : 0), 0);
  return controls >= 8 && controls * 20 > block.length;
}

const isControl = (byte: number): boolean => (byte < 0x20 && byte !== 9 && byte !== LF && byte !== CR) || byte === 0x7f;
