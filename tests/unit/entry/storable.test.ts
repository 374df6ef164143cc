import { expect, test } from "vitest";
import { z } from "zod";
import { storable, withoutNul } from "@/lib/entry/storable";

const Form = z.object({ name: z.string().min(2), ids: z.array(z.string()).default([]) });

test("a form with a NUL is refused by the names of its fields, and any other is judged by its own schema", () => {
  const refused = storable(Form).safeParse({ name: "a\0b", ids: ["x", "y\0"], other: "z" });
  expect(refused.error?.issues.map(({ path, message }) => [path, message])).toEqual([
    [["name"], "invalid"],
    [["ids"], "invalid"],
  ]);
  expect(storable(Form).parse({ name: "ab", other: "z" })).toEqual({ name: "ab", ids: [] });
  expect(storable(Form).safeParse({ name: "a" }).error?.issues).toMatchObject([{ code: "too_small", path: ["name"] }]);
});

test("of a query, what has a NUL is not asked for", () => {
  expect(withoutNul({ q: "a\0", page: "2", v: ["1", "2\0"], none: undefined })).toEqual({ page: "2", none: undefined });
});
