import { withClient } from "@/lib/platform/with-client";
import { expect, test } from "../../support/test";

test("each file gets a migrated database of its own, and the three roles sign in as themselves", async ({
  database,
}) => {
  const who = (url: string) =>
    withClient(
      url,
      async (client) => (await client.query("SELECT current_user AS name, count(*)::int AS cards FROM card")).rows[0],
    );
  expect(await who(database.owner)).toEqual({ name: "kapu_owner", cards: 0 });
  expect(await who(database.app)).toEqual({ name: "kapu_app", cards: 0 });
  expect(await who(database.audit)).toEqual({ name: "kapu_audit", cards: 0 });
});

test("the audit's role cannot write, and the application's cannot read a ciphertext", async ({ database }) => {
  await expect(withClient(database.audit, (client) => client.query("DELETE FROM card"))).rejects.toThrow(
    /permission denied/,
  );
  await expect(
    withClient(database.app, (client) => client.query("SELECT ciphertext FROM card_secret")),
  ).rejects.toThrow(/permission denied/);
});

test("the job queue's tables belong to the application's role, which may not create other schemas", async ({
  database,
}) => {
  await withClient(database.app, async (client) => {
    await client.query("SELECT graphile_worker.add_job('nothing', '{}')");
    expect((await client.query("SELECT count(*)::int AS jobs FROM graphile_worker.jobs")).rows).toEqual([{ jobs: 1 }]);
    await expect(client.query("CREATE SCHEMA other")).rejects.toThrow(/permission denied/);
  });
});
