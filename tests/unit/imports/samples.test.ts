import { describe, expect, test } from "vitest";
import { openCards } from "@/lib/features/imports/read-cards";
import { IMPORT_SAMPLES, readSample } from "@/tests/support/import-samples";

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readWhole(bytes: Buffer, size: number) {
  const opened = await openCards(cut(bytes, size));
  if (!opened.ok) throw new Error(opened.error);
  const cards: string[] = [];
  const rejects: Record<number, string> = {};
  for await (const group of opened.value.groups) {
    if (!group.ok) throw new Error(JSON.stringify(group.error));
    for (const item of group.value) {
      if (item.refusal === null) cards.push(Buffer.from(item.bytes).toString());
      else rejects[item.line] = item.refusal;
    }
  }
  return { reading: opened.value.reading, cards, rejects };
}

describe("every shape that merchants have is told by itself, and read to the byte", () => {
  test.each(IMPORT_SAMPLES)("$name: $what", async ({ name, reading, cards, rejects = {} }) => {
    const whole = await readWhole(readSample(name), 1_000_000);
    expect(whole).toMatchObject({ cards, rejects });
    expect(whole.reading).toMatchObject(reading);
    // However it is cut on the way.
    expect(await readWhole(readSample(name), 1)).toEqual(whole);
    expect(await readWhole(readSample(name), 7)).toEqual(whole);
  });
});
