import { appendFileSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Plugin as EsbuildPlugin } from "esbuild";
import type { Bug } from "./bug";

/** The broken text of one file. Throws when a place is not found exactly once: the code moved on, and the bug must follow it. */
export function broken(bug: Bug, file: string, source: string): string {
  let text = source;
  for (const { find, replace } of bug.patches.filter((patch) => patch.file === file)) {
    const places = text.split(find).length - 1;
    if (places !== 1) throw new Error(`"${bug.name}": ${file} has ${places} places instead of one that read: ${find}`);
    text = text.replace(find, () => replace);
  }
  return text;
}

const relative = (id: string): string =>
  path.relative(process.cwd(), id.split("?", 1)[0] ?? "").replaceAll(path.sep, "/");
const isPatched = (bug: Bug, file: string): boolean => bug.patches.some((patch) => patch.file === file);

/** For Vitest: modules are broken as they are loaded, and each one that was is noted in `seenFile`. */
export const vitePlugin = (bug: Bug, seenFile: string) => ({
  name: "kapu-sabotage",
  enforce: "pre" as const,
  transform(code: string, id: string): string | null {
    const file = relative(id);
    if (!isPatched(bug, file)) return null;
    appendFileSync(seenFile, `${file}\n`);
    return broken(bug, file, code);
  },
});

/** For the bundled server: no file on the disk is changed. */
export const esbuildPlugin = (bug: Bug): EsbuildPlugin => ({
  name: "kapu-sabotage",
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, ({ path: id }) => {
      const file = relative(id);
      if (!isPatched(bug, file)) return null;
      return { contents: broken(bug, file, readFileSync(id, "utf8")), loader: "ts" };
    });
  },
});
