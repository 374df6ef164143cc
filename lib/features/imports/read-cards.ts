import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { spool } from "@/lib/platform/spool";
import type { RangeSource } from "@/lib/platform/zip";
import { detectText, isZip } from "./detect";
import { detectSheet } from "./detect-file";
import { createLineDecoder, toSplittable } from "./encodings";
import { decodeLine } from "./items";
import { readJson } from "./read-json";
import { readSheet } from "./read-sheet";
import { type CardItem, type FileBounds, type FileFault, type FileRefusal, fault, type Reading } from "./rules";
import { createLineSplitter, type SplitLine } from "./split-lines";
import { createTaker } from "./take-lines";

/** Cards in the order of the file, a group at a time; the last group may say why the file is not read on. */
export type CardGroups = AsyncIterable<Result<readonly CardItem[], FileFault>>;

const BOUNDS: FileBounds = { bytesMax: limits.importFileBytesMax, linesMax: limits.importLinesMax };

/**
 * Reads a text as it is said to be written. The cards do not depend on how the bytes were cut into pieces, and memory is that of a piece
 * and of one unfinished card, however large the file and however long its lines.
 */
export async function* readText(
  source: AsyncIterable<Uint8Array>,
  reading: Reading,
  { bytesMax, linesMax }: FileBounds = BOUNDS,
): AsyncGenerator<Result<readonly CardItem[], FileFault>> {
  const bounded = boundedBy(source, bytesMax);
  let lines = 0;
  for await (const group of reading.format === "json" ? readJson(bounded, reading) : readLines(bounded, reading)) {
    lines += group.ok ? group.value.length : 0;
    if (bounded.isOver() || lines > linesMax) return yield err(fault("file_too_large"));
    yield group;
    if (!group.ok) return;
  }
}

interface Bounded extends AsyncIterable<Uint8Array> {
  isOver(): boolean;
}

function boundedBy(source: AsyncIterable<Uint8Array>, bytesMax: number): Bounded {
  let bytes = 0;
  async function* read(): AsyncGenerator<Uint8Array> {
    for await (const piece of source) {
      bytes += piece.length;
      yield piece;
      if (bytes > bytesMax) return;
    }
  }
  return { [Symbol.asyncIterator]: read, isOver: () => bytes > bytesMax };
}

async function* readLines(
  source: AsyncIterable<Uint8Array>,
  reading: Reading,
): AsyncGenerator<Result<readonly CardItem[], FileFault>> {
  const splitter = createLineSplitter();
  const decode = createLineDecoder(reading.encoding);
  const taker = createTaker(reading);

  function take(lines: readonly SplitLine[], isEnd: boolean): Result<readonly CardItem[], FileFault> {
    const cards: CardItem[] = [];
    for (const line of lines) {
      const wrong = taker.take(decodeLine(line, reading.encoding, decode), cards);
      if (wrong) return err(wrong);
    }
    const wrong = isEnd ? taker.end(cards) : null;
    return wrong ? err(wrong) : ok(cards);
  }

  for await (const piece of toSplittable(source, reading.encoding)) {
    const cards = take(splitter.push(piece), false);
    yield cards;
    if (!cards.ok) return;
  }
  yield take(splitter.end(), true);
}

/** Reads a file of which any part can be read, as it is said to be written. */
export function readFile(file: RangeSource, reading: Reading, bounds: FileBounds = BOUNDS): CardGroups {
  return reading.format === "xlsx" ? readSheet(file, reading) : readText(file.read(), reading, bounds);
}

/** A file that was looked at and can be read once. */
export interface OpenedCards {
  readonly reading: Reading;
  readonly groups: CardGroups;
}

/**
 * Opens a stream of whatever a merchant has, and tells by its beginning how it is read, unless that is said. A workbook is put on the
 * disk first, in a file without a name, because it is read from its end.
 */
export async function openCards(
  source: AsyncIterable<Uint8Array>,
  { bounds = BOUNDS, reading: said }: { readonly bounds?: FileBounds; readonly reading?: Reading | undefined } = {},
): Promise<Result<OpenedCards, FileRefusal>> {
  const pieces = source[Symbol.asyncIterator]();
  const { head, isWhole } = await readHead(pieces);
  const whole = chain(head, pieces);
  if (said && head.length > 0) return ok({ reading: said, groups: readText(whole, said, bounds) });
  if (isZip(head)) return openSheet(whole, bounds);
  const detected = detectText(head, !isWhole);
  if (!detected.ok) {
    await pieces.return?.();
    return detected;
  }
  const { reading } = detected.value;
  return ok({ reading, groups: readText(whole, reading, bounds) });
}

async function openSheet(
  source: AsyncIterable<Uint8Array>,
  { bytesMax }: FileBounds,
): Promise<Result<OpenedCards, FileRefusal>> {
  const file = await spool(source, { bytesMax: Math.min(bytesMax, limits.importWorkbookBytesMax) });
  if (!file.ok) return err("file_too_large");
  const detected = await detectSheet(file.value).catch(async (error: unknown) => {
    await file.value.close();
    throw error;
  });
  if (!detected.ok) {
    await file.value.close();
    return err(detected.error.reason);
  }
  const { reading } = detected.value;
  async function* groups(): AsyncGenerator<Result<readonly CardItem[], FileFault>> {
    if (!file.ok) return;
    try {
      yield* readSheet(file.value, reading);
    } finally {
      await file.value.close();
    }
  }
  return ok({ reading, groups: groups() });
}

async function readHead(pieces: AsyncIterator<Uint8Array>): Promise<{ head: Buffer; isWhole: boolean }> {
  const parts: Uint8Array[] = [];
  for (let length = 0; length < limits.importSniffedBytes; ) {
    const next = await pieces.next();
    if (next.done) return { head: Buffer.concat(parts), isWhole: true };
    parts.push(next.value);
    length += next.value.length;
  }
  return { head: Buffer.concat(parts), isWhole: false };
}

async function* chain(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
