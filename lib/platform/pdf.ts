import { readFile } from "node:fs/promises";
import path from "node:path";
import PDFDocument from "pdfkit";
import subsetFont from "subset-font";
import { assert } from "@/lib/kernel/assert";
import { limits } from "@/lib/kernel/limits";

/** A part of a document, from top to bottom. */
export type PdfBlock =
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "row"; readonly name: string; readonly lines: readonly string[] };

export interface PdfPaper {
  readonly title: string;
  readonly blocks: readonly PdfBlock[];
  /** "{n} / {all}" in the reader's language. */
  readonly pageLabel: (n: number, all: number) => string;
  readonly madeAt: Date;
}

const PACKAGE = "@fontsource-variable/noto-sans-sc";
const WEIGHT = 400;
/** What stands for a letter that the font does not have. */
const MISSING = "□";
const MARGIN = 56;
const NAME_WIDTH = 120;
const SIZES = { title: 18, heading: 12.5, text: 10 } as const;
const LINE = 1.55;

interface Slice {
  readonly name: string;
  readonly ranges: readonly (readonly [from: number, to: number])[];
}

/** "U+4e00,U+4e8c-4e8e" as pairs. */
const readRanges = (text: string): Slice["ranges"] =>
  text.split(",").map((part) => {
    const [from = "", to = from] = part.replace("U+", "").split("-");
    return [Number.parseInt(from, 16), Number.parseInt(to, 16)] as const;
  });

/** The font comes in a hundred slices, each with the letters that are used together, so that a page loads only what it shows; so do we. */
async function readSlices(): Promise<readonly Slice[]> {
  const unicode: Record<string, string> = JSON.parse(await readFile(placeOf("unicode.json"), "utf8"));
  return Object.entries(unicode).map(([key, ranges]) => ({
    name: key.replace(/[[\]]/g, ""),
    ranges: readRanges(ranges),
  }));
}

/** Where the font is installed; the shop runs in its own folder, and a bundler is not to look for it. */
const placeOf = (file: string): string =>
  path.join(/* turbopackIgnore: true */ process.cwd(), "node_modules", PACKAGE, file);

interface Fonts {
  /** Of each letter the name of the slice that has it. */
  readonly sliceOf: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, Buffer>;
}

/** Only the letters of this text, as ordinary fonts of one weight: a document of a page is a few dozen kilobytes. */
async function cutFonts(text: string): Promise<Fonts> {
  const slices = await readSlices();
  const letters = new Map<string, string[]>();
  const sliceOf = new Map<string, string>();
  for (const letter of new Set(text)) {
    const code = letter.codePointAt(0) ?? 0;
    const slice = slices.findLast(({ ranges }) => ranges.some(([from, to]) => code >= from && code <= to));
    if (!slice) continue;
    sliceOf.set(letter, slice.name);
    letters.set(slice.name, [...(letters.get(slice.name) ?? []), letter]);
  }
  const files = new Map<string, Buffer>();
  for (const [name, own] of letters) {
    const whole = await readFile(placeOf(`files/noto-sans-sc-${name}-wght-normal.woff2`));
    const options = { targetFormat: "truetype", variationAxes: { wght: WEIGHT } } as const;
    files.set(name, await subsetFont(whole, own.join(""), options));
  }
  return { sliceOf, files };
}

