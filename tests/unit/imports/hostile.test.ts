import { describe, expect, test } from "vitest";
import { detectText } from "@/lib/features/imports/detect";
import { openCards, readText } from "@/lib/features/imports/read-cards";
import { type CardItem, PLAIN, type Reading } from "@/lib/features/imports/rules";
import { limits } from "@/lib/kernel/limits";
import { readSample } from "@/tests/support/import-samples";
import { sheetOf, workbookOf } from "@/tests/support/workbook";

const MEGABYTE = 1024 * 1024;

interface Whole {
  readonly cards: string[];
  readonly rejects: string[];
  readonly fault: string | null;
}

async function gather(groups: ReturnType<typeof readText>): Promise<Whole> {
  const whole = { cards: [] as string[], rejects: [] as string[], fault: null as string | null };
  const keep = (item: CardItem) =>
    item.refusal === null
      ? whole.cards.push(Buffer.from(item.bytes).toString())
      : whole.rejects.push(`${item.line}:${item.refusal}`);
  for await (const group of groups) {
    if (group.ok) group.value.forEach(keep);
    else whole.fault = `${group.error.reason} at ${group.error.line}`;
  }
  return whole;
}

async function* streamOf(...pieces: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield typeof piece === "string" ? Buffer.from(piece) : piece;
}

const read = (reading: Partial<Reading>, ...pieces: (string | Uint8Array)[]): Promise<Whole> =>
  gather(readText(streamOf(...pieces), { ...PLAIN, ...reading }));

async function openAll(...pieces: (string | Uint8Array)[]): Promise<Whole> {
  const opened = await openCards(streamOf(...pieces));
  return opened.ok
    ? gather(opened.value.groups as ReturnType<typeof readText>)
    : { cards: [], rejects: [], fault: opened.error };
}

const csv = { format: "table", separator: ",", hasHeader: true, columns: ["secret", "note"], chosen: [0] } as const;

/** Runs while memory is watched: the most bytes that were held beyond those at the beginning. */
async function peakOf(run: (tick: () => void) => Promise<void>): Promise<number> {
  const before = process.memoryUsage().arrayBuffers;
  let peak = 0;
  await run(() => {
    peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
  });
  return peak;
}

