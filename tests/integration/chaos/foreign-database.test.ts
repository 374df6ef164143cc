import { openChaosDatabase } from "@/chaos/database";
import { Secret } from "@/lib/kernel/secret";
import { describe, expect, test } from "@/tests/support/test";

const open = (databaseUrl: string) =>
  openChaosDatabase({ databaseUrl, allowRemoteHost: false, home: "", secret: new Secret("s".repeat(40)) });

describe("the database that a chaos run breaks", () => {
  test("is never one that somebody else made, and nothing in that is touched", async ({ database }) => {
    await expect(open(database.superuser)).rejects.toThrow(/did not make/);
    await expect(open(database.superuser)).rejects.toThrow(/did not make/);
  });

  test("is on this machine unless another was named on purpose", async () => {
    await expect(open("postgresql://shop@db.example/shop")).rejects.toThrow(/not on this machine/);
  });
});
