import path from "node:path";
import { pathToFileURL } from "node:url";
import { programFile } from "./bundle.mjs";
import { fingerprint, isFresh, remake } from "./fingerprint.mjs";
import { prepare } from "./prepare.mjs";
import { root } from "./project.mjs";
import { runNode, step } from "./steps.mjs";

process.env.NODE_ENV = "production";
process.env.NEXT_TELEMETRY_DISABLED = "1";

// The route handler that is compared with is an application of its own, so that no build of the shop has its address.
const YARDSTICK = "bench/noop-next";

const buildYardstick = () =>
  runNode([path.join(root, "node_modules/next/dist/bin/next"), "build", path.join(root, YARDSTICK)]);

async function ensureYardstickBuilt(out) {
  const hash = fingerprint([YARDSTICK, "package-lock.json"]);
  if (isFresh("noop-next", ".build/noop-next/BUILD_ID", hash)) return;
  await step("Building the route handler that is compared with", out, () => remake("noop-next", hash, buildYardstick));
}

// Standard output belongs to the report.
// The shop's own pages, and the route handler, are built only for a run that measures them.
const args = process.argv.slice(2);
const only = args.find((arg) => arg.startsWith("--only="))?.slice("--only=".length) ?? args[args.indexOf("--only") + 1];
const isReading = args.some((arg) => arg === "--from" || arg.startsWith("--from="));
const hasOnly = args.some((arg) => arg === "--only" || arg.startsWith("--only="));
const measures = (part) => !isReading && (!hasOnly || (only ?? "").split(",").includes(part));
await prepare({ out: process.stderr, withTools: true, withPages: measures("pages") });
if (measures("http")) await ensureYardstickBuilt(process.stderr);
await import(pathToFileURL(programFile("bench")).href);
