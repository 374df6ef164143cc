import path from "node:path";
import { fingerprint, isFresh, remake } from "./fingerprint.mjs";
import { isProgram, requireNode, root } from "./project.mjs";
import { runNode, step } from "./steps.mjs";

const INPUTS = ["prisma/schema.prisma", "prisma.config.ts", "package-lock.json"];

/** Makes the database client from the schema when it changed. Downloads nothing. */
export async function ensureGenerated(out) {
  const hash = fingerprint(INPUTS);
  if (isFresh("client", "lib/generated/prisma/client.ts", hash)) return;
  await step("Generating the database client", out, () => remake("client", hash, generate));
}

/**
 * Prisma's command line looks for a native engine, which `generate` does not use, and fails where its host is out of reach;
 * any file in its place is enough.
 */
function generate() {
  return runNode([path.join(root, "node_modules/prisma/build/index.js"), "generate"], {
    env: {
      PRISMA_SCHEMA_ENGINE_BINARY: process.env.PRISMA_SCHEMA_ENGINE_BINARY || process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
      CHECKPOINT_DISABLE: "1",
    },
  });
}

if (isProgram(import.meta.url)) {
  requireNode();
  await ensureGenerated(process.stderr);
}
