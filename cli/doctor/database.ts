import { findReasonNotReady } from "@/lib/api/readiness";
import type { Deps } from "@/lib/platform/deps";
import type { StartedDatabase } from "@/lib/platform/start-database";
import { withClient } from "@/lib/platform/with-client";
import { type Finding, fine, problem, warning } from "./finding";

const VERSION_MIN = 150_000;

interface Row {
  readonly version: number;
  readonly role: string;
  readonly mayCreateRoles: boolean;
  readonly skewSeconds: number;
}

/** The database that the shop stands on: its version, what was applied to it, its roles and its clock. */
export async function checkDatabase(deps: Deps, { urls, isEmbedded }: StartedDatabase): Promise<Finding[]> {
  const row = await withClient(urls.owner, async (client) => {
    const { rows } = await client.query<Row>(
      `SELECT current_setting('server_version_num')::int AS version, current_user AS role,
              (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user) AS "mayCreateRoles",
              extract(epoch FROM clock_timestamp())::float8 - $1::float8 AS "skewSeconds"`,
      [deps.clock.now() / 1000],
    );
    return rows[0] as Row;
  });
  return [
    checkVersion(row, isEmbedded),
    await checkMigrations(deps),
    urls.hasRoles ? fine("roles", "Migrations, application and audit each have their own.") : missingRoles(row),
    checkClock(row),
  ];
}

function checkVersion({ version }: Row, isEmbedded: boolean): Finding {
  const words = `Postgres ${Math.floor(version / 10_000)}, ${isEmbedded ? "embedded" : "at DATABASE_URL"}, answers.`;
  if (version < VERSION_MIN) return problem("database", `${words} The shop needs 15 or later.`);
  return fine("database", words);
}

async function checkMigrations(deps: Deps): Promise<Finding> {
  const reason = await findReasonNotReady(deps);
  if (reason === null) return fine("migrations", "All are applied.");
  return problem("migrations", "Some are missing: start the shop once, or look at why its start failed.");
}

function missingRoles({ role, mayCreateRoles }: Row): Finding {
  const why = mayCreateRoles
    ? "kapu_app or kapu_audit belong to another database of this server"
    : `${role} may not create roles: run ALTER ROLE ${role} CREATEROLE, or create kapu_app and kapu_audit`;
  return warning(
    "roles",
    `One role does everything, so the database cannot hold the application to its rights: ${why}.`,
  );
}

const SKEW_SECONDS_MAX = 5;

/** Deadlines are the database's, so a clock that differs only shows wrong countdowns. */
function checkClock({ skewSeconds }: Row): Finding {
  const seconds = Math.round(Math.abs(skewSeconds));
  if (seconds <= SKEW_SECONDS_MAX) return fine("clock", "This machine and the database agree on the time.");
  return warning("clock", `This machine and the database differ by ${seconds} seconds: set both by NTP.`);
}
