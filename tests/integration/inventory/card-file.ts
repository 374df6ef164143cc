import { setTimeout as sleep } from "node:timers/promises";

/** What every card of a test file begins with; it must be found nowhere but in what a buyer reveals. */
export const CANARY = "CANARY7f3a";

export const cardText = (number: number): string =>
  `${CANARY}-${String(number).padStart(8, "0")}----pass${number * 7919}`;

/** A file of that many cards as an upload brings it: in blocks that cut lines where they please. */
export async function* cardFile(lines: number, { pauseMs = 0, eol = "\n" } = {}): AsyncGenerator<Uint8Array> {
  const blockBytes = 64 * 1024;
  let text = "";
  for (let number = 1; number <= lines; number += 1) {
    text += cardText(number) + eol;
    if (text.length < blockBytes) continue;
    yield Buffer.from(text.slice(0, blockBytes));
    text = text.slice(blockBytes);
    if (pauseMs > 0) await sleep(pauseMs);
  }
  yield Buffer.from(text);
}

export async function* bytes(...blocks: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const block of blocks) yield typeof block === "string" ? Buffer.from(block) : block;
}
