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
// The shop's own pages are built only for a run that measures them.
const only = process.argv[process.argv.indexOf("--only") + 1];
const withPages = !process.argv.includes("--only") || only === "pages";
await prepare({ out: process.stderr, withTools: true, withPages });
await ensureYardstickBuilt(process.stderr);
await import(pathToFileURL(programFile("bench")).href);
