import { describe, expect, test } from "vitest";
import { detectText } from "@/lib/features/imports/detect";
import { readText } from "@/lib/features/imports/read-cards";
import type { CardItem, Reading } from "@/lib/features/imports/rules";
import { StoredReading, WishQuery } from "@/lib/features/imports/schema";
import { judgePreview } from "@/lib/flows/judge-previews";

const readingOf = (text: string, wish: Parameters<typeof detectText>[2] = {}): Reading => {
  const detected = detectText(Buffer.from(text), false, wish);
  if (!detected.ok) throw new Error(detected.error);
  return detected.value.reading;
};

async function cardsOf(text: string, wish: Parameters<typeof detectText>[2] = {}): Promise<CardItem[]> {
  const items: CardItem[] = [];
  const source = (async function* () {
    yield Buffer.from(text);
  })();
  for await (const group of readText(source, readingOf(text, wish))) if (group.ok) items.push(...group.value);
  return items;
}

/** Every card of a text as it would be sold: its text, and what is public about it; or why it is refused. */
const told = async (text: string, wish?: Parameters<typeof detectText>[2]) =>
  (await cardsOf(text, wish))
    .map((item) => judgePreview(item, "CNY"))
    .map((item) =>
      item.refusal === null
        ? [Buffer.from(item.bytes).toString(), item.said?.preview ?? null, item.said?.extraMinor ?? null]
        : item.refusal,
    );

describe("columns that are public", () => {
  test("are those that the merchant named so, and an extra price only beside a preview", async () => {
    expect(readingOf("卡密,公开预览,加价\nK1,尾号8888,5\n")).toMatchObject({ chosen: [0], preview: 1, extra: 2 });
    expect(readingOf("account,password,preview\na,b,c\n")).toMatchObject({ chosen: [0, 1], preview: 2, extra: null });
    expect(readingOf("code,extra price\nK1,5\n")).toMatchObject({ preview: null, extra: null });
    expect(readingOf('[{"code":"K1","preview":"p","extra":"1"}]')).toMatchObject({ preview: 1, extra: 2 });
    expect(await told("卡密,预览,加价\nK1,尾号 8888,5.00\nK2,,\nK3,平的,\n")).toEqual([
      ["K1", "尾号 8888", 500n],
      ["K2", null, null],
      ["K3", "平的", 0n],
    ]);
  });

  test("are never guessed: rows of ║ without names publish nothing until somebody says which column", async () => {
    const text = "KEY-1║尾号8888║5.00║2.10\nKEY-2║尾号6666║3.00║2.10\n";
    expect(readingOf(text)).toMatchObject({ chosen: [0], preview: null, extra: null });
    expect(await told(text)).toEqual([
      ["KEY-1", null, null],
      ["KEY-2", null, null],
    ]);
    expect(await told(text, { preview: 1, extra: 2 })).toEqual([
      ["KEY-1", "尾号8888", 500n],
      ["KEY-2", "尾号6666", 300n],
    ]);
    expect(readingOf("卡密,预览\nK1,p\n", { preview: null })).toMatchObject({ preview: null });
    expect(WishQuery.parse({ preview: "1", extra: "none" })).toMatchObject({ preview: 1, extra: null });
    expect(WishQuery.parse({ preview: "x" })).toMatchObject({ preview: undefined });
  });

  test("refuse a row that would give its card away, or whose price is none", async () => {
    expect(
      await told(
        "code,preview,extra\nK1-ABC,see K1-ABC!,1\nK2-DEF,k2 def,1\nK3,fine,1.234\nK4,,2\nK5,x\u202ey,1\nK6,fine,-1\nK7,fine,0\n",
      ),
    ).toEqual([
      "preview_shows_secret",
      "preview_shows_secret",
      "extra_malformed",
      "extra_without_preview",
      "preview_malformed",
      "extra_malformed",
      ["K7", "fine", 0n],
    ]);
  });

  test("a reading of before they were there has none", () => {
    const { preview: _, extra: __, ...before } = readingOf("K1\nK2\n");
    expect(StoredReading.parse(before)).toMatchObject({ preview: null, extra: null });
  });
});
