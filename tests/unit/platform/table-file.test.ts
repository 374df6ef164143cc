import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import yauzl from "yauzl";
import { csvCell, type TableFormat, writeTable } from "@/lib/platform/table-file";

const folder = mkdtempSync(path.join(tmpdir(), "kapu-table-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function* of(rows: readonly (readonly string[])[]) {
  yield* rows;
}
async function write(format: TableFormat, rows: readonly (readonly string[])[]): Promise<string> {
  const file = path.join(folder, `${Math.random()}.${format}`);
  expect(await writeTable(file, { format, header: ["a", "b"], rows: of(rows) })).toBe(readFileSync(file).length);
  return file;
}

function unzip(file: string): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    const parts: Record<string, string> = {};
    yauzl.open(file, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      zip.on("entry", (entry) =>
        zip.openReadStream(entry, (failure, stream) => {
          if (failure) return reject(failure);
          const chunks: Buffer[] = [];
          stream.on("data", (chunk) => chunks.push(chunk));
          stream.on("end", () => {
            parts[entry.fileName] = Buffer.concat(chunks).toString("utf8");
            zip.readEntry();
          });
        }),
      );
      zip.on("end", () => resolve(parts)).on("error", reject);
      zip.readEntry();
    });
  });
}

describe("a cell of a table", () => {
  test.each([
    ["=1+1", `"'=1+1"`],
    ["+1", `"'+1"`],
    ["-1", `"'-1"`],
    ["@SUM(A1)", `"'@SUM(A1)"`],
    ["\t=1+1", `"'\t=1+1"`],
    ["\r=1+1", `"'\r=1+1"`],
    ["\n=1+1", `"'\n=1+1"`],
    ["＝1+1", `"'＝1+1"`],
    ["＋1", `"'＋1"`],
    ['=HYPERLINK("https://evil.example","x")', `"'=HYPERLINK(""https://evil.example"",""x"")"`],
    ['","=1+1', `""",""=1+1"`],
    ["a@b.example", `"a@b.example"`],
    ["10.00", `"10.00"`],
    ["", `""`],
  ])("that would be computed is text, and what is text stays: %j", (text, cell) => {
    expect(csvCell(text)).toBe(cell);
  });
});

describe("a file for spreadsheets", () => {
  test("as CSV says that it is UTF-8 and ends its lines as spreadsheets do", async () => {
    const text = readFileSync(await write("csv", [["卡", 'a "b"\nc']]), "utf8");
    expect(text).toBe('\ufeff"a","b"\r\n"卡","a ""b""\nc"\r\n');
  });

  test("as a workbook holds texts in place, which nothing computes, whatever letters they are of", async () => {
    const nasty = `=1+1<&>"'\u0000\u0007\ud800 卡`;
    const parts = await unzip(await write("xlsx", [[nasty, "]]>"]]));
    expect(Object.keys(parts).sort()).toEqual([
      "[Content_Types].xml",
      "_rels/.rels",
      "xl/_rels/workbook.xml.rels",
      "xl/workbook.xml",
      "xl/worksheets/sheet1.xml",
    ]);
    const sheet = parts["xl/worksheets/sheet1.xml"] ?? "";
    expect(sheet).toContain(`<t xml:space="preserve">=1+1&#60;&#38;&#62;&#34;' 卡</t>`);
    expect(sheet).not.toMatch(/<f>|t="str"/);
    expect(sheet.match(/<row>/g)).toHaveLength(2);
  });

  test("of which a row fails does not appear to be whole", async () => {
    for (const format of ["csv", "xlsx"] as const) {
      async function* broken() {
        yield ["1", "2"];
        throw new Error("the database went away");
      }
      const file = path.join(folder, `broken.${format}`);
      await expect(writeTable(file, { format, header: ["a"], rows: broken() })).rejects.toThrow("went away");
    }
  });
});
