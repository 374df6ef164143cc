import { existsSync } from "node:fs";
import path from "node:path";
import { fingerprint, isFresh, remake } from "./fingerprint.mjs";
import { buildFolder, root } from "./project.mjs";
import { step } from "./steps.mjs";

/** The programs of the shop that are not pages: Node 20 does not run TypeScript, so each becomes one file. */
const PROGRAMS = {
  server: "server/main.ts",
  pages: "server/pages-process.ts",
  sandbox: "sandbox/main.ts",
  kapu: "cli/kapu.ts",
  bench: "bench/main.ts",
  chaos: "chaos/main.ts",
  sabotage: "sabotage/main.ts",
  simulate: "simulate/main.ts",
  "bench-load": "bench/load.ts",
};
/** The folders of the programs themselves, and what these are made from. */
const SOURCES = [
  ...new Set(Object.values(PROGRAMS).map((file) => path.dirname(file))),
  "tests/support",
  "lib",
  "prisma",
  "tsconfig.json",
  "package-lock.json",
];

export const programFile = (name) => path.join(buildFolder, `${name}.js`);

/** Bundles our own code of each program; packages stay outside, where Node finds them. */
export async function ensureBundled(out) {
  const hash = fingerprint(SOURCES);
  if (isFresh("programs", path.relative(root, programFile("server")), hash)) return;
  await step("Bundling the server", out, () => remake("programs", hash, bundle));
}

async function bundle() {
  const { build } = await import("esbuild");
  const entryPoints = Object.entries(PROGRAMS)
    .filter(([, file]) => existsSync(path.join(root, file)))
    .map(([name, file]) => ({ in: path.join(root, file), out: name }));
  await build({
    absWorkingDir: root,
    entryPoints,
    outdir: buildFolder,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20.19",
    sourcemap: "linked",
    logLevel: "error",
  });
}
