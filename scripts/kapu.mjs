import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { programFile } from "./bundle.mjs";
import { prepare } from "./prepare.mjs";

process.env.NODE_ENV = "production";
// Standard output belongs to the command's answer, which other programs read.
await prepare({ out: process.stderr });
if (!existsSync(programFile("kapu"))) throw new Error("The command line is not part of this build.");
await import(pathToFileURL(programFile("kapu")).href);
