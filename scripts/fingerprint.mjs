import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { buildFolder, root } from "./project.mjs";

const LEFT_OUT = new Set(["node_modules", "generated", ".DS_Store"]);

function* filesUnder(place) {
  if (!existsSync(place)) return;
  if (!statSync(place).isDirectory()) {
    yield place;
    return;
  }
  for (const name of readdirSync(place).sort()) {
    if (!LEFT_OUT.has(name)) yield* filesUnder(path.join(place, name));
  }
}

/** One hash over the names and contents of everything in `inputs`; times and places of a clone do not matter. */
export function fingerprint(inputs) {
  const hash = createHash("sha256").update(process.version);
  for (const input of inputs) {
    for (const file of filesUnder(path.join(root, input))) {
      const content = readFileSync(file);
      hash.update(`${path.relative(root, file)}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest("hex");
}

const stampFile = (name) => path.join(buildFolder, `${name}.stamp`);

/** Whether `output` exists and was made from exactly these inputs. */
export function isFresh(name, output, hash) {
  if (!existsSync(path.join(root, output)) || !existsSync(stampFile(name))) return false;
  return readFileSync(stampFile(name), "utf8") === hash;
}

/** Makes an output again; the stamp is gone while that lasts, so that a kill in the middle leaves it stale. */
export async function remake(name, hash, make) {
  rmSync(stampFile(name), { force: true });
  await make();
  mkdirSync(buildFolder, { recursive: true });
  writeFileSync(stampFile(name), hash);
}
