import { inflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { writePdf } from "@/lib/platform/pdf";

/** The text of a document as a reader copies it out: letters by the table that the document has for each of its fonts. */
function readText(pdf: Buffer): string {
  const raw = pdf.toString("latin1");
  const objects = new Map(
    [...raw.matchAll(/^(\d+) 0 obj([\s\S]*?)endobj/gm)].map((match) => [match[1], match[2] ?? ""]),
  );
  const streamOf = (id: string | undefined) => {
    const body = objects.get(id ?? "") ?? "";
    const start = body.indexOf("stream\n") + 7;
    return inflateSync(Buffer.from(body.slice(start, body.indexOf("\nendstream", start)), "latin1")).toString("latin1");
  };
  const letters = new Map<string, string[]>();
  for (const [, font, id] of raw.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
    const table = /\/ToUnicode (\d+) 0 R/.exec(objects.get(id as string) ?? "")?.[1];
    const ranges = table ? [...streamOf(table).matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? "") : [];
    const codes = ranges.join(" ").match(/<[0-9a-f]+>/gi) ?? [];
    letters.set(
      font as string,
      codes.map((code) => Buffer.from(code.slice(1, -1), "hex").swap16().toString("utf16le")),
    );
  }
  const pages = [...raw.matchAll(/\/Contents (\d+) 0 R/g)].map((match) => streamOf(match[1]));
  let text = "";
  for (const page of pages)
    for (const [, font, run] of page.matchAll(/\/(F\d+) [\d.]+ Tf[\s\S]*?\[([^\]]*)\] TJ/g))
      for (const code of (run ?? "").match(/<[0-9a-f]+>/gi) ?? [])
        for (const glyph of code.slice(1, -1).match(/.{4}/g) ?? [])
          text += letters.get(font as string)?.[Number.parseInt(glyph, 16)] ?? "?";
  return text;
}

test("a document in Chinese and English carries its own letters, a few of them, and can be read out again on every page", async () => {
  const lines = Array.from({ length: 60 }, (_, n) => `第 ${n + 1} 行：网络地址代码 0707070707，设备 Mozilla/5.0 😀`);
  const pdf = await writePdf({
    title: "拒付申诉证据",
    blocks: [
      { kind: "heading", text: "Order 订单" },
      { kind: "row", name: "记录", lines },
      { kind: "text", text: "龘 the end" },
    ],
    pageLabel: (n, all) => `第 ${n} / ${all} 页`,
    madeAt: new Date(0),
  });
  expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
  expect(pdf.length).toBeLessThan(200_000);
  expect(pdf.toString("latin1")).not.toMatch(/\/Type1|Helvetica/);
  const text = readText(pdf);
  for (const words of [
    "拒付申诉证据",
    "Order 订单",
    "第 1 行：网络地址代码 0707070707",
    "第 60 行",
    "第 1 / 2 页",
    "the end",
  ])
    expect(text).toContain(words);
  expect(text).toContain("□");
});
