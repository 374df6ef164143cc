import { createHmac } from "node:crypto";
import type pg from "pg";
import type { Secret } from "@/lib/kernel/secret";
import { type DatabaseUrls, singleRoleUrls } from "./database-urls";
import type { EmbeddedPostgres } from "./embedded-postgres";
import { withClient } from "./with-client";

export const ROLES = { owner: "kapu_owner", app: "kapu_app", audit: "kapu_audit" } as const;
type Role = (typeof ROLES)[keyof typeof ROLES];

/** Held while roles and the database are made, so that two first starts do not trip over each other ("role" in ASCII). */
const ROLES_LOCK = 0x726f6c65;

/** The same password in every process that knows the key, so that none has to be stored or passed on. */
const passwordOf = (role: string, key: string): string =>
  createHmac("sha256", key).update(`database role ${role}`).digest("hex");

function urlAs(url: string, role: Role, password: string): string {
  const parsed = new URL(url);
  parsed.username = role;
  parsed.password = password;
  return parsed.toString();
}

/** Makes the three roles and a database that only they enter, once; the superuser's own address is not used afterwards. */
export async function prepareEmbeddedDatabase(postgres: EmbeddedPostgres, database: string): Promise<DatabaseUrls> {
  await withClient(postgres.urlOf("postgres"), async (client) => {
    await client.query("SELECT pg_advisory_lock($1)", [ROLES_LOCK]);
    for (const role of Object.values(ROLES)) await createRole(client, role, passwordOf(role, postgres.password));
    const known = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [database]);
    const name = client.escapeIdentifier(database);
    if (known.rowCount === 0) await client.query(`CREATE DATABASE ${name} OWNER ${ROLES.owner}`);
    await client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
    await client.query(`GRANT CONNECT, TEMPORARY ON DATABASE ${name} TO ${ROLES.app}`);
    await client.query(`GRANT CONNECT ON DATABASE ${name} TO ${ROLES.audit}`);
  });
  return embeddedUrls(postgres, database);
}

/** The three addresses of a database in the embedded Postgres. */
export function embeddedUrls(postgres: Pick<EmbeddedPostgres, "urlOf" | "password">, database: string): DatabaseUrls {
  const as = (role: Role) => urlAs(postgres.urlOf(database), role, passwordOf(role, postgres.password));
  return { owner: as(ROLES.owner), app: as(ROLES.app), audit: as(ROLES.audit), hasRoles: true };
}

async function createRole(client: pg.Client, role: Role, password: string): Promise<void> {
  const known = await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [role]);
  if (known.rowCount === 0) await client.query(`CREATE ROLE ${role} LOGIN PASSWORD ${client.escapeLiteral(password)}`);
}

/**
 * Roles on a database that somebody else runs: made when we may, taken when they are this database's, and used only after
 * each has signed in. Otherwise one role does everything, which the shop can live with and `kapu doctor` reports.
 */
export async function prepareForeignDatabase(url: string, secret: Secret): Promise<DatabaseUrls> {
  const single = singleRoleUrls(url);
  const as = (role: Role) => urlAs(url, role, passwordOf(role, secret.reveal()));
  const urls = { owner: url, app: as(ROLES.app), audit: as(ROLES.audit), hasRoles: true };
  if (await canSignIn(urls)) return urls;
  const isMade = await withClient(url, (client) => tryToMakeRoles(client, secret));
  return isMade && (await canSignIn(urls)) ? urls : single;
}

async function canSignIn({ app, audit }: DatabaseUrls): Promise<boolean> {
  const nameAt = (url: string) =>
    withClient(
      url,
      async (client) => (await client.query<{ name: string }>("SELECT current_user AS name")).rows[0]?.name,
    );
  const names = await Promise.all([nameAt(app), nameAt(audit)].map((name) => name.catch(() => null)));
  return names[0] === ROLES.app && names[1] === ROLES.audit;
}

/** Roles belong to the whole server, so each carries its database's name: two shops on one server never change each other's. */
async function tryToMakeRoles(client: pg.Client, secret: Secret): Promise<boolean> {
  const { rows } = await client.query<{ database: string; may: boolean }>(
    `SELECT current_database() AS database, rolsuper OR rolcreaterole AS may FROM pg_roles WHERE rolname = current_user`,
  );
  if (!rows[0]?.may) return false;
  const marker = `kapu of database ${rows[0].database}`;
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock($1)", [ROLES_LOCK]);
    for (const role of [ROLES.app, ROLES.audit]) await takeRole(client, { role, marker, key: secret.reveal() });
    await client.query("COMMIT");
    return true;
  } catch {
    await client.query("ROLLBACK").catch(() => {});
    return false;
  }
}

async function takeRole(
  client: pg.Client,
  { role, marker, key }: { role: Role; marker: string; key: string },
): Promise<void> {
  const { rows } = await client.query<{ marker: string | null }>(
    "SELECT shobj_description(oid, 'pg_authid') AS marker FROM pg_roles WHERE rolname = $1",
    [role],
  );
  const known = rows[0];
  if (known && known.marker !== marker) throw new Error(`${role} belongs to another database`);
  const verb = known ? "ALTER" : "CREATE";
  await client.query(`${verb} ROLE ${role} LOGIN PASSWORD ${client.escapeLiteral(passwordOf(role, key))}`);
  await client.query(`COMMENT ON ROLE ${role} IS ${client.escapeLiteral(marker)}`);
}
