import { pathToFileURL } from "node:url";
import { programFile } from "./bundle.mjs";
import { prepare } from "./prepare.mjs";

// Standard output belongs to the report.
await prepare({ out: process.stderr, withTools: true });
await import(pathToFileURL(programFile("simulate")).href);
