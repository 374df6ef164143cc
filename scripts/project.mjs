import path from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. Every script works from here, wherever it was called from. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** What the scripts make: bundles, stamps, the lock. */
export const buildFolder = path.join(root, ".build");

const SUPPORTED = "20.19 or later, 22.13 or later, or 24 and above";

/** Ends the process with one sentence on a Node that the shop does not run on. */
export function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const isSupported = (major === 20 && minor >= 19) || (major === 22 && minor >= 13) || major >= 24;
  if (isSupported) return;
  process.stderr.write(`Kapu needs Node ${SUPPORTED}; this is Node ${process.versions.node}.\n`);
  process.exit(1);
}

/** Whether a module is the program that node was asked to run, not one that another imports. */
export const isProgram = (moduleUrl) =>
  process.argv[1] !== undefined && fileURLToPath(moduleUrl) === path.resolve(process.argv[1]);
