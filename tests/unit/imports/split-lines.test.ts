import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLineDecoder } from "@/lib/features/imports/encodings";
import { decodeLine } from "@/lib/features/imports/items";
import { openCards } from "@/lib/features/imports/read-cards";
import { type CardItem, PLAIN } from "@/lib/features/imports/rules";
import { createLineSplitter, type SplitLine } from "@/lib/features/imports/split-lines";
import { createTaker } from "@/lib/features/imports/take-lines";
import { limits } from "@/lib/kernel/limits";

async function* streamOf(...chunks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

const bytesOf = (text: string): Buffer => Buffer.from(text, "utf8");
const shown = ({ line, bytes, refusal }: CardItem): string =>
  refusal === null ? `${line}:${Buffer.from(bytes).toString()}` : `${line}!${refusal}`;

async function readAll(...chunks: Uint8Array[]): Promise<string[] | string> {
  const opened = await openCards(streamOf(...chunks));
  if (!opened.ok) return opened.error;
  const lines: string[] = [];
  for await (const group of opened.value.groups) {
    if (!group.ok) return group.error.reason;
    lines.push(...group.value.map(shown));
  }
  return lines;
}

/** What lines are as cards, one by one. */
function asCards(lines: readonly SplitLine[]): string[] {
  const decode = createLineDecoder("utf-8");
  const cards: CardItem[] = [];
  for (const line of lines) createTaker(PLAIN).take(decodeLine(line, "utf-8", decode), cards);
  return cards.map(shown);
}

function split(chunks: readonly Uint8Array[]): string[] {
  const splitter = createLineSplitter();
  return asCards([...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()]);
}

describe("the splitter", () => {
  test("the lines do not depend on how the bytes were cut", () => {
    const piece = fc.oneof(
      fc.constantFrom("\n", "\r", "\r\n", "\n\r", " ", "\0", "卡", "A", "KEY----pass", "\u{1F0A1}"),
      fc.string({ unit: "binary" }),
    );
    const file = fc.oneof(
      fc.array(piece).map((pieces) => bytesOf(pieces.join(""))),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(file, fc.array(fc.nat(300)), (bytes, cuts) => {
        const ends = [...new Set([...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
        const chunks = ends.map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
        expect(split(chunks)).toEqual(split([bytes]));
      }),
      { numRuns: 2_000 },
    );
  });

  test("agrees with the plain definition of a line, and keeps every byte of the accepted ones", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("\n", "\r", "\r\n", "a", " ", "中", "----")), (pieces) => {
        const text = pieces.join("");
        const expected = text.split(/\r\n|\n|\r/);
        if (expected.at(-1) === "") expected.pop();
        const isBlank = (line: string) => /^[ \t]*$/.test(line);
        expect(split([bytesOf(text)])).toEqual(
          expected.map((line, index) => (isBlank(line) ? `${index + 1}!empty` : `${index + 1}:${line}`)),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  test("a line of the limit is a card, one byte more is too long, and the next line is whole again", () => {
    const fits = "x".repeat(limits.importLineBytesMax);
    expect(split([bytesOf(`${fits}\n${fits}y\nnext`)])).toEqual([`1:${fits}`, "2!too_long", "3:next"]);
    expect(split([...bytesOf(`${fits}y`)].map((byte) => Uint8Array.of(byte)))).toEqual(["1!too_long"]);
  });

  test("a line of 1 GB is refused in the memory of a few chunks", () => {
    const chunk = Buffer.alloc(1024 * 1024, "x");
    const splitter = createLineSplitter();
    const before = process.memoryUsage().arrayBuffers;
    let peak = 0;
    for (let megabyte = 0; megabyte < 1024; megabyte += 1) {
      expect(splitter.push(chunk.subarray())).toEqual([]);
      peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
    }
    expect(asCards(splitter.push(bytesOf("\nafter\n")))).toEqual(["1!too_long", "2:after"]);
    expect(peak).toBeLessThan(8 * 1024 * 1024);
  });

  test("leading zeros, spaces, separators and full-width signs stay as they are", () => {
    const cards = ["  00123  ", "880012340001----593177204418", "账号 a——密码 b", "%0A", "a,\"b\"\t'c'"];
    expect(split([bytesOf(cards.join("\r\n"))])).toEqual(cards.map((card, index) => `${index + 1}:${card}`));
  });

  test("a NUL and bytes that are not UTF-8 spoil their own line only", () => {
    const file = Buffer.concat([bytesOf("good\nba\0d\n"), Buffer.from([0xc4, 0xe3, 0x0a]), bytesOf("good too")]);
    expect(split([file])).toEqual(["1:good", "2!nul", "3!not_utf8", "4:good too"]);
  });
});

describe("opening a file", () => {
  test("the byte order mark is not part of the first card, wherever it is cut", async () => {
    const file = bytesOf("\uFEFFfirst\nsecond\n");
    expect(await readAll(file)).toEqual(["1:first", "2:second"]);
    expect(await readAll(...[...file].map((byte) => Uint8Array.of(byte)))).toEqual(["1:first", "2:second"]);
  });

  test("a file without content is refused", async () => {
    expect(await readAll()).toBe("empty_file");
    expect(await readAll(new Uint8Array())).toBe("empty_file");
    expect(await readAll(bytesOf("\uFEFF"))).toBe("empty_file");
  });

  test("one line break is one empty line", async () => {
    expect(await readAll(bytesOf("\n"))).toEqual(["1!empty"]);
  });

  test.each([
    ["a picture", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
    ["zeros", Buffer.alloc(64 * 1024)],
    ["noise", Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 167 + (index >> 3)) & 255))],
  ])("%s is refused whole", async (_name, file) => {
    expect(await readAll(file)).toBe("binary_file");
  });

  test("a text with one NUL near its beginning is still a text", async () => {
    expect(await readAll(bytesOf("AAA\0BBB\nCCC\n"))).toEqual(["1!nul", "2:CCC"]);
  });

  test("an archive that is no workbook is refused whole, and so is a workbook of the old kind", async () => {
    expect(await readAll(bytesOf("PK\x03\x04"), Buffer.alloc(100, "a"))).toBe("broken_workbook");
    expect(await readAll(Buffer.from("d0cf11e0a1b11ae1", "hex"))).toBe("old_workbook");
  });

  test.each([
    ["lines", { bytesMax: 1_000, linesMax: 12 }],
    ["bytes", { bytesMax: 25, linesMax: 1_000 }],
  ])("a file past the limit of %s is refused on the way", async (_name, bounds) => {
    const opened = await openCards(streamOf(Buffer.alloc(65_536, "\r"), bytesOf("a\nb\n")), { bounds });
    const answers: string[] = [];
    if (opened.ok) for await (const group of opened.value.groups) answers.push(group.ok ? "lines" : group.error.reason);
    expect(answers).toEqual(["file_too_large"]);
  });

  test("the source is let go of when the file is refused", async () => {
    let isReleased = false;
    async function* source() {
      try {
        for (;;) yield Buffer.alloc(16 * 1024);
      } finally {
        isReleased = true;
      }
    }
    expect((await openCards(source())).ok).toBe(false);
    expect(isReleased).toBe(true);
  });
});
