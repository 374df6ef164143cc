import { describe, expect, test } from "vitest";
import { ClientStream, isAnswered, parametersOf, refusal } from "@/chaos/wire";

const sized = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(4 + body.length);
  return Buffer.concat([Buffer.from(type), head, body]);
};
const text = (...parts: string[]): Buffer => Buffer.from(parts.map((part) => `${part}\0`).join(""));
const startUp = sized("", Buffer.concat([Buffer.from([0, 3, 0, 0]), text("user", "kapu", "")]));
const parse = (name: string, sql: string) => sized("P", Buffer.concat([text(name, sql), Buffer.alloc(2)]));
const bind = (name: string) => sized("B", Buffer.concat([text("", name), Buffer.alloc(6)]));
const bindText = (name: string, ...values: (string | null)[]) => {
  const short = (n: number) => Buffer.from([n >> 8, n & 255]);
  const parts = values.flatMap((value) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(value === null ? -1 : Buffer.byteLength(value));
    return [length, Buffer.from(value ?? "")];
  });
  return sized("B", Buffer.concat([text("", name), short(1), short(0), short(values.length), ...parts, short(0)]));
};
const execute = sized("E", Buffer.concat([text(""), Buffer.alloc(4)]));
const sync = sized("S", Buffer.alloc(0));

const PLACE = "WITH placed AS (INSERT INTO orders (id) VALUES (1)) SELECT 1";

function turnsOf(...chunks: Buffer[]) {
  const stream = new ClientStream();
  return chunks.flatMap((chunk) => stream.push(chunk));
}

describe("what passes on a line to Postgres", () => {
  test("a statement is known by its text, and by its name from then on", () => {
    const turns = turnsOf(startUp, parse("s1", PLACE), bind("s1"), execute, sync, bind("s1"), execute, sync);
    expect(turns.map(({ label }) => label)).toEqual([null, "place", "place"]);
  });

  test("bytes are passed on whole and in order, however they were cut", () => {
    const sent = Buffer.concat([startUp, parse("", "COMMIT"), bind(""), execute, sync, sized("Q", text("COMMIT"))]);
    const turns = turnsOf(...Array.from(sent, (_, n) => sent.subarray(n, n + 1)));
    expect(Buffer.concat(turns.map(({ bytes }) => bytes)).equals(sent)).toBe(true);
    expect(turns.map(({ label }) => label)).toEqual([null, "commit", "commit"]);
  });

  test("what a statement is bound to can be read", () => {
    const turn = Buffer.concat([parse("s1", PLACE), bindText("s1", '[{"id":"卡"}]', null, ""), execute, sync]);
    expect(parametersOf(turn)).toEqual(['[{"id":"卡"}]', null, ""]);
    expect(parametersOf(sized("Q", text("COMMIT")))).toEqual([]);
  });

  test("an answer is complete with ReadyForQuery and not before", () => {
    const answer = refusal("40001", "no");
    expect(isAnswered(answer)).toBe(true);
    expect(isAnswered(answer.subarray(0, answer.length - 1))).toBe(false);
    expect(isAnswered(answer.subarray(0, answer.length - 6))).toBe(false);
  });
});
