import { SaxesParser } from "saxes";
import { limits } from "@/lib/kernel/limits";
import {
  BrokenZip,
  entriesOf,
  openZip,
  type RangeSource,
  readZipEntry,
  type ZipEntry,
  type ZipFile,
} from "@/lib/platform/zip";
import { type FileFault, fault } from "./rules";

/** Ends the reading of a workbook. */
export class WorkbookFault extends Error {
  override readonly name = "WorkbookFault";
  constructor(readonly fault: FileFault) {
    super(fault.reason);
  }
}

/** What is told of a part of a workbook; names without their prefix. */
export interface XmlEvents {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  text?(text: string): void;
  close?(name: string): void;
}

const localName = (name: string): string => name.slice(name.indexOf(":") + 1);

/**
 * Reads one part piece by piece, and yields after each. Bounded by what stands between two tags: entities of its own are not known, so
 * nothing unfolds here. Throws `WorkbookFault` where it is no XML, or too much of it.
 */
export async function* readPart(zip: ZipFile, entry: ZipEntry, events: XmlEvents): AsyncGenerator<void> {
  if (entry.isEncrypted()) throw new WorkbookFault(fault("old_workbook"));
  if (entry.uncompressedSize > limits.importUnpackedBytesMax) throw new WorkbookFault(fault("file_too_large"));
  const parser = new SaxesParser<{ xmlns: false; position: boolean }>({ xmlns: false, position: false });
  let quiet = 0;
  parser.on("opentag", ({ name, attributes }) => {
    quiet = 0;
    events.open?.(localName(name), attributes);
  });
  parser.on("text", (text) => events.text?.(text));
  parser.on("cdata", (text) => events.text?.(text));
  parser.on("closetag", ({ name }) => {
    quiet = 0;
    events.close?.(localName(name));
  });
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for await (const bytes of readZipEntry(zip, entry)) {
      const text = decoder.decode(bytes, { stream: true });
      quiet += text.length;
      parser.write(text);
      if (quiet > limits.importQuietLettersMax) throw new WorkbookFault(fault("broken_workbook"));
      yield;
    }
    parser.close();
    yield;
  } catch (error) {
    throw isAboutTheText(error) ? new WorkbookFault(fault("broken_workbook")) : error;
  }
}

/** The parser complains by plain errors; a fault of a program is of a kind of its own. */
const isAboutTheText = (error: unknown): boolean =>
  error instanceof BrokenZip ||
  (error instanceof Error &&
    (error.constructor === Error || (error as { code?: unknown }).code === "ERR_ENCODING_INVALID_ENCODED_DATA"));

async function readWhole(zip: ZipFile, entry: ZipEntry, events: XmlEvents): Promise<void> {
  for await (const _ of readPart(zip, entry, events));
}

export interface Workbook {
  readonly zip: ZipFile;
  readonly sheet: ZipEntry;
  /** The texts that cells refer to by their place. */
  readonly strings: readonly string[];
  /** What a cell's number shows as, by the cell's style. */
  readonly formats: readonly NumberFormat[];
}

/** `digits`: a whole number with at least so many digits; `other`: shows something else than it holds. */
export type NumberFormat = { readonly kind: "general" | "other" } | { readonly kind: "digits"; readonly count: number };

