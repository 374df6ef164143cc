import { afterAll, beforeAll, expect, test } from "vitest";
import { Secret } from "@/lib/kernel/secret";
import { prepareForeignDatabase } from "@/lib/platform/database-roles";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/lib/platform/embedded-postgres";
import { createLog } from "@/lib/platform/log";
import { withClient } from "@/lib/platform/with-client";
import { makeTemporaryFolder, removeFolder } from "../../support/temporary-folder";

const home = makeTemporaryFolder("foreign");
const secretOf = (shop: string) => new Secret(`the secret of the shop named ${shop}`);
let server: EmbeddedPostgres;

/** A server that somebody else runs, with two shops' databases and one account that may not make roles. */
beforeAll(async () => {
  server = await startEmbeddedPostgres({ home, log: createLog("silent"), settings: { fsync: "off" } });
  await withClient(server.urlOf("postgres"), async (client) => {
    await client.query("CREATE ROLE tenant LOGIN PASSWORD 'tenant'");
    for (const name of ["one", "two"]) await client.query(`CREATE DATABASE ${name}`);
    await client.query("CREATE DATABASE rented OWNER tenant");
  });
});

afterAll(async () => {
  await server.stop();
  removeFolder(home);
});

const nameAt = (url: string) =>
  withClient(
    url,
    async (client) => (await client.query<{ name: string }>("SELECT current_user AS name")).rows[0]?.name,
  );

test("an account that may not make roles does everything itself", async () => {
  const url = server.urlOf("rented").replace(/\/\/[^@]+@/, "//tenant:tenant@");
  expect(await prepareForeignDatabase(url, secretOf("rented"))).toEqual({
    owner: url,
    app: url,
    audit: url,
    hasRoles: false,
  });
});

test("roles are made where that is allowed, every process of the shop signs in, and another shop never changes them", async () => {
  const [urls, same] = await Promise.all([
    prepareForeignDatabase(server.urlOf("one"), secretOf("one")),
    prepareForeignDatabase(server.urlOf("one"), secretOf("one")),
  ]);
  expect(urls).toEqual(same);
  expect(urls.hasRoles).toBe(true);
  const other = await prepareForeignDatabase(server.urlOf("two"), secretOf("two"));
  expect(other.hasRoles).toBe(false);
  expect(await Promise.all([urls.app, urls.audit].map(nameAt))).toEqual(["kapu_app", "kapu_audit"]);
});
