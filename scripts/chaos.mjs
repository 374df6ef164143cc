import { pathToFileURL } from "node:url";
import { programFile } from "./bundle.mjs";
import { prepare } from "./prepare.mjs";

process.env.NODE_ENV = "production";
// Standard output belongs to the report. What is tried is the shop as `npm start` runs it, pages included.
await prepare({ out: process.stderr, withPages: true, withTools: true });
await import(pathToFileURL(programFile("chaos")).href);
