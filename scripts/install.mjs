import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { root } from "./project.mjs";
import { run, runNode, step } from "./steps.mjs";

/**
 * Brings node_modules to what package-lock.json says. Everything is installed at once, tools for tests included, so that
 * `npm start` and `npm test` never undo each other's work; a production image that left them out is fine for starting.
 * Not `npm ci`: it refuses a lock file that was made where other platforms' optional packages were out of reach, and it
 * begins by deleting what a killed installation had already fetched.
 */
export async function ensureInstalled(out, { withTools }) {
  if (isInstalled({ withTools })) return;
  await step("Installing packages", out, async () => {
    const args = ["install", "--no-save", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
    const npm = findNpm();
    await (npm ? runNode([npm, ...args]) : run("npm", args));
  });
}

const readJson = (file) => JSON.parse(readFileSync(path.join(root, file), "utf8"));

/** npm notes what it really installed in a lock file of its own; a broken installation has none. */
function isInstalled({ withTools }) {
  if (!existsSync(path.join(root, "node_modules", ".package-lock.json"))) return false;
  const wanted = Object.entries(readJson("package-lock.json").packages);
  const present = readJson("node_modules/.package-lock.json").packages;
  return wanted.every(([place, { version, optional, dev, devOptional }]) => {
    if (place === "" || optional || (!withTools && (dev || devOptional))) return true;
    return present[place]?.version === version;
  });
}

/** npm's own program, so that it runs under the same Node and ends with us. */
function findNpm() {
  const besideNode = path.join(path.dirname(process.execPath), "..", "lib", "node_modules", "npm", "bin", "npm-cli.js");
  return [process.env.npm_execpath, besideNode].find((file) => file?.endsWith("npm-cli.js") && existsSync(file));
}
