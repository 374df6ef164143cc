import type { Log } from "../log";
import { defaultPackage, findBinaries } from "./binaries";
import { type Cluster, openCluster } from "./cluster";
import { type Lease, takeLease } from "./lease";
import { ensurePostmaster, type LaunchOptions, type Postmaster, stopPostmaster, superuserUrl } from "./postmaster";

export { findFreePort } from "./postmaster";

export interface EmbeddedPostgresOptions {
  /** The folder that holds the data; made when missing. */
  readonly home: string;
  readonly log: Log;
  /** Another npm package of the same shape: tests run on Postgres 15 too. */
  readonly packageName?: string;
  /** Settings beside our own; tests turn fsync off. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where binaries and data go when root's parents shut Postgres's account out. */
  readonly systemFolder?: string;
  /** Called when Postgres died and could not be brought back. */
  readonly onGivenUp?: (error: Error) => void;
}

/** A Postgres of our own, shared with other processes of the shop that use the same folder. */
export interface EmbeddedPostgres {
  readonly port: number;
  /** The superuser's address of a database in it. */
  urlOf(database: string): string;
  /** A password for a role, the same in every process that can read the superuser's. */
  readonly password: string;
  /** Gives our share back; the last owner stops Postgres. */
  stop(): Promise<void>;
}

const SYSTEM_FOLDER = "/var/lib/kapu";

/**
 * Starts Postgres, or joins the one already running on this folder, and keeps it running: a postmaster that dies under us
 * is brought back on the same port, so open pools recover.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const binaries = findBinaries(options.packageName ?? defaultPackage());
  const cluster = openCluster({ home: options.home, binaries, systemFolder: options.systemFolder ?? SYSTEM_FOLDER });
  const settings = options.settings ?? {};
  const first = await join(cluster, { settings });
  const keeper = keep(cluster, first, { ...options, settings });
  return {
    port: first.postmaster.port,
    urlOf: (database) => superuserUrl(cluster, first.postmaster.port, database),
    password: cluster.password,
    stop: keeper.stop,
  };
}

interface Share {
  readonly postmaster: Postmaster;
  readonly lease: Lease;
}

const JOIN_ATTEMPTS_MAX = 5;

/** Between "it answers" and "we hold a share" its last owner may stop it; then it is started again. */
async function join(cluster: Cluster, launch: LaunchOptions): Promise<Share> {
  let lastError: unknown;
  for (let attempt = 0; attempt < JOIN_ATTEMPTS_MAX; attempt += 1) {
    const postmaster = await ensurePostmaster(cluster, launch);
    try {
      return { postmaster, lease: await takeLease(superuserUrl(cluster, postmaster.port)) };
    } catch (error) {
      lastError = error;
    }
  }
  throw lastError;
}

type KeepOptions = EmbeddedPostgresOptions & { readonly settings: Readonly<Record<string, string>> };

function keep(cluster: Cluster, first: Share, options: KeepOptions): { stop: () => Promise<void> } {
  let share = first;
  let isStopping = false;
  let rejoining: Promise<void> = Promise.resolve();
  const { port } = first.postmaster;

  const rejoin = async (): Promise<void> => {
    options.log.warn("postgres.lost", { port });
    try {
      share = await join(cluster, { port, settings: options.settings });
      options.log.warn("postgres.recovered", { port });
      watch();
    } catch (error) {
      options.log.error("postgres.given_up", { port }, error);
      options.onGivenUp?.(error instanceof Error ? error : new Error(String(error)));
    }
  };
  const watch = (): void => {
    void share.lease.lost.then(() => {
      if (!isStopping) rejoining = rejoin();
    });
  };
  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    await rejoining;
    await share.lease
      .release(() => stopPostmaster(cluster))
      .catch((error: unknown) => {
        options.log.warn("postgres.left_running", { port }, error);
      });
  };
  watch();
  return { stop };
}
