import { auditContinuously, runAudit } from "@/lib/features/audit";
import { settleAudit } from "@/lib/flows/settle-audit";
import { closeDeps } from "@/lib/platform/deps";
import { shippedMigrations } from "@/lib/platform/migrate";
import { withClient } from "@/lib/platform/with-client";
import { openDeps } from "../../support/shop";
import { describe, expect, test } from "../../support/test";

const SHIPPED = shippedMigrations();
const NEXT = "29990101000000_next";

describe("an audit of a database", () => {
  test("that has what the program needs says nothing of it", async ({ database }) => {
    const report = await runAudit(database.audit, { migrations: SHIPPED });
    expect(report).toMatchObject({ isClean: true, migration: { state: "settled", names: [] } });
  });

  test("that lacks a migration says which, and that somebody applies it now, and is not clean", async ({
    database,
  }) => {
    const migrations = [...SHIPPED, NEXT];
    const behind = await runAudit(database.audit, { migrations });
    expect(behind).toMatchObject({ isClean: false, migration: { state: "behind", names: [NEXT] } });
    await withClient(database.owner, async (client) => {
      await client.query("BEGIN");
      await client.query("SELECT pg_advisory_xact_lock(72707369)");
      const during = await runAudit(database.audit, { migrations });
      expect(during).toMatchObject({ isClean: false, migration: { state: "migrating", names: [NEXT] } });
    });
  });

  test("that a newer program has migrated says so, and is judged", async ({ database }) => {
    const report = await runAudit(database.audit, { migrations: SHIPPED.slice(0, -1) });
    expect(report).toMatchObject({ isClean: true, migration: { state: "ahead", names: SHIPPED.slice(-1) } });
  });

  test("whose migration stopped half-way is judged by nobody: the job says so and keeps its place", async ({
    database,
  }) => {
    await withClient(database.owner, (client) =>
      client.query("INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'x', $1)", [NEXT]),
    );
    const deps = openDeps(database);
    try {
      const report = await runAudit(database.audit, { migrations: SHIPPED });
      expect(report).toMatchObject({ isClean: false, migration: { state: "failed", names: [NEXT] } });
      const pass = await auditContinuously(database.audit, {
        migrations: SHIPPED,
        settle: (ended) => settleAudit(deps, ended),
      });
      expect(pass?.unfinished).toMatch(/stopped half-way/);
      expect(pass?.results).toEqual([]);
      const [progress] = await deps.db.auditProgress.findMany({ where: { pass: "continuous" } });
      expect(progress).toMatchObject({ finishedAt: null, unfinished: expect.stringContaining(NEXT) });
    } finally {
      await closeDeps(deps);
    }
  });
});
