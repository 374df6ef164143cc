import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { programFile } from "./bundle.mjs";
import { prepare } from "./prepare.mjs";

process.env.NODE_ENV = "production";
// npm runs us in the project's folder and notes where it was called from; files are named from there.
const folder = process.env.INIT_CWD ?? process.cwd();
// Standard output belongs to the command's answer, which other programs read.
await prepare({ out: process.stderr });
if (!existsSync(programFile("kapu"))) throw new Error("The command line is not part of this build.");
const { main } = await import(pathToFileURL(programFile("kapu")).href);
process.exitCode = await main(process.argv.slice(2), {
  folder,
  input: process.stdin,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  isWatched: process.stderr.isTTY === true,
});
