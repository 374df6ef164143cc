import path from "node:path";
import { build } from "esbuild";

/** Bundles a program that a test starts and kills; where it lies, its packages are found. Whoever asked removes it. */
export async function bundleChild(entry: string): Promise<string> {
  const script = path.resolve("node_modules", `.${path.basename(entry, ".ts")}-${process.pid}.mjs`);
  await build({
    entryPoints: [path.resolve(entry)],
    outfile: script,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    tsconfig: path.resolve("tsconfig.json"),
    logLevel: "silent",
  });
  return script;
}
