import { createCsvReader } from "@/lib/kernel/csv";
import { limits } from "@/lib/kernel/limits";
import { cardOf, cardOfRow, isBlank, refuse, type TextLine } from "./items";
import { type CardItem, DELIMITERS, type FileFault, fault, QUOTING, type Reading } from "./rules";

/** Turns lines into cards; what it holds between two lines is one unfinished card and no more. */
export interface LineTaker {
  /** Adds the cards that this line completes, or says why the file is not read on. */
  take(line: TextLine, cards: CardItem[]): FileFault | null;
  /** The same at the end of the file. */
  end(cards: CardItem[]): FileFault | null;
}

export function createTaker(reading: Reading): LineTaker {
  switch (reading.format) {
    case "blocks":
      return takeBlocks(reading);
    case "table":
      return takeRows(reading);
    default:
      return takeLines(reading);
  }
}

/** Each line is a card, and each line counts. */
function takeLines(reading: Reading): LineTaker {
  return {
    take(line, cards) {
      cards.push(line.bytes ? cardOf(line.line, line.bytes, reading) : refuse(line.line, line.refusal ?? "empty"));
      return null;
    },
    end: () => null,
  };
}

const RULE = /^={5,}\s*$/;

/** The lines of a card keep the breaks between them. What stands between two separators and is blank is no card and no line. */
function takeBlocks(reading: Reading): LineTaker {
  const isEnd = (bytes: Buffer): boolean =>
    reading.separator === "rule" ? RULE.test(bytes.toString("latin1")) : isBlank(bytes);
  let block = emptyBlock();

  function close(cards: CardItem[]): void {
    const { parts, lastBreak, firstLine, refusal } = block;
    block = emptyBlock();
    if (firstLine === 0) return;
    const bytes = Buffer.concat(parts);
    const text = bytes.subarray(0, bytes.length - lastBreak.length);
    cards.push(refusal === null ? cardOf(firstLine, text, reading) : refuse(firstLine, refusal));
  }

  return {
    take(line, cards) {
      const { bytes } = line;
      if (bytes && isEnd(bytes)) close(cards);
      // Blank lines before a card are not part of it.
      else if (block.firstLine > 0 || !bytes || !isBlank(bytes)) addLine(block, line);
      return null;
    },
    end(cards) {
      close(cards);
      return null;
    },
  };
}

interface Block {
  parts: Buffer[];
  length: number;
  lastBreak: Buffer;
  firstLine: number;
  refusal: TextLine["refusal"];
}

const emptyBlock = (): Block => ({ parts: [], length: 0, lastBreak: Buffer.alloc(0), firstLine: 0, refusal: null });

function addLine(block: Block, { line, bytes, lineBreak, refusal }: TextLine): void {
  if (block.firstLine === 0) block.firstLine = line;
  block.lastBreak = Buffer.from(lineBreak);
  block.refusal ??= refusal;
  if (bytes) block.length += bytes.length + lineBreak.length;
  if (block.length > limits.importLineBytesMax + 2) block.refusal ??= "too_long";
  if (block.refusal !== null) block.parts = [];
  else if (bytes) block.parts.push(bytes, block.lastBreak);
}

/** Rows of cells. The header and blank lines are no rows; a row over several lines stands at its first. */
function takeRows(reading: Reading): LineTaker {
  const knowsQuotes = DELIMITERS.indexOf(reading.separator as (typeof DELIMITERS)[number]) < QUOTING;
  const reader = createCsvReader(reading.separator, { lettersMax: limits.importRowLettersMax });
  let isBeforeHeader = reading.hasHeader;

  function addRow(line: number, cells: readonly string[], cards: CardItem[]): FileFault | null {
    if (cells.length > limits.importColumnsMax) return fault("too_many_columns", line);
    if (isBeforeHeader) {
      isBeforeHeader = false;
      return null;
    }
    const card = cardOfRow(line, cells, reading);
    if (card) cards.push(card);
    return null;
  }

  return {
    take({ line, bytes, lineBreak, refusal }, cards) {
      if (!bytes) {
        if (reader.isOpen()) return fault("unclosed_quote", reader.openLine);
        cards.push(refuse(line, refusal ?? "empty"));
        return null;
      }
      if (!reader.isOpen() && isBlank(bytes)) return null;
      const text = bytes.toString();
      if (!knowsQuotes) return addRow(line, text.split(reading.separator), cards);
      const record = reader.take(text, line, lineBreak);
      if (record === "too_long") return fault("unclosed_quote", reader.openLine || line);
      return record && addRow(record.line, record.cells, cards);
    },
    end: () => (reader.isOpen() ? fault("unclosed_quote", reader.openLine) : null),
  };
}
