import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { type Account, accountFor, canEnter } from "./account";
import { type Binaries, ensureFolder, moveUnlessThere, programPath, reachableBinaries } from "./binaries";

/** A data folder, the programs that run it and the account they run as. */
export interface Cluster {
  readonly binaries: Binaries;
  readonly account: Account;
  /** Holds `data`, the superuser's `password` (0600) and `postgres.log`. */
  readonly folder: string;
  readonly password: string;
}

export const SUPERUSER = "postgres";
export const dataFolderOf = (cluster: Pick<Cluster, "folder">): string => path.join(cluster.folder, "data");
export const logFileOf = (cluster: Pick<Cluster, "folder">): string => path.join(cluster.folder, "postgres.log");

interface Place {
  readonly home: string;
  readonly systemFolder: string;
  readonly binaries: Binaries;
}

/**
 * The cluster under `home`, made on first use. It appears there complete or not at all: it is built beside its place and
 * moved in one step, so a kill in the middle, or two first starts at once, leave exactly one whole cluster.
 */
export function openCluster(place: Place): Cluster {
  ensureFolder(place.home);
  const link = path.join(place.home, `postgres-${place.binaries.major}`);
  sweepUnfinished(place.home);
  if (!existsSync(path.join(link, "data"))) createCluster(place, link);
  const folder = realpathSync(link);
  const account = accountFor(path.join(folder, "data"));
  if (!canEnter(folder, account)) {
    throw new Error(
      `The account that runs Postgres (uid ${account.uid}) cannot enter ${folder}: open its parent folders to it.`,
    );
  }
  const binaries = reachableBinaries(place.binaries, account, place.systemFolder);
  return { binaries, account, folder, password: readFileSync(path.join(folder, "password"), "utf8").trim() };
}

/** Where the parent folders shut the account out, the cluster lies in the system folder and a link leads to it. */
function createCluster(place: Place, link: string): void {
  const account = accountFor(null);
  const binaries = reachableBinaries(place.binaries, account, place.systemFolder);
  removeDeadLink(link);
  if (canEnter(place.home, account)) {
    const unfinished = `${link}.new-${process.pid}`;
    initialise({ binaries, account, folder: unfinished });
    moveUnlessThere(unfinished, link);
    return;
  }
  ensureFolder(place.systemFolder);
  const folder = mkdtempSync(path.join(place.systemFolder, "shop-"));
  initialise({ binaries, account, folder });
  try {
    symlinkSync(folder, link);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    if (!existsSync(link)) throw error;
  }
}

/** A link whose target somebody removed by hand would stand in the way of the new cluster. */
function removeDeadLink(link: string): void {
  const isLink = lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  if (isLink && !existsSync(link)) rmSync(link);
}

function initialise({ binaries, account, folder }: Omit<Cluster, "password">): void {
  const data = path.join(folder, "data");
  mkdirSync(data, { recursive: true, mode: 0o700 });
  if (account.uid !== undefined) chownSync(data, account.uid, account.gid);
  const password = randomBytes(24).toString("hex");
  writeFileSync(path.join(folder, "password"), password, { mode: 0o600 });
  const passwordForInitdb = path.join(folder, "password-for-initdb");
  writeFileSync(passwordForInitdb, password, { mode: 0o600 });
  if (account.uid !== undefined) chownSync(passwordForInitdb, account.uid, account.gid);
  chmodSync(folder, 0o755); // Whatever the umask says: Postgres's account must be able to walk through.
  const run = spawnSync(programPath(binaries, "initdb"), initdbArguments(binaries, data, passwordForInitdb), {
    ...account,
    cwd: folder,
    env: postgresEnvironment(),
    encoding: "utf8",
  });
  rmSync(passwordForInitdb, { force: true });
  if (run.status === 0) return;
  rmSync(folder, { recursive: true, force: true });
  throw new Error(`The database could not be created: ${run.error?.message ?? run.stderr.trim()}`);
}

/** The same sort order on every machine. Before 17 there is no built-in provider, so the C locale stands in. */
function initdbArguments({ major }: Binaries, data: string, passwordFile: string): string[] {
  const locale = major >= 17 ? ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"] : ["--locale=C"];
  const access = ["-U", SUPERUSER, "-A", "scram-sha-256", `--pwfile=${passwordFile}`];
  return ["-D", data, ...access, "-E", "UTF8", ...locale, "--no-instructions"];
}

/** Nothing of our own environment, which holds the shop's secrets, reaches the database's processes. */
export const postgresEnvironment = (): NodeJS.ProcessEnv => ({
  NODE_ENV: "production",
  PATH: "/usr/local/bin:/usr/bin:/bin",
  LC_ALL: "C",
  TZ: "UTC",
});

/** Half-built clusters of starters that were killed. */
function sweepUnfinished(home: string): void {
  for (const name of readdirSync(home)) {
    const builder = /^postgres-\d+\.new-(\d+)$/.exec(name)?.[1];
    if (builder && !isAlive(Number(builder))) rmSync(path.join(home, name), { recursive: true, force: true });
  }
}

/** Whether a process with this id exists, ours or not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