describe("a hostile text is refused, by the line or whole, in bounded memory", () => {
  test.each([
    ["lines", {}, "\nafter\n", { cards: ["after"], rejects: ["1:too_long"], fault: null }],
    [
      "blocks",
      { format: "blocks", separator: "rule" },
      "\n=====\nafter",
      { cards: ["after"], rejects: ["1:too_long"] },
    ],
    [
      "a table",
      { ...csv, hasHeader: false },
      "\nafter,x\n",
      { cards: ["after"], rejects: ["1:too_long"], fault: null },
    ],
    ["a table in a quote", { ...csv, hasHeader: false }, "\nafter,x\n", { cards: [], fault: "unclosed_quote at 1" }],
    ["JSON", { format: "json" }, '"]', { cards: [], fault: "broken_json at 1" }],
  ] as const)("1 GB without a line break as %s", async (what, reading, end, expected) => {
    const block = Buffer.alloc(4 * MEGABYTE, "x");
    const begin = what === "JSON" ? '["' : what === "a table in a quote" ? '"open\n' : "";
    const peak = await peakOf(async (tick) => {
      async function* huge() {
        yield Buffer.from(begin);
        for (let megabytes = 0; megabytes < 1024; megabytes += 4) {
          yield block;
          tick();
        }
        yield Buffer.from(end);
      }
      expect(await gather(readText(huge(), { ...PLAIN, ...reading }))).toMatchObject(expected);
    });
    expect(peak).toBeLessThan(48 * MEGABYTE);
  });

  test("a quote that is never closed refuses the file, at the line where it opens", async () => {
    const table = 'secret,note\nA-1,x\n"B-2,y\nC-3,z\n';
    expect(await read(csv, table)).toEqual({ cards: ["A-1"], rejects: [], fault: "unclosed_quote at 3" });
    expect(await read(csv, table, "D-4,z\n".repeat(20_000))).toMatchObject({ fault: "unclosed_quote at 3" });
  });

  test("a quote over thousands of lines does not take the square of them", async () => {
    const startedAt = performance.now();
    const card = `"${"\n".repeat(10_000)}x"`;
    const whole = await read({ ...csv, hasHeader: false }, `${card},n\n`.repeat(15));
    expect(whole.cards).toHaveLength(15);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  test("line ends of every kind in one file, and a NUL, spoil nothing but their own line", async () => {
    expect(await read({}, "a\rb\r\nc\nd\n\re\0e\nf")).toEqual({
      cards: ["a", "b", "c", "d", "f"],
      rejects: ["5:empty", "6:nul"],
      fault: null,
    });
  });

  test("a million equal lines are a million cards to read, and no more memory than one", async () => {
    const block = Buffer.from("SAME-0001\n".repeat(10_000));
    const peak = await peakOf(async (tick) => {
      async function* same() {
        for (let round = 0; round < 100; round += 1) {
          yield block;
          tick();
        }
      }
      let count = 0;
      for await (const group of readText(same(), PLAIN)) count += group.ok ? group.value.length : 0;
      expect(count).toBe(1_000_000);
    });
    expect(peak).toBeLessThan(16 * MEGABYTE);
  });

  test("200 columns are a table, one more is none", async () => {
    const names = (count: number) => Array.from({ length: count }, (_, at) => (at === 7 ? "secret" : `c${at}`));
    const row = (count: number) => names(count).map((name) => `${name}-1`);
    const fits = `${names(200).join(",")}\n${row(200).join(",")}\n`;
    expect(await openAll(fits)).toEqual({ cards: ["secret-1"], rejects: [], fault: null });
    const wide = `${names(201).join(",")}\n${row(201).join(",")}\n`;
    expect(await openAll(wide)).toMatchObject({ cards: [], fault: "too_many_columns at 1" });
  });

  test("GBK read as UTF-8, and UTF-8 read as Big5, refuse the lines that show it", async () => {
    const gbk = readSample("labelled-gbk.txt");
    expect(await read({}, gbk)).toMatchObject({ cards: [], rejects: ["1:not_utf8", "2:not_utf8", "3:not_utf8"] });
    const wrong = await read({ encoding: "big5" }, "卡密一\nASCII-1\n");
    expect(wrong).toMatchObject({ cards: ["ASCII-1"], rejects: ["1:wrong_encoding"] });
  });

  test("half a letter of UTF-16, in the middle or at the end, is refused and not guessed at", async () => {
    const lone = Buffer.concat([
      Buffer.from("ok\na", "utf16le"),
      Buffer.from([0x3d, 0xd8]),
      Buffer.from("b\nc", "utf16le"),
    ]);
    expect(await read({ encoding: "utf-16le" }, lone)).toMatchObject({
      cards: ["ok", "c"],
      rejects: ["2:wrong_encoding"],
    });
    const odd = Buffer.concat([Buffer.from("ok\nc", "utf16le"), Buffer.from([0x41])]);
    expect(await read({ encoding: "utf-16le" }, odd)).toMatchObject({ cards: ["ok"], rejects: ["2:wrong_encoding"] });
  });

  test.each([
    ["cut off", '["a","b"', "broken_json at 3"],
    ["followed by something else", '["a"] x', "broken_json at 1"],
    ["nested without an end", "[".repeat(100_000), "broken_json at 1"],
    ["without a list", "{}", "no_list at 0"],
  ])("JSON %s", async (_what, text, fault) => {
    expect(await read({ format: "json" }, text)).toMatchObject({ fault });
  });

  test.each([
    ["a line in brackets per card", "[AAA]-1\n[AAA]-2\n", 2],
    ["a JSON object per line", '{"code":"a"}\n{"code":"b"}\n', 2],
    ["commas in every line", "a,b,c\nd,e,f\n", 2],
    ["lines in pairs", "SEA-0001\nSEA-0002\n\nSEA-0001\nSEA-0003\n", 4],
    ["quotes", '"quoted",\'x\'\n"open\n', 2],
  ])("%s stays one card per line: nothing is cut where nothing says so", async (_what, text, count) => {
    const found = detectText(Buffer.from(text), false);
    expect(found.ok && found.value.reading.format).toBe("lines");
    expect((await openAll(text)).cards).toHaveLength(count);
  });
});

describe("a hostile workbook is refused in bounded memory", () => {
  test("one that unfolds to gigabytes in a single cell ends at the bound of a cell", async () => {
    const bomb = workbookOf({
      sheet: Buffer.concat([
        Buffer.from(`${sheetOf.begin}<row r="1"><c r="A1" t="inlineStr"><is><t>`),
        Buffer.alloc(40 * MEGABYTE, "x"),
      ]),
    });
    expect(bomb.length).toBeLessThan(MEGABYTE);
    const peak = await peakOf(async (tick) => {
      expect(await openAll(bomb)).toMatchObject({ fault: "broken_workbook" });
      tick();
    });
    expect(peak).toBeLessThan(64 * MEGABYTE);
  });

  test("one that says it unfolds to more than may be is refused before it is unfolded", async () => {
    const bomb = workbookOf({
      sheet: Buffer.from(`${sheetOf.begin}</sheetData></worksheet>`),
      claimed: limits.importUnpackedBytesMax + 1,
    });
    expect(await openAll(bomb)).toMatchObject({ fault: "file_too_large" });
  });

  test("entities of its own are not known: nothing unfolds in a text", async () => {
    const text = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>${sheetOf.begin}<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>${sheetOf.end}`;
    expect(await openAll(workbookOf({ sheet: Buffer.from(text) }))).toMatchObject({
      cards: [],
      fault: "broken_workbook",
    });
  });

  test("a column beyond the two hundredth, and rows that count backwards", async () => {
    const cell = (reference: string, row: string) =>
      `<row r="${row}"><c r="${reference}" t="inlineStr"><is><t>X</t></is></c></row>`;
    const wide = workbookOf({ sheet: Buffer.from(`${sheetOf.begin}${cell("XFD1", "1")}${sheetOf.end}`) });
    expect(await openAll(wide)).toMatchObject({ fault: "too_many_columns" });
    const odd = ["7", "3", "-1", "1e99", "x"].map((row) => cell("A1", row)).join("");
    const whole = await openAll(workbookOf({ sheet: Buffer.from(`${sheetOf.begin}${odd}${sheetOf.end}`) }));
    expect(whole).toEqual({ cards: ["X", "X", "X", "X", "X"], rejects: [], fault: null });
  });

  test("one that is cut off, or whose sum is another one, is refused", async () => {
    expect(await openAll(readSample("cards.xlsx").subarray(0, 900))).toMatchObject({ fault: "broken_workbook" });
    const row = '<row r="1"><c r="A1" t="inlineStr"><is><t>X</t></is></c></row>';
    const sheet = Buffer.from(`${sheetOf.begin}${row}${sheetOf.end}`);
    expect(await openAll(workbookOf({ sheet }))).toEqual({ cards: ["X"], rejects: [], fault: null });
    expect(await openAll(workbookOf({ sheet, hasWrongSum: true }))).toMatchObject({ fault: "broken_workbook" });
  });
});