/** Letters that a line may not begin with. */
const CLINGS = /^[\s，。、；：！？）》」』”’.,;:!?)\]}%·…]$/u;
const isWord = (letter: string): boolean =>
  /^[\p{L}\p{N}_\-@./:?&=#%+~]$/u.test(letter) && !/^\p{Script=Han}$/u.test(letter);

class Typesetter {
  readonly #document: PDFKit.PDFDocument;
  readonly #fonts: Fonts;
  y = MARGIN;

  constructor(document: PDFKit.PDFDocument, fonts: Fonts) {
    this.#document = document;
    this.#fonts = fonts;
  }

  get width(): number {
    return this.#document.page.width - 2 * MARGIN;
  }

  #widthOf(letter: string, size: number): number {
    return this.#document
      .font(this.#fonts.sliceOf.get(letter) as string)
      .fontSize(size)
      .widthOfString(letter);
  }

  /** Breaks between Chinese letters and at the ends of words; a word longer than a line is cut. */
  #break(text: string, size: number, width: number): string[] {
    const lines: string[] = [];
    let line = "";
    let used = 0;
    let lastGap = 0;
    let previous = "";
    for (const letter of text) {
      const own = this.#widthOf(letter, size);
      if (!(isWord(letter) && isWord(previous)) && !CLINGS.test(letter)) lastGap = line.length;
      if (used + own > width && line !== "") {
        const end = lastGap > 0 ? lastGap : line.length;
        lines.push(line.slice(0, end).trimEnd());
        line = line.slice(end).trimStart();
        used = [...line].reduce((sum, one) => sum + this.#widthOf(one, size), 0);
        lastGap = 0;
      }
      line += letter;
      used += own;
      previous = letter;
    }
    return [...lines, line];
  }

  /** A line in as many pieces as it has fonts. */
  #draw(line: string, x: number, size: number): void {
    let at = x;
    for (const [piece, slice] of this.#pieces(line)) {
      this.#document.font(slice).fontSize(size).text(piece, at, this.y, { lineBreak: false });
      at += this.#document.widthOfString(piece);
    }
  }

  #pieces(line: string): [string, string][] {
    const pieces: [string, string][] = [];
    for (const letter of line) {
      const slice = this.#fonts.sliceOf.get(letter) as string;
      const last = pieces.at(-1);
      if (last && last[1] === slice) last[0] += letter;
      else pieces.push([letter, slice]);
    }
    return pieces;
  }

  /** Room for so much, on this page or on the next. */
  #need(height: number): void {
    if (this.y + height <= this.#document.page.height - MARGIN) return;
    this.#document.addPage();
    this.y = MARGIN;
  }

  /** A paragraph, with what is left of the page first. */
  write(text: string, size: number, { x = MARGIN, width = this.width }: { x?: number; width?: number } = {}): void {
    for (const line of this.#break(text, size, width)) {
      this.#need(size * LINE);
      this.#draw(line, x, size);
      this.y += size * LINE;
    }
  }

  /** A name at the left and its lines beside it. */
  row(name: string, lines: readonly string[]): void {
    this.#need(SIZES.text * LINE * Math.min(2, lines.length)); // Who said it is not left behind by what was said.
    const [top, page] = [this.y, this.#document.bufferedPageRange().count];
    this.#document.fillColor("#666666");
    this.write(name, SIZES.text, { width: NAME_WIDTH - 12 });
    const below = this.#document.bufferedPageRange().count === page ? this.y : MARGIN;
    this.#document.fillColor("#111111");
    if (this.#document.bufferedPageRange().count === page) this.y = top;
    for (const line of lines) this.write(line, SIZES.text, { x: MARGIN + NAME_WIDTH, width: this.width - NAME_WIDTH });
    const isSamePage = this.#document.bufferedPageRange().count === page;
    this.y = (isSamePage ? Math.max(this.y, below) : this.y) + 2;
  }

  block(block: PdfBlock): void {
    if (block.kind === "row") this.row(block.name, block.lines);
    else if (block.kind === "text") this.write(block.text, SIZES.text);
    else this.heading(block.text);
  }

  /** Never at the foot of a page, with nothing below it. */
  heading(text: string): void {
    this.y += 10;
    this.#need(SIZES.heading * LINE * 3);
    this.write(text, SIZES.heading);
    this.#document
      .moveTo(MARGIN, this.y)
      .lineTo(MARGIN + this.width, this.y)
      .lineWidth(0.5)
      .stroke("#cccccc");
    this.y += 6;
  }

  /** At the foot of each page, when all pages are there. */
  number(label: PdfPaper["pageLabel"]): void {
    const { count } = this.#document.bufferedPageRange();
    for (let n = 0; n < count; n++) {
      this.#document.switchToPage(n);
      this.y = this.#document.page.height - MARGIN + 12;
      this.#document.fillColor("#666666");
      this.#draw(label(n + 1, count), MARGIN, 8.5);
    }
  }
}

/** Without what cannot be printed; what the font lacks is a square, so that nothing disappears unseen. */
const printable = (text: string, sliceOf: Fonts["sliceOf"]): string =>
  [...text].map((letter) => (sliceOf.has(letter) ? letter : MISSING)).join("");

const clean = (text: string): string => text.replace(/\s+/gu, " ").replace(/\p{C}/gu, "");

/** A document as a PDF with its own letters inside: it reads the same wherever it is opened, in Chinese and in English. */
export async function writePdf({ title, blocks, pageLabel, madeAt }: PdfPaper): Promise<Buffer<ArrayBuffer>> {
  assert(blocks.length <= limits.pdfBlocksMax, "a document has an end");
  const words = blocks.map((block): PdfBlock => {
    if (block.kind !== "row") return { ...block, text: clean(block.text) };
    return { ...block, name: clean(block.name), lines: block.lines.map(clean) };
  });
  const said = words.flatMap((block) => (block.kind === "row" ? [block.name, ...block.lines] : [block.text]));
  const digits = "0123456789";
  const fonts = await cutFonts([title, ...said, pageLabel(1, 1), digits, MISSING].join(""));
  const show = (text: string) => printable(text, fonts.sliceOf);
  const options = { size: "A4", margin: 0, bufferPages: true, font: null } as unknown as PDFKit.PDFDocumentOptions;
  const document = new PDFDocument({ ...options, info: { Title: title, Producer: "Kapu", CreationDate: madeAt } });
  const chunks: Buffer[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    document
      .on("data", (chunk: Buffer) => chunks.push(chunk))
      .on("end", resolve)
      .on("error", reject);
  });
  for (const [name, file] of fonts.files) document.registerFont(name, file);
  const typesetter = new Typesetter(document, fonts);
  document.fillColor("#111111");
  typesetter.write(show(title), SIZES.title);
  typesetter.y += 4;
  for (const block of words)
    typesetter.block(
      block.kind === "row"
        ? { ...block, name: show(block.name), lines: block.lines.map(show) }
        : { ...block, text: show(block.text) },
    );
  typesetter.number((n, all) => show(pageLabel(n, all)));
  document.end();
  await ended;
  return Buffer.concat(chunks) as Buffer<ArrayBuffer>;
}
