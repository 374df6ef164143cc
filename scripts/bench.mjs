import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { programFile } from "./bundle.mjs";
import { prepare } from "./prepare.mjs";

process.env.NODE_ENV = "production";
process.env.NEXT_TELEMETRY_DISABLED = "1";
await prepare({ out: process.stderr, withPages: true, withTools: true });
if (!existsSync(programFile("bench"))) throw new Error("The measurements are not part of this build.");
await import(pathToFileURL(programFile("bench")).href);
