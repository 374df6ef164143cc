import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readFlatJson, shortestDecimal, writeFlatJson } from "@/lib/features/payments/gateways/flat-json";
import { goNumber } from "@/lib/features/payments/gateways/json-signature";
import { money } from "@/lib/kernel/money";

const read = (source: string) => readFlatJson(source)?.map(({ name, text, kind }) => [name, text, kind]);

describe("a flat JSON object keeps every letter", () => {
  test("numbers keep the letters they were written with", () => {
    expect(read('{"a":10.00,"b":1e+06,"c":-0,"d":12345678901234567890.10}')).toEqual([
      ["a", "10.00", "number"],
      ["b", "1e+06", "number"],
      ["c", "-0", "number"],
      ["d", "12345678901234567890.10", "number"],
    ]);
  });
  test("white space, escapes, braces and commas inside texts", () => {
    expect(read(' \r\n{ "a" : "x\\",}{[:\\u4e2d\\/" ,\t"b":true , "c":null,"d":""} ')).toEqual([
      ["a", 'x",}{[:中/', "string"],
      ["b", "true", "boolean"],
      ["c", "null", "null"],
      ["d", "", "string"],
    ]);
  });
  test("an empty object has no members", () => expect(read(" { } ")).toEqual([]));
});

describe("anything else is null", () => {
  const others = [
    ...["", "null", "1", '"a"', "[]", '[{"a":1}]', "{", '{"a":1', '{"a":1}}', '{"a":1,}', "{'a':1}", '{"a":01}'],
    ...['{"a":1}{"b":2}', '{"a":{}}', '{"a":[]}', '{"a":{"b":1},"a":1}', '{"a":1,"a":1}', '{"a":1,"\\u0061":2}'],
    ...['{"__proto__":1}', '{"":1}', '{"a b":1}', '{"a[]":1}', '{"a":"\\u0000"}', '{"a":"\\ud800"}', '{"a":NaN}'],
    `{"a":"${"x".repeat(5_000)}"}`,
    `{${Array.from({ length: 65 }, (_, index) => `"a${index}":1`).join(",")}}`,
    `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`,
  ];
  for (const source of others) {
    test(source.slice(0, 40), () => expect(readFlatJson(source)).toBeNull());
  }
});

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,20}$/);
const text = fc.string({ unit: "grapheme", maxLength: 40 }).filter((value) => !value.includes("\0"));
const scalar = fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null));

test("what JSON prints of plain members is read as JSON reads it, in order, letter for letter", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(name, scalar), { selector: ([n]) => n, maxLength: 12 }), (members) => {
      const source = JSON.stringify(Object.fromEntries(members));
      const fields = readFlatJson(source);
      expect(fields?.map((field) => field.name)).toEqual(Object.keys(JSON.parse(source)));
      expect(writeFlatJson(fields ?? [])).toBe(source);
    }),
  );
});

test("no text makes the reader throw, and what it reads JSON reads too", () => {
  const pieces = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    '"',
    "\\",
    ",",
    ":",
    "1",
    "e",
    ".",
    "-",
    "a",
    " ",
    "\n",
    "null",
    "中",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.json(),
        fc.array(pieces).map((all) => all.join("")),
      ),
      (source) => {
        const fields = readFlatJson(source);
        if (fields === null) return;
        const parsed = JSON.parse(source) as Record<string, unknown>;
        expect(fields.length).toBe(Object.keys(parsed).length);
        for (const field of fields) {
          expect(field.kind === "string" ? field.text : JSON.parse(field.text)).toEqual(parsed[field.name]);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

describe("numbers as other languages print them", () => {
  // strconv: the fewest digits, an exponent below 1e-4 and from 1e6 on, of two digits or more.
  const printed: Record<string, string> = {
    ...{ "10": "10", "28.88": "28.88", "0.0001": "0.0001", "0.00001": "1e-05", "999999.99": "999999.99" },
    ...{ "1000000": "1e+06", "1234567.89": "1.23456789e+06", "99999999.99": "9.999999999e+07", "1e21": "1e+21" },
    ...{ "100.50": "100.5", "1e+100": "1e+100", "0": "0" },
  };
  for (const [literal, go] of Object.entries(printed)) {
    test(`Go prints ${literal} as ${go}`, () => expect(goNumber(literal)).toBe(go));
  }
  test("an amount loses its last zeros and nothing else", () => {
    expect([1000n, 1050n, 1005n, 1n, 0n, 100000000n].map((fen) => shortestDecimal(money(fen, "CNY")))).toEqual([
      ...["10", "10.5", "10.05", "0.01", "0", "1000000"],
    ]);
    expect(shortestDecimal(money(100n, "JPY"))).toBe("100");
  });
});
