import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Secret } from "@/lib/kernel/secret";
import { ensureFolder } from "./embedded-postgres/binaries";
import { EnvError } from "./env";

/**
 * The secret that this data folder was made with: the given one or a random one, noted at the first start in a file that
 * only its owner reads, and the same ever after. Another one would leave every card unreadable, so it is refused.
 */
export function keepSecret(dataDir: string, given: Secret | null): Secret {
  const file = path.join(dataDir, "secret");
  const kept = readIfThere(file) ?? writeOnce(file, given?.reveal() ?? randomBytes(32).toString("hex"));
  if (given && given.reveal() !== kept) {
    throw new EnvError(
      `KAPU_SECRET is not the secret that ${dataDir} was made with: unset it, or use another KAPU_DATA_DIR.`,
    );
  }
  return new Secret(kept);
}

/** Of several processes that write at once one wins and all read its secret: a link appears whole and never overwrites. */
function writeOnce(file: string, secret: string): string {
  ensureFolder(path.dirname(file));
  const draft = `${file}.new-${process.pid}`;
  writeFileSync(draft, secret, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(file, "utf8").trim();
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
