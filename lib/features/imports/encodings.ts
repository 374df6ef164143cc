import { isAscii, isUtf8 } from "node:buffer";
import type { Encoding } from "./rules";

const UTF8_BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** What a text is written in, and how surely. */
export interface DetectedEncoding {
  readonly encoding: Encoding;
  readonly isSure: boolean;
}

/** Tells from the beginning of a file what it is written in. `isCut`: the bytes end anywhere. */
export function detectEncoding(head: Buffer, isCut: boolean): DetectedEncoding {
  if (head.subarray(0, 3).equals(UTF8_BOM)) return { encoding: "utf-8", isSure: true };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: "utf-16le", isSure: true };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: "utf-16be", isSure: true };
  const wide = wideOf(head);
  if (wide) return { encoding: wide, isSure: false };
  const whole = isCut ? head.subarray(0, head.lastIndexOf(10) + 1) : head;
  if (isUtf8(whole)) return { encoding: "utf-8", isSure: true };
  return legacyOf(whole.length > 0 ? whole : head);
}

/** UTF-16 without its mark: digits, Latin letters and line breaks all have a zero on the same side. */
function wideOf(head: Buffer): Encoding | null {
  const pairs = Math.floor(head.length / 2);
  let [even, odd] = [0, 0];
  for (let at = 0; at + 1 < head.length; at += 2) {
    if (head[at] === 0) even += 1;
    if (head[at + 1] === 0) odd += 1;
  }
  const isMany = (count: number) => count >= 2 && count * 5 >= pairs;
  if (isMany(odd) && even * 10 <= odd) return "utf-16le";
  return isMany(even) && odd * 10 <= even ? "utf-16be" : null;
}

/** Lines with letters beyond ASCII, as bytes: the file is written in whatever most of them are written in. */
function legacyOf(bytes: Buffer): DetectedEncoding {
  const lines = foreignLines(bytes);
  const ofUtf8 = lines.filter((line) => isUtf8(line)).length;
  if (ofUtf8 * 2 >= lines.length) return { encoding: "utf-8", isSure: false };
  const pairs = lines.flatMap(pairsOf);
  const inGb2312 = pairs.filter(([lead, trail]) => lead >= 0xa1 && lead <= 0xf7 && trail >= 0xa1).length;
  // Of Big5's common letters two in five have a second byte below 0xa1; of GB2312 none has.
  if (inGb2312 * 20 >= pairs.length * 19) return { encoding: "gb18030", isSure: pairs.length > 8 };
  const inBig5 = pairs.filter(([lead, trail]) => lead >= 0xa1 && lead <= 0xc6 && isBig5Trail(trail)).length;
  const isBig5 = inBig5 * 10 >= pairs.length * 9 && lines.every((line) => decodeWith(decoderOf("big5"), line) !== null);
  return { encoding: isBig5 ? "big5" : "gb18030", isSure: pairs.length > 8 };
}

const isBig5Trail = (byte: number): boolean => (byte >= 0x40 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xfe);

function foreignLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const found = bytes.subarray(at).findIndex((byte) => byte === 10 || byte === 13);
    const end = found < 0 ? bytes.length : at + found;
    const line = bytes.subarray(at, end);
    if (!isAscii(line)) lines.push(line);
    at = end + 1;
  }
  return lines;
}

/** Letters of two bytes. */
function pairsOf(line: Buffer): (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  for (let at = 0; at < line.length; at += 1) {
    const lead = line[at] ?? 0;
    if (lead < 0x81) continue;
    pairs.push([lead, line[at + 1] ?? 0]);
    at += 1;
  }
  return pairs;
}

/** Strict: a byte that the encoding does not have is told, and never replaced. A mark within the text is a letter of it. */
const decoderOf = (encoding: Encoding) => new TextDecoder(encoding, { fatal: true, ignoreBOM: true });

function decodeWith(decoder: TextDecoder, bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** The bytes of a line in UTF-8, or null when the line is not written in that encoding. UTF-16 has been turned into UTF-8 before. */
export function createLineDecoder(encoding: Encoding): (bytes: Buffer) => Buffer | null {
  if (encoding !== "gb18030" && encoding !== "big5") return (bytes) => (isUtf8(bytes) ? bytes : null);
  const decoder = decoderOf(encoding);
  return (bytes) => {
    if (isAscii(bytes)) return bytes;
    const text = decodeWith(decoder, bytes);
    return text === null ? null : Buffer.from(text);
  };
}

/** What a half of a pair of UTF-16 becomes: a byte that no UTF-8 has, so that its line is refused and not guessed at. */
const BAD = Buffer.of(0xff);
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function utf8Of(text: string): Buffer {
  if (!/\p{Surrogate}/u.test(text)) return Buffer.from(text);
  const pieces = text.split(LONE);
  return Buffer.concat(pieces.flatMap((piece, at) => (at === 0 ? [Buffer.from(piece)] : [BAD, Buffer.from(piece)])));
}

async function* utf8OfUtf16(source: AsyncIterable<Uint8Array>, isBigEndian: boolean): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  for await (const piece of source) {
    const bytes = Buffer.concat([rest, piece]);
    let end = bytes.length - (bytes.length % 2);
    // The first half of a pair waits for the second one.
    const last = end >= 2 ? (isBigEndian ? bytes.readUInt16BE(end - 2) : bytes.readUInt16LE(end - 2)) : 0;
    if (last >= 0xd800 && last <= 0xdbff) end -= 2;
    rest = Buffer.from(bytes.subarray(end));
    const whole = bytes.subarray(0, end);
    if (isBigEndian) whole.swap16();
    if (end > 0) yield utf8Of(whole.toString("utf16le"));
  }
  if (rest.length > 0) yield BAD;
}

async function* withoutMark(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let first: Buffer | null = Buffer.alloc(0);
  for await (const piece of source) {
    if (first === null) {
      yield piece;
      continue;
    }
    first = Buffer.concat([first, piece]);
    if (first.length < UTF8_BOM.length) continue;
    yield first.subarray(0, UTF8_BOM.length).equals(UTF8_BOM) ? first.subarray(UTF8_BOM.length) : first;
    first = null;
  }
  if (first && first.length > 0) yield first;
}

async function* asBuffers(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const piece of source) yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
}

/**
 * The bytes as a line splitter takes them: UTF-16 as UTF-8, others as they are; without the mark at the beginning. Lines of GB18030 and
 * Big5 are decoded one by one, so that a bad one is refused alone.
 */
export function toSplittable(source: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncIterable<Buffer> {
  switch (encoding) {
    case "utf-8":
      return withoutMark(asBuffers(source));
    case "utf-16le":
    case "utf-16be":
      return withoutMark(utf8OfUtf16(source, encoding === "utf-16be"));
    case "gb18030":
    case "big5":
      return asBuffers(source);
  }
}

/** The text of the whole stream, piece by piece; null, and no more, where a byte is not of the encoding. */
export async function* toTexts(source: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<string | null> {
  const isLegacy = encoding === "gb18030" || encoding === "big5";
  const decoder = decoderOf(isLegacy ? encoding : "utf-8");
  try {
    for await (const piece of toSplittable(source, encoding)) yield decoder.decode(piece, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ERR_ENCODING_INVALID_ENCODED_DATA") throw error;
    yield null;
  }
}

/** A guess at the text of a beginning, for the eye and for telling formats apart: what cannot be decoded shows as such. */
export function textOfHead(head: Buffer, encoding: Encoding): string {
  return new TextDecoder(encoding).decode(head);
}
