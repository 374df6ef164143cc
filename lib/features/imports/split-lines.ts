import { limits } from "@/lib/kernel/limits";

export type LineBreak = "\n" | "\r\n" | "\r" | "";

/** A line as it stands in the file, without its break; null where it is longer than a card may be. Lines count from 1. */
export interface SplitLine {
  readonly line: number;
  readonly bytes: Buffer | null;
  readonly lineBreak: LineBreak;
}

export interface LineSplitter {
  /** The lines that these bytes complete. */
  push(chunk: Uint8Array): SplitLine[];
  /** The last line, when the file does not end with a line break. */
  end(): SplitLine[];
}

const LF = 10;
const CR = 13;
const NOTHING = Buffer.alloc(0);

/**
 * Splits bytes at LF, CRLF and lone CR, and keeps every other byte of a line as it is. The lines do not depend on how the
 * bytes were cut into chunks. It never holds more than `limits.importLineBytesMax` of an unfinished line: the rest of a
 * longer one is passed over. A line break at the end of the file opens no further line.
 *
 * It works on the bytes of UTF-8, GB18030 and Big5 alike: in none of them is a byte of a longer letter one of these two.
 */
export function createLineSplitter(): LineSplitter {
  let line = 0;
  let parts: Uint8Array[] = [];
  let length = 0;
  let hasCr = false;

  function hold(piece: Uint8Array): void {
    if (piece.length === 0) return;
    if (length <= limits.importLineBytesMax) parts.push(piece);
    length += piece.length;
    if (length > limits.importLineBytesMax) parts = [];
  }

  function finish(last: Buffer, lineBreak: LineBreak): SplitLine {
    line += 1;
    const isWhole = length === 0;
    hold(last);
    const bytes = length > limits.importLineBytesMax ? null : isWhole ? last : Buffer.concat(parts);
    parts = [];
    length = 0;
    return { line, bytes, lineBreak };
  }

  return {
    push(chunk) {
      const own = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      if (own.length === 0) return [];
      const bytes = hasCr ? Buffer.concat([Buffer.of(CR), own]) : own;
      // Whether an LF follows the last byte, only the next chunk tells.
      hasCr = bytes.at(-1) === CR;
      const whole = hasCr ? bytes.subarray(0, -1) : bytes;
      const lines: SplitLine[] = [];
      let start = 0;
      for (const found of findBreaks(whole)) {
        lines.push(finish(whole.subarray(start, found.at), found.lineBreak));
        start = found.next;
      }
      hold(whole.subarray(start));
      return lines;
    },
    end() {
      if (!hasCr) return length > 0 ? [finish(NOTHING, "")] : [];
      hasCr = false;
      return [finish(NOTHING, "\r")];
    },
  };
}

/** Where each line ends and the next one begins; both searches run at the speed of memory. */
function* findBreaks(bytes: Buffer): Generator<{ at: number; next: number; lineBreak: LineBreak }> {
  let lf = bytes.indexOf(LF);
  let cr = bytes.indexOf(CR);
  while (lf >= 0 || cr >= 0) {
    const isCr = cr >= 0 && (lf < 0 || cr < lf);
    const at = isCr ? cr : lf;
    const isPair = isCr && lf === at + 1;
    const next = isPair ? at + 2 : at + 1;
    yield { at, next, lineBreak: isPair ? "\r\n" : isCr ? "\r" : "\n" };
    if (lf >= 0 && lf < next) lf = bytes.indexOf(LF, next);
    if (cr >= 0 && cr < next) cr = bytes.indexOf(CR, next);
  }
}
