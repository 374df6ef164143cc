import { readFileSync } from "node:fs";
import path from "node:path";
import { defineConfig } from "vitest/config";
import base from "../vitest.config";
import { vitePlugin } from "./apply";
import type { Bug } from "./bug";

const { KAPU_SABOTAGE_BUG: bugFile, KAPU_SABOTAGE_SEEN: seenFile } = process.env;
if (!bugFile || !seenFile) throw new Error("Run it by `npm run sabotage`.");
const bug = JSON.parse(readFileSync(bugFile, "utf8")) as Bug;

/** The project's own tests, over a shop with one bug in it. */
export default defineConfig({
  root: path.resolve(import.meta.dirname, ".."),
  test: {
    ...base.test,
    projects: (base.test?.projects ?? []).map((project) =>
      typeof project === "object" ? { ...project, plugins: [vitePlugin(bug, seenFile)] } : project,
    ),
  },
});
