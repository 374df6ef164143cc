import path from "node:path";
import { fingerprint, isFresh, remake } from "./fingerprint.mjs";
import { root } from "./project.mjs";
import { runNode, step } from "./steps.mjs";

const SOURCES = [
  "app",
  "components",
  "lib",
  "public",
  "proxy.ts",
  "instrumentation.ts",
  "prisma/schema.prisma",
  "next.config.js",
  "postcss.config.mjs",
  "tsconfig.json",
  "package-lock.json",
];

/** Builds the pages when anything they are made from changed. */
export async function ensurePagesBuilt(out) {
  const hash = fingerprint(SOURCES);
  if (isFresh("pages", ".next/BUILD_ID", hash)) return;
  await step("Building the pages (a minute at the first start)", out, () => remake("pages", hash, buildPages));
}

function buildPages() {
  return runNode([path.join(root, "node_modules/next/dist/bin/next"), "build"], {
    env: { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
  });
}
