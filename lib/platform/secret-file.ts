import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Secret } from "@/lib/kernel/secret";
import { ensureFolder } from "./embedded-postgres/binaries";

/**
 * The shop's secret of the embedded default: made once, readable by its owner only, never replaced. Two processes that
 * make it at once end with the same one, because a link never overwrites.
 */
export function readOrMakeSecret(dataDir: string): Secret {
  const file = path.join(dataDir, "secret");
  const known = readIfThere(file);
  if (known) return new Secret(known);
  ensureFolder(dataDir);
  const draft = `${file}.new-${process.pid}`;
  writeFileSync(draft, randomBytes(32).toString("hex"), { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return new Secret(readFileSync(file, "utf8").trim());
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
