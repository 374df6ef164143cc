import { format, inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { Secret } from "@/lib/kernel/secret";
import { createLog } from "@/lib/platform/log";

const CANARY = "CANARY-7f3a-9c1e";
const secret = new Secret(CANARY);

describe("a secret", () => {
  const ways: Record<string, () => unknown> = {
    template: () => `${secret}`,
    concatenation: () => ["a", secret, secret].join(""),
    json: () => JSON.stringify({ secret, list: [secret] }),
    inspect: () => inspect({ deep: { secret } }, { depth: 9, showHidden: true }),
    format: () => format("%s %o %O %j", secret, secret, secret, secret),
    error: () => new Error(`failed on ${secret}`).stack,
    entries: () => JSON.stringify([Object.entries(secret), Object.keys(secret), Object.getOwnPropertyNames(secret)]),
    spread: () => inspect({ ...secret }),
    clone: () => inspect(structuredClone({ ...secret })),
    map: () => inspect(new Map([["a", secret]])),
  };

  for (const [name, print] of Object.entries(ways)) {
    test(`is not printed by ${name}`, () => expect(String(print())).not.toContain(CANARY));
  }

  test("comes out only when it is asked for", () => expect(secret.reveal()).toBe(CANARY));

  test("is not in a log line, even inside an error", () => {
    expect(() => createLog("silent").info("test.event", { text: `${secret}` })).not.toThrow();
  });
});
