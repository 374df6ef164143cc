import { expect, test } from "vitest";
import { redactRaw } from "@/lib/features/operations/rules";

test("a raw notice is shown without what signed it, in any spelling of the name", () => {
  const raw = JSON.stringify([
    ["pid", "1000"],
    ["sign", "0123456789abcdef"],
    ["SIGN", "again"],
    ["sign_type", "MD5"],
  ]);
  expect(redactRaw(raw)).toBe("pid=1000\nsign=…\nSIGN=…\nsign_type=MD5");
});

test.each(["", "sign=abc&pid=1", '{"sign":"abc"}', '[["sign"]]', "[1]"])("%j is not shown at all", (raw) => {
  expect(redactRaw(raw)).toBe("…");
});
