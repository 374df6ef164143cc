import { readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { limits } from "@/lib/kernel/limits";

const folder = path.resolve(import.meta.dirname, "../../../lib/kernel/limits");

test("every limit has its name in one file alone, and the one object has them all", async () => {
  const files = readdirSync(folder).filter((file) => file !== "index.ts");
  const modules: object[] = await Promise.all(files.map((file) => import(path.join(folder, file))));
  const names = modules.flatMap((exports) => Object.values(exports)).flatMap((bounds) => Object.keys(bounds));
  expect(names.toSorted()).toEqual(Object.keys(limits).toSorted());
});
