import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export interface Source {
  /** From the project's folder, with forward slashes. */
  readonly file: string;
  readonly text: string;
}

export const projectRoot = path.resolve(import.meta.dirname, "../..");

const FOLDERS = ["app", "bench", "cli", "components", "lib", "prisma", "sandbox", "scripts", "server", "tests"];
const LEFT_OUT = new Set(["generated", "node_modules"]);

function* filesUnder(folder: string): Generator<string> {
  for (const entry of readdirSync(path.join(projectRoot, folder), { withFileTypes: true })) {
    if (LEFT_OUT.has(entry.name)) continue;
    const file = `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* filesUnder(file);
    else if (/\.(ts|tsx|mjs|js)$/.test(entry.name)) yield file;
  }
}

/** Every source file of ours, read once. */
export function readSources(): Source[] {
  const present = new Set(readdirSync(projectRoot));
  return FOLDERS.filter((folder) => present.has(folder))
    .flatMap((folder) => [...filesUnder(folder)])
    .map((file) => ({ file, text: readFileSync(path.join(projectRoot, file), "utf8") }));
}