/** Opens a workbook up to its first sheet. Throws `WorkbookFault`. */
export async function openWorkbook(file: RangeSource): Promise<Workbook> {
  try {
    const zip = await openZip(file);
    if (zip.entryCount > limits.importEntriesMax) throw new WorkbookFault(fault("file_too_large"));
    const parts = new Map<string, ZipEntry>();
    for await (const entry of entriesOf(zip)) parts.set(entry.fileNameRaw.toString("latin1").replace(/^\//, ""), entry);
    const sheet = parts.get(await pathOfSheet(zip, parts));
    if (!sheet) throw new WorkbookFault(fault("no_sheet"));
    const strings = await readStrings(zip, parts.get("xl/sharedStrings.xml"));
    const formats = await readFormats(zip, parts.get("xl/styles.xml"));
    return { zip, sheet, strings, formats };
  } catch (error) {
    throw error instanceof BrokenZip ? new WorkbookFault(fault("broken_workbook")) : error;
  }
}

/** Where the first sheet that is shown lies. */
async function pathOfSheet(zip: ZipFile, parts: ReadonlyMap<string, ZipEntry>): Promise<string> {
  const book = parts.get("xl/workbook.xml");
  if (!book) throw new WorkbookFault(fault("no_sheet"));
  const sheets: { readonly id: string; readonly isHidden: boolean }[] = [];
  await readWhole(zip, book, {
    open(name, attributes) {
      const isHidden = attributes.state === "hidden" || attributes.state === "veryHidden";
      if (name === "sheet") sheets.push({ id: attributes["r:id"] ?? "", isHidden });
    },
  });
  const wanted = (sheets.find(({ isHidden }) => !isHidden) ?? sheets[0])?.id;
  let path = "xl/worksheets/sheet1.xml";
  const relations = parts.get("xl/_rels/workbook.xml.rels");
  if (relations && wanted) {
    await readWhole(zip, relations, {
      open(name, { Id, Target = "" }) {
        if (name === "Relationship" && Id === wanted) path = Target.startsWith("/") ? Target.slice(1) : `xl/${Target}`;
      },
    });
  }
  return path;
}

/** What a workbook writes for letters that XML has not. */
const withLetters = (text: string): string =>
  text.includes("_x")
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;

/** Gathers the text of a string or a cell: its runs, and not how they are read aloud. */
export function createTextGatherer(): XmlEvents & { take(): string } {
  let [text, isText, isAloud] = ["", false, false];
  return {
    open(name) {
      if (name === "rPh") isAloud = true;
      if (name === "t" || name === "v") isText = !isAloud;
    },
    text(piece) {
      if (isText) text += piece;
    },
    close(name) {
      if (name === "rPh") isAloud = false;
      if (name === "t" || name === "v") isText = false;
    },
    take() {
      const whole = withLetters(text);
      text = "";
      return whole;
    },
  };
}

async function readStrings(zip: ZipFile, entry: ZipEntry | undefined): Promise<string[]> {
  const strings: string[] = [];
  if (!entry) return strings;
  const gatherer = createTextGatherer();
  let letters = 0;
  await readWhole(zip, entry, {
    ...gatherer,
    close(name) {
      gatherer.close?.(name);
      if (name !== "si") return;
      const text = gatherer.take();
      letters += text.length;
      if (letters > limits.importSharedLettersMax || strings.length >= limits.importSharedStringsMax)
        throw new WorkbookFault(fault("file_too_large"));
      strings.push(text);
    },
  });
  return strings;
}

const GENERAL: NumberFormat = { kind: "general" };
const BUILT_IN: Readonly<Record<string, string>> = { "0": "General", "1": "0", "49": "@" };

/** The format that a code means, as far as it matters to a number that is a card. */
function formatOf(code: string | undefined): NumberFormat {
  if (code === undefined) return { kind: "other" };
  if (code === "General" || code === "@") return GENERAL;
  const plain = (code.split(";")[0] ?? "").replace(/_.|\\.|\[[^\]]*\]/g, "").trim();
  if (plain === "#") return { kind: "digits", count: 1 };
  return /^0+$/.test(plain) ? { kind: "digits", count: plain.length } : { kind: "other" };
}

async function readFormats(zip: ZipFile, entry: ZipEntry | undefined): Promise<NumberFormat[]> {
  const formats: NumberFormat[] = [];
  if (!entry) return formats;
  const codes = new Map<string, string>(Object.entries(BUILT_IN));
  let isInCells = false;
  await readWhole(zip, entry, {
    open(name, { numFmtId = "0", formatCode }) {
      if (name === "cellXfs") isInCells = true;
      if (name === "numFmt" && formatCode !== undefined) codes.set(numFmtId, formatCode);
      if (name === "xf" && isInCells && formats.length < limits.importStylesMax)
        formats.push(formatOf(codes.get(numFmtId)));
    },
    close(name) {
      if (name === "cellXfs") isInCells = false;
    },
  });
  return formats;
}
