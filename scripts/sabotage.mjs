import { pathToFileURL } from "node:url";
import { programFile } from "./bundle.mjs";
import { prepare } from "./prepare.mjs";

// Standard output belongs to the report. The fault harness is one of the checks, so the pages have to be there.
await prepare({ out: process.stderr, withPages: true, withTools: true });
await import(pathToFileURL(programFile("sabotage")).href);
