import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";

const PREFIX = "kapu-test-";

/** A folder under the system's temporary one, named after our process so that a later run can clear it if we are killed. */
export function makeTemporaryFolder(purpose: string): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), `${PREFIX}${process.pid}-${purpose}-`));
  chmodSync(folder, 0o755); // Postgres may run under another account and must be able to walk in.
  return folder;
}

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

/** Ends what killed test runs left behind: their Postgres, then their folders. */
export function sweepKilledRuns(): void {
  for (const name of readdirSync(os.tmpdir())) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (!pid || isAlive(Number(pid))) continue;
    const folder = path.join(os.tmpdir(), name);
    for (const pidFile of findPidFiles(folder)) stopByPidFile(pidFile);
    removeFolder(folder);
  }
}

function findPidFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => path.basename(name) === "postmaster.pid")
    .map((name) => path.join(folder, name));
}

function stopByPidFile(file: string): void {
  const [pid, dataFolder] = readFileSync(file, "utf8").split("\n");
  const isOurs = existsSync(dataFolder ?? "") && path.dirname(file) === dataFolder;
  if (isOurs && isAlive(Number(pid))) process.kill(Number(pid), "SIGQUIT");
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
