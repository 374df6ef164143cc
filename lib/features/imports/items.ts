import { limits } from "@/lib/kernel/limits";
import type { CardItem, Encoding, ItemRefusal, Reading } from "./rules";
import { JOINER } from "./rules";
import type { SplitLine } from "./split-lines";

/** A line of the file, decoded to UTF-8 or with the reason why it is no text. */
export type TextLine = SplitLine & { readonly refusal: ItemRefusal | null };

/** A cell of a row, or the reason why it has no text. */
export type Cell = string | { readonly refusal: ItemRefusal };

export const refuse = (line: number, refusal: ItemRefusal): CardItem => ({ line, bytes: null, refusal });

/** Decodes one line; a NUL in it, or a byte that the encoding does not have, refuses this line and no other. */
export function decodeLine(split: SplitLine, encoding: Encoding, decode: (bytes: Buffer) => Buffer | null): TextLine {
  if (split.bytes === null) return { ...split, refusal: "too_long" };
  if (split.bytes.includes(0)) return { ...split, bytes: null, refusal: "nul" };
  const bytes = decode(split.bytes);
  if (bytes === null) return { ...split, bytes, refusal: encoding === "utf-8" ? "not_utf8" : "wrong_encoding" };
  return bytes.length > limits.importLineBytesMax
    ? { ...split, bytes: null, refusal: "too_long" }
    : { line: split.line, bytes, lineBreak: split.lineBreak, refusal: null };
}

const SPACE = 0x20;
const TAB = 0x09;
const isBlankByte = (byte: number): boolean => byte === SPACE || byte === TAB || byte === 10 || byte === 13;

function withoutEnd(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === SPACE || bytes[end - 1] === TAB)) end -= 1;
  return bytes.subarray(0, end);
}

/** Blanks only: nobody can use such a card, and files made by hand are full of them. */
export const isBlank = (bytes: Buffer): boolean => bytes.every(isBlankByte);

/** The card that these bytes of UTF-8 are. */
export function cardOf(line: number, bytes: Buffer, { trimsEnd }: Pick<Reading, "trimsEnd">): CardItem {
  const kept = trimsEnd ? withoutEnd(bytes) : bytes;
  if (isBlank(kept)) return refuse(line, "empty");
  return kept.length > limits.importLineBytesMax ? refuse(line, "too_long") : { line, bytes: kept, refusal: null };
}

/** The card that a text is; one with half a letter in it is none. */
export function cardOfText(line: number, text: string, reading: Pick<Reading, "trimsEnd">): CardItem {
  if (text.includes("\0")) return refuse(line, "nul");
  if (/\p{Surrogate}/u.test(text)) return refuse(line, "wrong_encoding");
  return cardOf(line, Buffer.from(text), reading);
}

/**
 * The card of a row: the chosen cells as they stand there, several joined. A row that has more cells than there are columns is refused:
 * somewhere in it a separator is part of a card, and what would be sold is half of one. Null: a row without anything.
 */
export function cardOfRow(line: number, cells: readonly Cell[], reading: Reading): CardItem | null {
  const { columns, chosen } = reading;
  if (cells.every((cell) => cell === "")) return null;
  if (cells.slice(columns.length).some((cell) => cell !== "")) return refuse(line, "columns");
  const texts: string[] = [];
  for (const place of chosen) {
    const cell = cells[place] ?? "";
    if (typeof cell !== "string") return refuse(line, cell.refusal);
    texts.push(cell);
  }
  if (texts.every((text) => text.trim() === ""))
    return refuse(line, cells.length <= Math.min(...chosen) ? "columns" : "empty");
  const card = cardOfText(line, texts.join(JOINER), reading);
  return card.refusal === null ? withAbout(card, cells, reading) : card;
}

/** The card with what its row says of it in the columns for that; a cell that has no text refuses the row. */
function withAbout(
  card: Extract<CardItem, { refusal: null }>,
  cells: readonly Cell[],
  { preview, extra }: Reading,
): CardItem {
  const [said, price] = [preview, extra].map((place) => (place === null ? "" : (cells[place] ?? "")));
  for (const cell of [said, price]) if (typeof cell === "object") return refuse(card.line, cell.refusal);
  if (said === "" && price === "") return card;
  return { ...card, about: { preview: String(said), extra: String(price) } };
}
